package api

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// The standard dialect: RFC 6749, 7662 and 7009, at the addresses that discovery names.

// grantTypes are those of /oauth2/token.
var grantTypes = map[string]broker.GrantType{
	"authorization_code": broker.AuthorizationCode,
	"refresh_token":      broker.RefreshToken,
	"client_credentials": broker.ClientCredentials,
	broker.ExchangeGrant: broker.TokenExchange,
}

var errGrantType = broker.Refuse(broker.UnsupportedGrant, "this grant_type is not served here; the discovery document lists those that are")

// oauthToken is POST /oauth2/token.
func (s *Server) oauthToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, r, err := s.tokenRequest(c)
	if err != nil {
		return err
	}
	grant, known := grantTypes[p.text("grant_type")]
	if !known {
		return errGrantType
	}
	r.Grant = grant
	switch grant {
	case broker.AuthorizationCode:
		err = p.needs("code", "redirect_uri")
		r.Code = broker.Redemption{Text: secret.New(p.text("code")), Redirect: p.text("redirect_uri"), Verifier: secret.New(p.text("code_verifier"))}
	case broker.TokenExchange:
		return s.exchangeToken(ctx, c, t, p, r)
	case broker.RefreshToken:
		err = p.needs("refresh_token")
		r.Bearer = secret.New(p.text("refresh_token"))
	}
	if err != nil {
		return err
	}
	return s.exchangeAccess(ctx, c, t, r)
}

func (s *Server) exchangeAccess(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, r *broker.Request) error {
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return err
	}
	return replyAccess(c.Context(), g)
}

// never is how Omnisend spells a token without an end: as many seconds as fit
// into a duration.
const never = math.MaxInt64 / int64(time.Second)

// replyAccess is RFC 6749 section 5.1. Neither a token nor a scope needs escaping.
func replyAccess(ctx *fasthttp.RequestCtx, g broker.Grant) error {
	life := never
	if !g.ExpiresAt.IsZero() {
		life = int64(g.ExpiresAt.Sub(g.IssuedAt) / time.Second)
	}
	b := append(make([]byte, 0, len(g.Token)+256), `{"access_token":"`...)
	b = append(b, g.Token...)
	b = strconv.AppendInt(append(b, `","token_type":"Bearer","expires_in":`...), life, 10)
	if len(g.Scopes) > 0 {
		b = append(append(append(b, `,"scope":"`...), g.Scopes.String()...), '"')
	}
	if g.Refresh != "" {
		b = append(append(append(b, `,"refresh_token":"`...), g.Refresh...), '"')
	}
	if g.Person != "" {
		b = append(append(append(b, `,"id_token":"`...), g.Person...), '"')
	}
	replyOnce(ctx, fiber.StatusOK, append(b, '}'))
	return nil
}

// replyOnce is reply for old caches, too (RFC 6749 section 5.1).
func replyOnce(ctx *fasthttp.RequestCtx, status int, body []byte) {
	reply(ctx, status, body)
	ctx.Response.Header.Set(fiber.HeaderPragma, "no-cache")
}

// replyJSON writes an answer that nobody keeps.
func replyJSON(ctx *fasthttp.RequestCtx, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	replyOnce(ctx, status, body)
	return nil
}

// introspection is RFC 7662 section 2.2. What is not active says nothing else.
type introspection struct {
	Active   bool     `json:"active"`
	Scope    string   `json:"scope,omitempty"`
	Client   string   `json:"client_id,omitempty"`
	Subject  string   `json:"sub,omitempty"`
	Username string   `json:"username,omitempty"`
	Type     string   `json:"token_type,omitempty"`
	Audience []string `json:"aud,omitempty"`
	Issuer   string   `json:"iss,omitempty"`
	ID       string   `json:"jti,omitempty"`
	Issued   int64    `json:"iat,omitzero"`
	Expires  int64    `json:"exp,omitzero"`
	PID      string   `json:"pid,omitempty"`
	Actor    *actor   `json:"act,omitempty"`
}

// actor is who speaks for a subject, and who did before (RFC 8693 section 4.1).
type actor struct {
	Subject string `json:"sub"`
	Client  string `json:"client_id,omitempty"` // of a client: the same
	Before  *actor `json:"act,omitempty"`
}

func actorOf(id *broker.Identity) *actor {
	if id == nil {
		return nil
	}
	a := &actor{Subject: id.Name(), Before: actorOf(id.Actor)}
	if id.Subject.Kind == broker.Program {
		a.Client = a.Subject
	}
	return a
}

// introspect is POST /oauth2/introspect.
func (s *Server) introspect(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.aboutToken(c, broker.Introspection)
	if err != nil {
		return err
	}
	id, ok, err := s.config.Broker.Introspect(ctx, t, r)
	if err != nil {
		return err
	}
	if !ok {
		return replyJSON(c.Context(), fiber.StatusOK, introspection{})
	}
	return replyJSON(c.Context(), fiber.StatusOK, describe(t, id))
}

func describe(t *broker.Tenant, id broker.Identity) introspection {
	i := introspection{
		Active: true, Scope: id.Scopes.String(), Client: id.Token.Client, Subject: id.Name(), Actor: actorOf(id.Actor), Type: "Bearer",
		Audience: id.Audience, Issuer: t.Issuer, ID: id.Token.ID, Issued: id.Token.Issued.Unix(),
	}
	if id.Token.Kind == broker.ARefreshToken {
		i.Type = ""
	}
	if len(i.Audience) == 0 {
		i.Audience = t.Audience
	}
	if id.Token.Kind == broker.AnAccessToken && i.Client == "" {
		i.Client = broker.LoginClient // as the token itself says
	}
	if !id.Token.Expires.IsZero() {
		i.Expires = id.Token.Expires.Unix()
	}
	if id.Name() == id.PID {
		i.PID = id.PID
	}
	if user := t.Users[id.Subject.ID]; user != nil && id.Subject.Kind == broker.Person {
		i.Username = user.Login
	}
	return i
}

// revoke is POST /oauth2/revoke. A token that is not there needs no revoking.
func (s *Server) revoke(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.aboutToken(c, broker.Revocation)
	if err == nil {
		err = s.config.Broker.Revoke(ctx, t, r)
	}
	if err != nil {
		return err
	}
	reply(c.Context(), fiber.StatusOK, []byte("{}"))
	return nil
}

// aboutToken is a client that asks about a token. A hint of what sort it is is not needed.
func (s *Server) aboutToken(c *fiber.Ctx, grant broker.GrantType) (*broker.Request, error) {
	if err := noQuery(c); err != nil {
		return nil, err
	}
	p, err := readParams(c.Context())
	if err == nil {
		err = p.needs("token")
	}
	if err != nil {
		return nil, err
	}
	r := s.request(c)
	r.Grant, r.Bearer = grant, secret.New(p.text("token"))
	r.Client, err = credentials(c.Context(), p)
	return r, err
}
