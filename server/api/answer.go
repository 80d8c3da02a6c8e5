package api

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
)

// answer sends the browser back to the client. The address is one that is
// registered for it, byte for byte, so it can be gone on with. Each answer says
// who has given it (RFC 9207). 303: whatever the browser has posted to us, it
// doesn't post there.
func (s *Server) answer(c *fiber.Ctx, t *broker.Tenant, q question, p url.Values) {
	if q.Question.State != "" {
		p.Set("state", q.Question.State)
	}
	p.Set("iss", t.Issuer)
	s.sendOn(c, t, withQuery(q.Question.Redirect, p.Encode()))
}

// sendOn sends the browser to an address of a client's.
//
// Who has just filled in one of our forms goes on by a page: browsers hold the
// redirects behind a form to the policy of its page, also those that the client
// makes, and what that forbids does not happen, without a word.
func (s *Server) sendOn(c *fiber.Ctx, t *broker.Tenant, to string) {
	if ownForm(c, t) {
		s.show(c, fiber.StatusOK, pages.Onward{Brand: t.Name, Home: hostOfURI(to), URL: to})
		return
	}
	redirect(c.Context(), to)
}

// withQuery goes on with what stands in an address already.
func withQuery(address, query string) string {
	switch {
	case !strings.Contains(address, "?"):
		return address + "?" + query
	case strings.HasSuffix(address, "?"), strings.HasSuffix(address, "&"):
		return address + query
	}
	return address + "&" + query
}

// refuse tells the client why there is no code (RFC 6749 section 4.1.2.1).
func (s *Server) refuseTo(c *fiber.Ctx, t *broker.Tenant, q question, err error) {
	e := broker.AsError(err)
	traceOf(c.Context()).err = e
	s.answer(c, t, q, url.Values{"error": {authorizing(e.Code)}, "error_description": {e.Message}})
}

// authorizing is a code as clients know it here; what they cannot know is ours.
func authorizing(code broker.Code) string {
	switch code {
	case broker.RateLimited, broker.Unavailable:
		return string(broker.Unavailable)
	case broker.InvalidRequest, broker.Unauthorized, broker.AccessDenied, broker.InvalidScope, broker.InvalidTarget,
		broker.UnsupportedResponse, broker.UnsupportedObject, broker.UnsupportedReference, broker.NeedsSignIn, broker.NeedsConsent:
		return string(code)
	}
	return string(broker.ServerError)
}

func redirect(ctx *fasthttp.RequestCtx, location string) {
	replyAs(ctx, fiber.StatusSeeOther, "text/plain; charset=utf-8", nil)
	ctx.Response.Header.Set(fiber.HeaderLocation, location)
}
