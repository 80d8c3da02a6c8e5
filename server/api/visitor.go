package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// proxyToken is GET /shopify/proxy/token, which Shopify's app proxy asks for a
// visitor of the shop (contract section 2). A guest gets an anonymous token.
func (s *Server) proxyToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	g, err := s.config.Broker.Exchange(ctx, t, &broker.Request{
		ID:    traceOf(c.Context()).id,
		Grant: broker.AppProxy,
		Query: string(c.Context().URI().QueryString()),
	})
	if err != nil {
		return err
	}
	h := &c.Context().Response.Header
	h.Set("X-Omneo-Tenant", t.Name)
	h.Set("X-Omneo-Is-Anon", strconv.FormatBool(g.Anonymous))
	return replyShort(c, g)
}

// replyShort is what Omneo's document of the proxy reads.
func replyShort(c *fiber.Ctx, g broker.Grant) error {
	b := append([]byte(`{"token":"`), g.Token...)
	b = strconv.AppendInt(append(b, `","expiry":`...), g.ExpiresAt.Unix(), 10)
	reply(c.Context(), fiber.StatusOK, append(b, '}'))
	return nil
}

// sessionToken is POST /shopify/api/v1/auth/session for extensions of checkout
// and customer accounts. They run in workers, whose origin is often "null".
func (s *Server) sessionToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	g, err := s.config.Broker.Exchange(ctx, t, &broker.Request{
		ID:     traceOf(c.Context()).id,
		Grant:  broker.SessionToken,
		Addr:   s.client(c.Context()),
		Bearer: bearer(c),
	})
	if err != nil {
		return err
	}
	return replyToken(c, g)
}

// bearer is the token of an Authorization header (RFC 6750 section 2.1), or empty.
func bearer(c *fiber.Ctx) secret.Text {
	scheme, token, _ := strings.Cut(string(c.Context().Request.Header.Peek(fiber.HeaderAuthorization)), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return secret.Text{}
	}
	return secret.New(token)
}
