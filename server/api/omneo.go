package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Omneo's dialect (contract section 9): methods 1 and 4, and its ID API. Method 2
// is apitokens.go, method 3 shopify.go.

// omneoToken is POST /api/v3/auth/token. Omneo's document calls it
// client_credentials also where a login and a password are sent. So what is sent
// decides: where either is, both are checked.
func (s *Server) omneoToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, r, err := s.tokenRequest(c)
	if err != nil {
		return err
	}
	r.Login = login(p)
	switch grant := p.text("grant_type"); {
	case grant != "client_credentials" && grant != "password":
		return errGrantType
	case grant == "password" || r.Login.Sent:
		r.Grant, r.Login.Sent = broker.Password, true
	default:
		r.Grant = broker.ClientCredentials
	}
	return s.exchangeAccess(ctx, c, t, r)
}

func login(p params) broker.Login {
	name, named := p.one("username")
	password, typed := p.one("password")
	return broker.Login{Name: name, Password: secret.New(password), Sent: named || typed}
}

// proxyLogin is POST /login, Omneo's method 4.
func (s *Server) proxyLogin(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if err := noQuery(c); err != nil {
		return err
	}
	r := s.request(c)
	r.Grant = broker.Basic
	if header := string(c.Context().Request.Header.Peek(fiber.HeaderAuthorization)); isBasic(header) {
		r.Login.Name, r.Login.Password, r.Login.Sent = readBasic(header)
	}
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return err
	}
	return replyToken(c, g)
}

// verify is GET /api/v3/auth/verify: 200 for a token that may be used here.
func (s *Server) verify(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	id, err := s.identifyBearer(ctx, c, t, broker.Bearer, "")
	if err != nil {
		return err
	}
	return replyJSON(c.Context(), fiber.StatusOK, data(describe(t, id)))
}

// identifyBearer is whoever has the token of the Authorization header.
func (s *Server) identifyBearer(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, grant broker.GrantType, needs string) (broker.Identity, error) {
	r, err := s.bearerRequest(c, grant, needs)
	if err != nil {
		return broker.Identity{}, err
	}
	return s.config.Broker.Identify(ctx, t, r)
}

func (s *Server) bearerRequest(c *fiber.Ctx, grant broker.GrantType, needs string) (*broker.Request, error) {
	if err := noQuery(c); err != nil {
		return nil, err
	}
	r := s.request(c)
	r.Grant, r.Bearer, r.Needs = grant, bearer(c), needs
	if r.Bearer.Empty() {
		return nil, errNoBearer
	}
	return r, nil
}

var errNoBearer = broker.Refuse(broker.InvalidToken, "send the token in a header: Authorization: Bearer TOKEN")

// data is the envelope of Omneo's answers.
func data(v any) any {
	return struct {
		Data any `json:"data"`
	}{v}
}

// profileToken is POST /id/api/v1/auth/token: a server asks for the IDToken of a
// profile, or of nobody.
func (s *Server) profileToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.bearerRequest(c, broker.MintProfile, "")
	if err == nil {
		r.Who, err = readProfile(c)
	}
	if err != nil {
		return err
	}
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return err
	}
	return replyJSON(c.Context(), fiber.StatusOK, data(minted{g.Token, g.ExpiresAt.Unix()}))
}

type minted struct {
	Token  string `json:"token"`
	Expiry int64  `json:"exp"`
}

// readProfile reads whom is asked for. Without an id a handle says nothing.
func readProfile(c *fiber.Ctx) (broker.ProfileRef, error) {
	var m profileMembers
	if err := readBody(c, &m); err != nil {
		return broker.ProfileRef{}, err
	}
	wrong := fields{}
	wrong.text("id", m.ID, digits(m.ID))
	wrong.text("id_handle", m.Handle, text(m.Handle))
	if len(wrong) > 0 {
		return broker.ProfileRef{}, wrong
	}
	return broker.ProfileRef{ID: digits(m.ID), Handle: text(m.Handle)}, nil
}

// profile is GET /id/api/v1/profiles/me: whom an IDToken speaks of.
func (s *Server) profile(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	id, err := s.identifyBearer(ctx, c, t, broker.IDTokenBearer, "")
	switch {
	case err != nil:
		return err
	case id.Subject.Kind == broker.Guest:
		return errAnonymous
	}
	return replyJSON(c.Context(), fiber.StatusOK, data(profileView{
		ID: id.PID, Identities: []identity{{Handle: handle(id), Identifier: id.Subject.ID}},
	}))
}

// handle is whose id it is by which a profile is known.
func handle(id broker.Identity) string {
	if id.Subject.Kind == broker.External {
		return id.Issuer
	}
	return "shopify"
}

type profileView struct {
	ID         string     `json:"id"`
	Identities []identity `json:"identities"`
}

type identity struct {
	Handle     string `json:"handle"`
	Identifier string `json:"identifier"`
}

var errAnonymous = broker.Refuse(broker.NotFound, "the token is anonymous: there is no profile behind it")
