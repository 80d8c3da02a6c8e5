package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
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
	setState(c, t, state, stateSeconds)
	replyAs(c.Context(), fiber.StatusFound, "text/plain; charset=utf-8", nil)
	c.Set(fiber.HeaderLocation, location)
	return nil
}

// callback is GET /shopify/callback, where Shopify's consent page sends the
// browser. Whatever comes of it, the state has been used.
func (s *Server) callback(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	given := string(c.Context().Request.Header.Cookie(stateCookie(t)))
	setState(c, t, "", 0)
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
	replyPage(c.Context(), fiber.StatusOK, page{
		title: "The app is installed",
		text:  "This shop's Admin API can be reached now. Whoever runs the service goes on from here; you can close this page.",
		shop:  shop.Name,
	})
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

const stateSeconds = 600 // what the state itself allows

// stateCookie has the tenant in its name, because tenants behind /t/ share an
// origin. Over https no neighbouring host can set it (the prefix __Host-); plain
// http is for development on this machine, where not every browser takes the
// prefix.
func stateCookie(t *broker.Tenant) string {
	name := "shapestoken-install-" + t.Name
	if secured(t) {
		return "__Host-" + name
	}
	return name
}

func secured(t *broker.Tenant) bool { return strings.HasPrefix(t.Issuer, "https://") }

// setState gives the browser its state, or takes it away.
func setState(c *fiber.Ctx, t *broker.Tenant, state string, seconds int) {
	cookie := stateCookie(t) + "=" + state + "; Path=/; Max-Age=" + strconv.Itoa(seconds) + "; HttpOnly; SameSite=Lax"
	if secured(t) {
		cookie += "; Secure"
	}
	c.Context().Response.Header.Add(fiber.HeaderSetCookie, cookie)
}
