package api

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// ownForm tells whether a form was sent from a page of ours. A browser says so by
// Sec-Fetch-Site (Fetch Metadata), or by Origin where it is older. What says
// neither is no browser that shows our pages.
func ownForm(c *fiber.Ctx, t *broker.Tenant) bool {
	h := &c.Context().Request.Header
	if site := string(h.Peek("Sec-Fetch-Site")); site != "" {
		return site == "same-origin"
	}
	u, err := url.Parse(t.Issuer) // where the pages are, by configuration
	return err == nil && string(h.Peek(fiber.HeaderOrigin)) == u.Scheme+"://"+u.Host
}
