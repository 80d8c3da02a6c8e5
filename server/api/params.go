package api

import (
	"bytes"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// params are what a body says, whether it was a form or JSON: the decision is the
// same. Each stands there once, but those of many.
type params map[string][]string

// many are the parameters that may be repeated: for whom a token is meant (RFC
// 8707 section 2).
var many = map[string]bool{"audience": true, "resource": true}

const mostParams = 64

var (
	errBodyKind  = refuseWith(fiber.StatusUnsupportedMediaType, "send the body as application/x-www-form-urlencoded or application/json, in UTF-8, not compressed")
	errForm      = broker.Refuse(broker.InvalidRequest, "the body is not a form: names and values must be percent-encoded UTF-8")
	errInQuery   = broker.Refuse(broker.InvalidRequest, "send parameters in the body and tokens in a header: what stands in a URL is written into logs")
	errTooMany   = broker.Refuse(broker.InvalidRequest, "the body has more than 64 parameters")
	errRepeated  = broker.Refuse(broker.InvalidRequest, "a parameter is there more than once")
	errNotString = broker.Refuse(broker.InvalidRequest, "a parameter is not a string")
)

// noQuery refuses what stands in the query, be it a token or a parameter.
func noQuery(c *fiber.Ctx) error {
	if len(c.Context().URI().QueryString()) > 0 {
		return errInQuery
	}
	return nil
}

// readParams reads a body.
func readParams(ctx *fasthttp.RequestCtx) (params, error) {
	h := &ctx.Request.Header
	if len(h.ContentEncoding()) > 0 {
		return nil, errBodyKind
	}
	body := ctx.Request.Body()
	switch {
	case isJSON(h.ContentType()):
		return jsonParams(body)
	case isForm(h.ContentType()):
		return formParams(string(body))
	case len(body) == 0 && len(h.ContentType()) == 0:
		return params{}, nil
	}
	return nil, errBodyKind
}

func isForm(contentType []byte) bool {
	const form = "application/x-www-form-urlencoded"
	if bytes.Equal(contentType, []byte(form)) {
		return true
	}
	media, extra, err := mime.ParseMediaType(string(contentType))
	charset, has := extra["charset"]
	return err == nil && media == form && (!has || strings.EqualFold(charset, "utf-8"))
}

func formParams(body string) (params, error) {
	if strings.Count(body, "&") >= mostParams {
		return nil, errTooMany
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, errForm
	}
	p := params(values)
	for name, list := range p {
		for _, v := range append(list, name) {
			if !utf8.ValidString(v) {
				return nil, errForm
			}
		}
		if len(list) > 1 && !many[name] {
			return nil, errRepeated
		}
	}
	return p, nil
}

// jsonParams takes strings, and for those of many also arrays of strings. A
// member that is null is not there, but for a login: who sends one meant to be
// checked. One that we do not know may be anything.
func jsonParams(body []byte) (params, error) {
	var raw map[string]jsontext.Value
	if err := readObject(body, &raw); err != nil {
		return nil, err
	}
	if len(raw) > mostParams {
		return nil, errTooMany
	}
	p := params{}
	for name, v := range raw {
		var list []string
		switch {
		case v.Kind() == 'n' && logins[name]:
			list = []string{""}
		case v.Kind() == 'n':
			continue
		case v.Kind() == '[' && many[name]:
			if json.Unmarshal(v, &list) != nil {
				return nil, errNotString
			}
		case v.Kind() == '"':
			list = []string{text(v)}
		case known[name]:
			return nil, errNotString
		}
		p[name] = list
	}
	return p, nil
}

// known are the parameters that must be strings wherever they are.
var known = set("grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "username", "password",
	"scope", "audience", "resource", "token", "token_type_hint", "code", "redirect_uri", "code_verifier", "refresh_token",
	"subject_token", "subject_token_type", "actor_token", "actor_token_type", "requested_token_type")

var logins = set("username", "password")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, name := range names {
		m[name] = true
	}
	return m
}

// one is a parameter, and whether it is there: an empty one is.
func (p params) one(name string) (value string, there bool) {
	if list := p[name]; len(list) > 0 {
		return list[0], true
	}
	return "", false
}

func (p params) text(name string) string {
	v, _ := p.one(name)
	return v
}

// needs returns an error that names the first parameter that is missing or empty.
func (p params) needs(names ...string) error {
	for _, name := range names {
		if p.text(name) == "" {
			return broker.Refuse(broker.InvalidRequest, name+" is missing")
		}
	}
	return nil
}

// asked are the scopes and audiences that a request names.
func (p params) asked(r *broker.Request) (err error) {
	if r.Scope, err = broker.ParseScopes(p.text("scope")); err != nil {
		return err
	}
	for _, name := range []string{"audience", "resource"} {
		for _, audience := range p[name] {
			if audience != "" {
				r.Audience = append(r.Audience, audience)
			}
		}
	}
	return nil
}

// tokenRequest is what every way of asking for an access token has in common.
func (s *Server) tokenRequest(c *fiber.Ctx) (params, *broker.Request, error) {
	if err := noQuery(c); err != nil {
		return nil, nil, err
	}
	p, err := readParams(c.Context())
	if err != nil {
		return nil, nil, err
	}
	r := s.request(c)
	if r.Client, err = credentials(c.Context(), p); err != nil {
		return nil, nil, err
	}
	if err := p.needs("grant_type"); err != nil {
		return nil, nil, err
	}
	return p, r, p.asked(r)
}

// request is what is known of every request.
func (s *Server) request(c *fiber.Ctx) *broker.Request {
	return &broker.Request{
		ID:     traceOf(c.Context()).id,
		Addr:   s.client(c.Context()),
		Origin: string(c.Context().Request.Header.Peek(fiber.HeaderOrigin)),
	}
}
