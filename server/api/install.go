package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/secret"
)

// finishing is how long the way from the merchant's return to the page may take:
// Shopify is asked for access, then for webhooks. WriteTimeout counts from then on.
const finishing = 20 * time.Second

// install is GET /shopify/install, the app's URL: Shopify opens it to have the
// app installed, and the browser goes on to Shopify's consent page.
func (s *Server) install(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	shop, err := s.visit(ctx, c, t, broker.Visit{})
	if err != nil {
		return err
	}
	location, state, err := s.config.Installer.Begin(t, shop)
	if err != nil {
		return err
	}
	setCookie(c, t, stateCookie, state, stateTime)
	replyAs(c.Context(), fiber.StatusFound, "text/plain; charset=utf-8", nil)
	c.Set(fiber.HeaderLocation, location)
	return nil
}

// callback is GET /shopify/callback, where Shopify's consent page sends the
// browser. Whatever comes of it, the state has been used.
func (s *Server) callback(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	given := string(c.Context().Request.Header.Cookie(cookieName(t, stateCookie)))
	setCookie(c, t, stateCookie, "", 0)
	shop, err := s.visit(ctx, c, t, broker.Visit{Returned: true, State: given})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), finishing)
	defer cancel()
	code := secret.New(string(c.Context().QueryArgs().Peek("code")))
	if err := s.config.Installer.Finish(ctx, t, shop, code); err != nil {
		return err
	}
	s.showWith(c, fiber.StatusOK, pages.Installed{Brand: t.Name, Admin: "https://" + shop.Name + "/admin"}, pages.Formless())
	return nil
}

// visit has the query proved, and returns whose it is.
func (s *Server) visit(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, v broker.Visit) (*broker.Shop, error) {
	v.Query = string(c.Context().URI().QueryString())
	id, err := s.config.Broker.Identify(ctx, t, &broker.Request{
		ID: traceOf(c.Context()).id, Grant: broker.Install, Addr: s.client(c.Context()), Visit: v,
	})
	return id.Shop, err
}

const stateTime = 10 * time.Minute // what the state itself allows
