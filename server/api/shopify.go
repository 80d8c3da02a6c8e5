package api

import (
	"bytes"
	"context"
	"mime"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// bodyLimit is the exchange's own; the server's is larger, so that a body over
// this one is still answered with CORS headers.
const bodyLimit = 4 << 10

// storefrontToken is POST /shopify/api/v1/auth/token (contract section 2; Omneo's method 3).
func (s *Server) storefrontToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	evidence, err := readEvidence(c)
	if err != nil {
		return err
	}
	g, err := s.config.Broker.Exchange(ctx, t, &broker.Request{
		ID:       traceOf(c.Context()).id,
		Grant:    broker.Storefront,
		Addr:     s.client(c.Context()),
		Origin:   string(c.Context().Request.Header.Peek(fiber.HeaderOrigin)),
		Customer: evidence,
	})
	if err != nil {
		return err
	}
	return replyToken(c, g)
}

func readEvidence(c *fiber.Ctx) (broker.Evidence, error) {
	if len(c.Context().Request.Body()) > bodyLimit {
		return broker.Evidence{}, errTooLarge
	}
	var m members
	if err := readBody(c, &m); err != nil {
		return broker.Evidence{}, err
	}
	return broker.Evidence{
		ID:        digits(m.ID),
		Signature: text(m.Signature),
		Shop:      sent(m.Shop, text(m.Shop)),
		Timestamp: sent(m.Timestamp, digits(m.Timestamp)),
	}, nil
}

// isJSON is strict: a browser must have asked by preflight, which a form's or a
// plain text's content type would avoid.
func isJSON(contentType []byte) bool {
	if bytes.Equal(contentType, []byte("application/json")) {
		return true
	}
	media, params, err := mime.ParseMediaType(string(contentType))
	charset, has := params["charset"]
	return err == nil && media == "application/json" && (!has || strings.EqualFold(charset, "utf-8"))
}

// replyToken answers in both shapes: Omneo's document reads token, the deployed
// checkout widget reads data.token. A JWT needs no escaping.
func replyToken(c *fiber.Ctx, g broker.Grant) error {
	expiry := g.ExpiresAt.Unix()
	b := make([]byte, 0, 2*len(g.Token)+160)
	b = append(b, `{"token":"`...)
	b = append(b, g.Token...)
	b = append(b, `","token_type":"Bearer","expires_in":`...)
	b = strconv.AppendInt(b, expiry-g.IssuedAt.Unix(), 10)
	b = append(b, `,"expiry":`...)
	b = strconv.AppendInt(b, expiry, 10)
	b = append(b, `,"data":{"token":"`...)
	b = append(b, g.Token...)
	b = append(b, `","exp":`...)
	b = strconv.AppendInt(b, expiry, 10)
	b = append(b, `}}`...)
	reply(c.Context(), fiber.StatusOK, b)
	return nil
}
