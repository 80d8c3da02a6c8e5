package api

import (
	"context"
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
)

// authorize is /oauth2/authorize, where a client sends a person (RFC 6749 section
// 3.1). It answers the client at once where the person is signed in and has
// agreed before, and shows a page where not.
func (s *Server) authorize(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if c.Method() == fiber.MethodPost { // then browsers keep the cookie back: ask again in a way they know
		if !isForm(c.Context().Request.Header.ContentType()) || len(c.Context().Request.Body()) > longestQuery {
			return errBodyKind
		}
		p, err := url.ParseQuery(string(c.Context().Request.Body()))
		if err != nil {
			return errForm
		}
		redirect(c.Context(), at(c, "/oauth2/authorize?")+p.Encode())
		return nil
	}
	q, err := s.readQuestion(c, t, string(c.Context().URI().QueryString()))
	if err != nil {
		return err
	}
	return s.decide(ctx, c, t, q)
}

const longestQuery = 3 << 10 // what fits into a request target when it is encoded anew

// decide has the broker look at the question. What it lacks, the person is shown
// a page for, unless the client wants none.
func (s *Server) decide(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, q question) error {
	g, err := broker.Grant{}, q.wrong
	if err == nil {
		g, err = s.config.Broker.Exchange(ctx, t, q.Request)
	}
	switch {
	case err == nil:
		s.answer(c, t, q, url.Values{"code": {g.Token}})
	case errors.Is(err, broker.ErrSignIn) && !q.Question.Silent():
		s.showLogin(c, t, q, pages.Login{})
	case errors.Is(err, broker.ErrConsent) && !q.Question.Silent():
		s.showConsent(c, t, q, g)
	case errors.Is(err, broker.ErrAnswered): // a second click: nobody sees what the first one has led to
		redirect(c.Context(), at(c, "/oauth2/authorize?")+q.text)
	case errors.Is(err, broker.ErrForm):
		return err
	default:
		s.refuseTo(c, t, q, err)
	}
	return nil
}

// showConsent asks the person who is signed in about these scopes.
func (s *Server) showConsent(c *fiber.Ctx, t *broker.Tenant, q question, g broker.Grant) {
	page := pages.Consent{
		Brand: t.Name, App: q.client.Name, AppID: q.client.ID, Home: hostOfURI(q.Question.Redirect), Person: t.Users[g.Subject.ID].Login,
		Scopes: shown(g.Scopes), Action: at(c, "/oauth2/consent"), SwitchAction: at(c, "/oauth2/switch"), Request: q.text, Token: t.Form(q.SignedIn, q.text, g.Scopes, s.config.Now()),
	}
	s.show(c, fiber.StatusOK, page)
}

func shown(scopes broker.Scopes) (list []pages.Scope) {
	for _, name := range scopes {
		list = append(list, pages.Scope{Name: name})
	}
	return list
}

// consent is POST /oauth2/consent: the person's answer.
func (s *Server) consent(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, err := s.posted(c, t)
	if err != nil {
		return err
	}
	q, err := s.readQuestion(c, t, p.text("request"))
	if err != nil {
		return err
	}
	if q.Answer, err = t.Filled(p.text("token"), q.SignedIn, q.text, s.config.Now()); err != nil {
		return err
	}
	if p.text("answer") != "allow" {
		s.refuseTo(c, t, q, errDenied)
		return nil
	}
	return s.decide(ctx, c, t, q)
}

var errDenied = broker.Refuse(broker.AccessDenied, "the person has said no")
