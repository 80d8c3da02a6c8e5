package api

import (
	"context"
	"net/http"
	"time"

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
	fasthttpadaptor.NewFastHTTPHandler(detached(handler))(c.Context())
	return nil
}

// siteMost is how long a site may take.
const siteMost = 30 * time.Second

// detached gives requests a context of their own. The adaptor's is fasthttp's,
// which is pooled, and which Shutdown writes to while somebody may wait for it.
func detached(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.Background(), siteMost)
		defer cancel()
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
}
