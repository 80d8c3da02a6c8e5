package api

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// userinfo is what we know of who has signed in (OpenID Connect Core section 5.3).
type userinfo struct {
	Subject  string `json:"sub"`
	Username string `json:"preferred_username,omitempty"` // scope profile
	Email    string `json:"email,omitempty"`              // scope email
	Verified *bool  `json:"email_verified,omitempty"`     // nobody has looked
}

// userinfo is /oauth2/userinfo. The token stands in the header or, of a POST, in
// the form.
func (s *Server) userinfo(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.bearerRequest(c, broker.Bearer, broker.OpenID)
	if c.Method() == fiber.MethodPost && isForm(c.Context().Request.Header.ContentType()) {
		r, err = s.bearerInForm(c, r)
	}
	if err != nil {
		return err
	}
	id, err := s.config.Broker.Identify(ctx, t, r)
	if err != nil {
		return err
	}
	user := t.Users[id.Subject.ID]
	if user == nil { // a client's own token, which covers the scope
		return errNobody
	}
	return replyJSON(c.Context(), fiber.StatusOK, about(user, id.Scopes))
}

// bearerInForm is RFC 6750 section 2.2: the token stands in the form, and nowhere
// else. inHeader is nil where it does not stand in the header.
func (s *Server) bearerInForm(c *fiber.Ctx, inHeader *broker.Request) (*broker.Request, error) {
	p, err := formParams(string(c.Context().Request.Body()))
	if err != nil {
		return nil, err
	}
	token, sent := p.one("access_token")
	switch {
	case inHeader != nil && sent:
		return nil, errTwoTokens
	case inHeader != nil:
		return inHeader, nil
	case token == "":
		return nil, errNoBearer
	}
	r := s.request(c)
	r.Grant, r.Needs, r.Bearer = broker.Bearer, broker.OpenID, secret.New(token)
	return r, nil
}

func about(user *broker.User, scopes broker.Scopes) userinfo {
	u := userinfo{Subject: user.ID}
	if scopes.Cover("profile") {
		u.Username = user.Login
	}
	if scopes.Cover("email") && strings.Contains(user.Login, "@") {
		u.Email, u.Verified = user.Login, new(bool)
	}
	return u
}

var errTwoTokens = broker.Refuse(broker.InvalidRequest, "send the token once: in the header or in the form")

var errNobody = broker.Refuse(broker.LacksScope, "the token is a client's own and speaks of no person")
