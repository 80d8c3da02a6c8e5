package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const webhookPath = "/shopify/webhooks"

// webhook is POST /shopify/webhooks, where Shopify tells what has happened in a
// shop (contract section 2). It answers before anything is done about it.
func (s *Server) webhook(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	d := delivery(&c.Context().Request)
	id, err := s.config.Broker.Identify(ctx, t, &broker.Request{ID: traceOf(c.Context()).id, Grant: broker.Webhook, Delivery: d})
	if err != nil {
		return err
	}
	if err := s.config.Inbox.Take(ctx, t.Name, id.Shop.Name, d); err != nil {
		return err
	}
	reply(c.Context(), fiber.StatusOK, []byte("{}"))
	return nil
}

// delivery reads Shopify's headers, those of webhooks (X-Shopify-Topic) and those
// of its newer events (shopify-topic), which bring both. Where one is said twice
// and differently, none is believed: the Delivery is empty.
func delivery(r *fasthttp.Request) broker.Delivery {
	h := headers{&r.Header, true}
	d := broker.Delivery{
		Body:      r.Body(),
		HMAC:      h.one("X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256"),
		Shop:      h.one("X-Shopify-Shop-Domain", "Shopify-Shop-Domain"),
		Topic:     h.one("X-Shopify-Topic", "Shopify-Topic"),
		Triggered: h.one("X-Shopify-Triggered-At", "Shopify-Triggered-At"),
		ID:        cmp.Or(h.one("X-Shopify-Webhook-Id"), h.one("Shopify-Event-Id")),
	}
	if !h.agree {
		return broker.Delivery{}
	}
	return d
}

type headers struct {
	*fasthttp.RequestHeader
	agree bool // no name was found with two values
}

// one is the value under all of these names, or empty.
func (h *headers) one(names ...string) string {
	var values []string
	for _, name := range names {
		for _, v := range h.PeekAll(name) {
			values = append(values, string(v))
		}
	}
	values = slices.Compact(values)
	if len(values) > 1 {
		h.agree = false
	}
	return strings.Join(values, ",")
}
