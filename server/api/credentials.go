package api

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// assertionType is what a client says that signs a JWT (RFC 7523 section 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

var (
	errTwoMethods = broker.Refuse(broker.InvalidRequest, "the client authenticates in more than one way: use the Authorization header, or client_secret, or client_assertion")
	errScheme     = broker.Refuse(broker.InvalidRequest, "clients authenticate by Authorization: Basic, or in the body")
	errAssertion  = broker.Refuse(broker.InvalidRequest, "client_assertion and client_assertion_type belong together; the type is "+assertionType)
)

// credentials are how a client shows which one it is (RFC 6749 section 2.3): by
// Basic, by members of the body, or by a JWT; by one of them alone.
func credentials(ctx *fasthttp.RequestCtx, p params) (broker.Credentials, error) {
	c := broker.Credentials{ID: p.text("client_id")}
	sent, inBody := p.one("client_secret")
	assertion, signed := p.one("client_assertion")
	kind, typed := p.one("client_assertion_type")
	header := string(ctx.Request.Header.Peek(fiber.HeaderAuthorization)) // the edge lets one through
	switch {
	case header != "" && (inBody || signed), inBody && signed:
		return c, errTwoMethods
	case signed != typed, typed && kind != assertionType:
		return c, errAssertion
	case header != "":
		return fromHeader(header, c.ID)
	}
	c.Secret, c.Assertion = secret.New(sent), secret.New(assertion)
	return c, nil
}

// fromHeader reads what RFC 6749 section 2.3.1 describes: id and secret are
// percent-encoded as in a form, and then joined.
func fromHeader(header, named string) (broker.Credentials, error) {
	if !isBasic(header) {
		return broker.Credentials{}, errScheme
	}
	user, pass, ok := readBasic(header)
	id, err := url.QueryUnescape(user)
	text, err2 := url.QueryUnescape(pass.Reveal())
	switch {
	case !ok || err != nil || err2 != nil:
		return broker.Credentials{}, broker.ErrClient
	case named != "" && named != id:
		return broker.Credentials{}, errTwoMethods
	}
	return broker.Credentials{ID: id, Secret: secret.New(text)}, nil
}

// longestBasic bounds what is decoded: a login and the longest password, escaped.
const longestBasic = 8 << 10

func isBasic(header string) bool {
	scheme, _, _ := strings.Cut(header, " ")
	return strings.EqualFold(scheme, "Basic")
}

// readBasic reads a header by RFC 7617, in UTF-8.
func readBasic(header string) (user string, password secret.Text, ok bool) {
	_, text, _ := strings.Cut(header, " ")
	if len(text) > longestBasic {
		return "", secret.Text{}, false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	user, pass, found := strings.Cut(string(b), ":")
	if err != nil || !found || !utf8.Valid(b) {
		return "", secret.Text{}, false
	}
	return user, secret.New(pass), true
}
