package api

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
)

// account is GET /account: what the person who is signed in has allowed.
func (s *Server) account(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r := s.visitor(c, t)
	person, list, err := s.config.Broker.Allowed(ctx, t, r)
	if errors.Is(err, broker.ErrSignIn) {
		s.showLogin(c, t, question{}, pages.Login{})
		return nil
	}
	if err != nil {
		return err
	}
	page := pages.Account{Brand: t.Name, Person: person.Login, RevokeAction: at(c, "/account/revoke"), LogoutAction: at(c, "/oauth2/logout")}
	page.Token = t.Form(r.SignedIn, revoking, nil, s.config.Now())
	for _, a := range list {
		page.Apps = append(page.Apps, pages.Allowed{Client: a.Client.ID, Name: a.Client.Name, Scopes: shown(a.Scopes), Since: a.At})
	}
	s.show(c, fiber.StatusOK, page)
	return nil
}

// revoking is the question that the forms of the account page answer.
const revoking = "account"

// disallow is POST /account/revoke: the person takes back what a client may do. Who
// is not signed in any more signs in first, and then says it again: a form alone,
// which may have lain open where anybody sits down, takes nothing back.
func (s *Server) disallow(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, err := s.posted(c, t)
	if err != nil {
		return err
	}
	r := s.visitor(c, t)
	_, err = t.Filled(p.text("token"), r.SignedIn, revoking, s.config.Now())
	switch {
	case r.SignedIn.Empty():
		err = broker.ErrSignIn
	case err == nil:
		err = s.config.Broker.Disallow(ctx, t, r, p.text("client"))
	}
	if errors.Is(err, broker.ErrSignIn) {
		s.showLogin(c, t, question{}, pages.Login{Trouble: pages.Expired})
		c.Status(fiber.StatusUnauthorized)
		return nil
	}
	if err == nil {
		redirect(c.Context(), at(c, "/account"))
	}
	return err
}

func (s *Server) visitor(c *fiber.Ctx, t *broker.Tenant) *broker.Request {
	r := s.request(c)
	r.Grant, r.SignedIn = broker.Visitor, signedIn(c, t)
	return r
}
