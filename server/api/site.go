package api

import (
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// site answers a whole host with a net/http handler, but for what is asked of a
// tenant or of the SDK by path.
func (s *Server) site(c *fiber.Ctx) error {
	handler, known := s.config.Sites[hostOf(c.Context())]
	if !known || pathTenantOf(c.Context()) != "" {
		return c.Next()
	}
	named(c, "site")
	fasthttpadaptor.NewFastHTTPHandler(handler)(c.Context())
	return nil
}
