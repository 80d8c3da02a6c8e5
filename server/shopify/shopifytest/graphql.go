package shopifytest

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const tokenHeader = "X-Shopify-Access-Token"

// question is a valid operation with its variables.
type question struct {
	operation *ast.OperationDefinition
	variables map[string]any
}

func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	domain := r.PathValue("shop")
	q, wrong := s.parse(r)
	fault := s.begin(domain, q.name())
	if fault.instead != nil {
		fault.instead(w, r)
		return
	}
	status, answer := http.StatusOK, wrong
	switch {
	case !s.admits(domain, r.Header.Get(tokenHeader)):
		status, answer = http.StatusUnauthorized, map[string]any{"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
	case wrong == nil:
		answer = s.perform(domain, q, fault)
	}
	_, done := s.hooks()
	done(domain, q.name())
	if fault.after != nil {
		fault.after(w, r)
		return
	}
	write(w, status, answer)
}

func (q question) name() string {
	if q.operation == nil {
		return "invalid"
	}
	return q.operation.SelectionSet[0].(*ast.Field).Name
}

// parse reads a request and holds it against the schema. What is wrong with it
// is a problem, and answered as Shopify does.
func (s *Server) parse(r *http.Request) (q question, wrong map[string]any) {
	var body struct {
		Query     string
		Variables map[string]any
	}
	content, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(content, &body)
	}
	if kind := r.Header.Get("Content-Type"); err != nil || kind != "application/json" {
		return q, s.invalid("not JSON: %v, Content-Type %s", err, kind)
	}
	document, err := parser.ParseQuery(&ast.Source{Input: body.Query})
	if err != nil {
		return q, s.invalid("no GraphQL: %v", err)
	}
	if list := validator.ValidateWithRules(s.schema, document, rules.NewDefaultRules()); len(list) > 0 {
		return q, s.invalid("not in the schema: %v", list)
	}
	operation := document.Operations[0]
	variables, err := validator.VariableValues(s.schema, operation, body.Variables)
	if err != nil {
		return q, s.invalid("variables do not fit: %v", err)
	}
	for name := range body.Variables {
		if operation.VariableDefinitions.ForName(name) == nil {
			return q, s.invalid("the variable %s is not declared", name)
		}
	}
	return question{operation, variables}, nil
}

func (s *Server) invalid(format string, about ...any) map[string]any {
	s.problem(format, about...)
	return map[string]any{"errors": []any{map[string]any{"message": "the query is invalid", "extensions": map[string]any{"code": "argumentLiteralsIncompatible"}}}}
}

// perform does what a valid question asks for, all at once.
func (s *Server) perform(domain string, q question, fault Fault) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	if fault.before != nil {
		fault.before(s, h)
	}
	price := price(q.operation)
	if !h.bucket.take(price, s.now()) {
		return map[string]any{
			"errors":     []any{map[string]any{"message": "Throttled", "extensions": map[string]any{"code": "THROTTLED"}}},
			"extensions": map[string]any{"cost": h.bucket.says(price, nil)},
		}
	}
	root := s.roots(h, fault)
	data := project(q.operation.SelectionSet, root, q.variables)
	return map[string]any{"data": data, "extensions": map[string]any{"cost": h.bucket.says(price, price)}}
}

// project takes from value what the document selects.
func project(selection ast.SelectionSet, value object, variables map[string]any) map[string]any {
	out := map[string]any{}
	for _, s := range selection {
		field := s.(*ast.Field) // no fragments are used
		got := value[field.Name]
		if f, ok := got.(func(map[string]any) any); ok {
			got = f(field.ArgumentMap(variables))
		}
		out[field.Alias] = shape(field.SelectionSet, got, variables)
	}
	return out
}

func shape(selection ast.SelectionSet, value any, variables map[string]any) any {
	switch v := value.(type) {
	case object:
		return project(selection, v, variables)
	case []object:
		list := []any{}
		for _, one := range v {
			list = append(list, project(selection, one, variables))
		}
		return list
	}
	return value
}

func write(w http.ResponseWriter, status int, answer map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}
