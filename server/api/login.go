package api

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/secret"
)

// login is POST /oauth2/login, what the login page sends. Who signs in goes on
// with the question that they came with, or to what they have allowed.
func (s *Server) login(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, err := s.posted(c, t)
	if err != nil {
		return err
	}
	r := s.request(c)
	r.Grant, r.Login = broker.SigningIn, broker.Login{Name: p.text("login"), Password: secret.New(p.text("password")), Sent: true}
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return s.loginAgain(c, t, p, err)
	}
	if err := s.config.Broker.SignOut(ctx, t, signedIn(c, t)); err != nil { // whoever was signed in here is so no more
		return err
	}
	setCookie(c, t, signInCookie, g.Token, g.ExpiresAt.Sub(g.IssuedAt))
	if p.text("request") == "" {
		redirect(c.Context(), at(c, "/account"))
		return nil
	}
	redirect(c.Context(), at(c, "/oauth2/authorize?")+afterSignIn(p.text("request")))
	return nil
}

// loginAgain shows the page anew, with what went wrong and the name as it was typed.
func (s *Server) loginAgain(c *fiber.Ctx, t *broker.Tenant, p params, err error) error {
	e := broker.AsError(err)
	page := pages.Login{Name: p.text("login")}
	switch {
	case errors.Is(err, broker.ErrLogin):
		page.Trouble = pages.WrongLogin
	case e.Code == broker.RateLimited:
		page.Trouble, page.Wait = pages.TooMany, e.RetryAfter
	case e.Code == broker.Unavailable:
		page.Trouble = pages.Unavailable
	default:
		return err
	}
	traceOf(c.Context()).err = e
	q := question{text: p.text("request")}
	if q.text != "" {
		var unknown error
		if q, unknown = s.readQuestion(c, t, q.text); unknown != nil {
			return unknown
		}
	}
	s.showLogin(c, t, q, page)
	status, _ := inPages.statusOf(err)
	c.Status(status)
	retryAfter(c.Context(), status, e)
	return nil
}

// showLogin asks who is there, for a client or for nobody.
func (s *Server) showLogin(c *fiber.Ctx, t *broker.Tenant, q question, page pages.Login) {
	page.Brand, page.Request, page.RequestID = t.Name, q.text, traceOf(c.Context()).id
	page.Action = at(c, "/oauth2/login")
	if q.client != nil {
		page.App = q.client.Name
	}
	s.show(c, fiber.StatusOK, page)
}

func signedIn(c *fiber.Ctx, t *broker.Tenant) secret.Text {
	return secret.New(string(c.Context().Request.Header.Cookie(cookieName(t, signInCookie))))
}
