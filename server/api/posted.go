package api

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// posted reads a form that one of our own pages has sent. Browsers say where a
// request comes from; one that another site has made, or that nobody vouches for,
// is refused (RFC 6749 section 10.12).
func (s *Server) posted(c *fiber.Ctx, t *broker.Tenant) (params, error) {
	if !ownForm(c, t) {
		return nil, errForeign
	}
	if err := noQuery(c); err != nil {
		return nil, err
	}
	if !isForm(c.Context().Request.Header.ContentType()) {
		return nil, errBodyKind
	}
	return formParams(string(c.Context().Request.Body()))
}

var errForeign = &failure{broker.Refuse(broker.AccessDenied, "this form was sent from another page than ours; go back to the application and begin again"), fiber.StatusForbidden}

// hostOfURI is what people know a place by.
func hostOfURI(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Host
}

// at is a path of the same tenant's, as the browser has reached it.
func at(c *fiber.Ctx, path string) string {
	if name := pathTenantOf(c.Context()); name != "" {
		return "/t/" + name + path
	}
	return path
}
