package api

import (
	"net/url"
	"strings"

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
	if err != nil {
		return false
	}
	own, origin := u.Scheme+"://"+u.Host, string(h.Peek(fiber.HeaderOrigin))
	if origin == "" && c.Method() == fiber.MethodGet { // a form of ours has led to it
		return strings.HasPrefix(string(h.Peek(fiber.HeaderReferer)), own+"/")
	}
	return origin == own
}
