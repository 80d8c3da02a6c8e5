package api

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// question is what a client asks of a person, and where it wants the answer.
type question struct {
	*broker.Request
	text   string // the query, as it came
	client *broker.Client
	wrong  error // what is wrong with it, of which the client hears
}

// readQuestion reads a query (RFC 6749 section 4.1.1). An error is for the person:
// it is not known yet whether the one who asks may be answered.
func (s *Server) readQuestion(c *fiber.Ctx, t *broker.Tenant, query string) (question, error) {
	q := question{Request: s.request(c), text: query}
	q.Grant = broker.Authorize
	q.SignedIn = signedIn(c, t)
	p, err := url.ParseQuery(query)
	if err != nil || len(p) > mostParams || !utf8.ValidString(strings.Join(p["client_id"], "")+strings.Join(p["redirect_uri"], "")) {
		return q, broker.ErrRedirect
	}
	if len(p["client_id"]) != 1 {
		return q, broker.ErrAsker
	}
	if len(p["redirect_uri"]) != 1 {
		return q, broker.ErrRedirect
	}
	q.Client.ID = p.Get("client_id")
	q.Question = &broker.Question{
		ResponseType: p.Get("response_type"), ResponseMode: p.Get("response_mode"), Redirect: p.Get("redirect_uri"), State: p.Get("state"),
		Challenge: p.Get("code_challenge"), ChallengeMethod: p.Get("code_challenge_method"), Nonce: p.Get("nonce"),
		Prompt: strings.Fields(p.Get("prompt")), MaxAge: p.Get("max_age"), Object: p.Get("request") != "", Reference: p.Get("request_uri") != "",
	}
	if q.client, err = t.Asker(q.Request); err != nil {
		return q, err
	}
	q.wrong = q.ask(params(p))
	return q, nil
}

// ask reads what is asked for. Omnisend's documents call the scope scopes.
func (q question) ask(p params) error {
	for name, list := range p {
		for _, v := range append(list, name) {
			if !utf8.ValidString(v) {
				return errNotText
			}
		}
		if len(list) > 1 && !many[name] {
			return errRepeated
		}
	}
	switch scope, scopes := p.text("scope"), p.text("scopes"); {
	case scope != "" && scopes != "" && scope != scopes:
		return errScopeTwice
	case scope == "":
		p["scope"] = []string{scopes}
	}
	return p.asked(q.Request)
}

var errNotText = broker.Refuse(broker.InvalidRequest, "a parameter is not UTF-8")

var errScopeTwice = broker.Refuse(broker.InvalidRequest, "scope and scopes differ; send one of them")

// afterSignIn is the question once the person has just signed in because it wanted that.
func afterSignIn(query string) string {
	p, err := url.ParseQuery(query)
	if err != nil || !p.Has("prompt") && !p.Has("max_age") {
		return query
	}
	p.Del("max_age")
	p.Set("prompt", strings.Join(slices.DeleteFunc(strings.Fields(p.Get("prompt")), done), " "))
	return p.Encode()
}

// done tells what of a prompt has been done when somebody has signed in.
func done(prompt string) bool { return prompt == "login" || prompt == "select_account" }
