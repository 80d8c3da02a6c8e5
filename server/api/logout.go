package api

import (
	"context"
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
)

// logout is /oauth2/logout (OpenID Connect RP-Initiated Logout section 2). Whoever
// brings an ID token of ours is a client that the person has signed in at, and is
// believed; everybody else's link leads to a page that asks.
func (s *Server) logout(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	query := string(c.Context().URI().QueryString())
	if c.Method() == fiber.MethodPost {
		return s.postedLogout(ctx, c, t)
	}
	p, err := url.ParseQuery(query)
	if err != nil {
		return errForm
	}
	client, sure := s.leavingFrom(ctx, c, t, p)
	if !sure {
		s.show(c, fiber.StatusOK, pages.Leaving{Brand: t.Name, Action: at(c, "/oauth2/logout"), Request: query})
		return nil
	}
	if err := s.signOut(ctx, c, t); err != nil {
		return err
	}
	s.afterLogout(c, t, client, p)
	return nil
}

// postedLogout is the form of the page that asks, or of the account page. A form
// of a client's is led to where it is asked about: browsers keep the cookie back.
func (s *Server) postedLogout(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if !isForm(c.Context().Request.Header.ContentType()) {
		return errBodyKind
	}
	p, err := formParams(string(c.Context().Request.Body()))
	if err != nil {
		return err
	}
	if !ownForm(c, t) {
		redirect(c.Context(), at(c, "/oauth2/logout?")+url.Values(p).Encode())
		return nil
	}
	asked, err := url.ParseQuery(p.text("request"))
	if err != nil {
		return errForm
	}
	client, _ := s.leavingFrom(ctx, c, t, asked)
	if err := s.signOut(ctx, c, t); err != nil {
		return err
	}
	s.afterLogout(c, t, client, asked)
	return nil
}

// leavingFrom is the client that has sent the person here, by its name or by an ID
// token that it has got. It is sure where that is about who is signed in, or
// nobody is. One that contradicts itself is none.
func (s *Server) leavingFrom(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, p url.Values) (client string, sure bool) {
	named, hint := p.Get("client_id"), p.Get("id_token_hint")
	if hint == "" {
		return named, false
	}
	client, user, err := t.Reader.Hint(hint)
	if err != nil || named != "" && named != client {
		return "", false
	}
	id, err := s.config.Broker.Identify(ctx, t, s.visitor(c, t))
	return client, errors.Is(err, broker.ErrSignIn) || err == nil && id.Subject.ID == user
}

// afterLogout leads back where the client wants it: among its redirect URIs, whose
// list is the one there is.
func (s *Server) afterLogout(c *fiber.Ctx, t *broker.Tenant, client string, p url.Values) {
	to := p.Get("post_logout_redirect_uri")
	r := &broker.Request{Client: broker.Credentials{ID: client}, Question: &broker.Question{Redirect: to}}
	if _, err := t.Asker(r); err != nil || len(p["post_logout_redirect_uri"]) != 1 {
		s.show(c, fiber.StatusOK, pages.SignedOut{Brand: t.Name})
		return
	}
	if state := p.Get("state"); state != "" {
		to = withQuery(to, url.Values{"state": {state}}.Encode())
	}
	s.sendOn(c, t, to)
}

// switchPerson is POST /oauth2/switch: somebody else sits there than who was
// signed in, and goes on with the same question.
func (s *Server) switchPerson(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, err := s.posted(c, t)
	if err != nil {
		return err
	}
	if err := s.signOut(ctx, c, t); err != nil {
		return err
	}
	redirect(c.Context(), at(c, "/oauth2/authorize?")+p.text("request"))
	return nil
}

func (s *Server) signOut(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if err := s.config.Broker.SignOut(ctx, t, signedIn(c, t)); err != nil {
		return err
	}
	setCookie(c, t, signInCookie, "", 0)
	return nil
}
