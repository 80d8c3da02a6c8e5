package api

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A route is one line of a dialect: where, by which methods, for which pages,
// what answers, and how an error is told.
type route struct {
	path    string
	methods []string
	share   sharing
	handle  func(*Server, context.Context, *fiber.Ctx, *broker.Tenant) error
	fail    func(*Server, *fiber.Ctx, error) error
}

// routes are all that a tenant answers. Each is also found behind /t/{tenant}:
// the edge takes that prefix away.
var routes = []route{
	{"/shopify/api/v1/auth/token", []string{fiber.MethodPost}, listedPages, (*Server).storefrontToken, inShopify.fail},
	{"/shopify/proxy/token", readMethods[:1], noPage, (*Server).proxyToken, inShopify.fail},
	{"/shopify/api/v1/auth/session", []string{fiber.MethodPost}, anyBearer, (*Server).sessionToken, inShopify.fail},
	{webhookPath, []string{fiber.MethodPost}, noPage, (*Server).webhook, inShopify.fail},
	{"/shopify/install", readMethods[:1], noPage, (*Server).install, (*Server).failMerchant},
	{"/shopify/callback", readMethods[:1], noPage, (*Server).callback, (*Server).failMerchant},
	{"/api/v3/auth/token", []string{fiber.MethodPost}, listedBearers, (*Server).omneoToken, inOmneo.fail},
	{"/api/v3/auth/api-tokens", []string{fiber.MethodPost, fiber.MethodGet}, listedBearers, (*Server).apiTokens, failFields},
	{"/api/v3/auth/api-tokens/:id", []string{fiber.MethodDelete}, listedBearers, (*Server).endAPIToken, inBearer.fail},
	{"/api/v3/auth/verify", readMethods[:1], listedBearers, (*Server).verify, inBearer.fail},
	{"/id/api/v1/auth/token", []string{fiber.MethodPost}, listedBearers, (*Server).profileToken, failFields},
	{"/id/api/v1/profiles/me", readMethods[:1], listedBearers, (*Server).profile, inBearer.fail},
	{"/login", []string{fiber.MethodPost}, listedBearers, (*Server).proxyLogin, inLogin.fail},
	{"/v1/oauth\\:token", []string{fiber.MethodPost}, listedBearers, (*Server).omniLabToken, inOmniLab.fail},
	{"/v1/oauth%3Atoken", []string{fiber.MethodPost}, listedBearers, (*Server).omniLabToken, inOmniLab.fail},
	{"/v1/oauth%3atoken", []string{fiber.MethodPost}, listedBearers, (*Server).omniLabToken, inOmniLab.fail},
	{"/v1/oauth/token", []string{fiber.MethodPost}, listedBearers, (*Server).omiToken, failDetail},
	{"/v1/oauth/authorize", []string{fiber.MethodGet, fiber.MethodPost}, noPage, (*Server).omiAuthorize, (*Server).failOMI},
	{"/oauth2/token", []string{fiber.MethodPost}, clientPages, (*Server).oauthToken, inOAuth.fail},
	{"/oauth2/introspect", []string{fiber.MethodPost}, listedBearers, (*Server).introspect, inOAuth.fail},
	{"/oauth2/revoke", []string{fiber.MethodPost}, clientPages, (*Server).revoke, inOAuth.fail},
	{"/oauth2/register", []string{fiber.MethodPost}, listedBearers, (*Server).register, inRegistration.fail},
	{"/oauth2/userinfo", []string{fiber.MethodGet, fiber.MethodPost}, clientPages, (*Server).userinfo, inBearer.fail},
	{"/oauth2/authorize", []string{fiber.MethodGet, fiber.MethodPost}, noPage, (*Server).authorize, (*Server).failPerson},
	{"/oauth2/login", []string{fiber.MethodPost}, noPage, (*Server).login, (*Server).failPerson},
	{"/oauth2/consent", []string{fiber.MethodPost}, noPage, (*Server).consent, (*Server).failPerson},
	{"/oauth2/switch", []string{fiber.MethodPost}, noPage, (*Server).switchPerson, (*Server).failPerson},
	{"/oauth2/logout", []string{fiber.MethodGet, fiber.MethodPost}, noPage, (*Server).logout, (*Server).failPerson},
	{"/account", readMethods[:1], noPage, (*Server).account, (*Server).failPerson},
	{"/account/revoke", []string{fiber.MethodPost}, noPage, (*Server).disallow, (*Server).failPerson},
	{"/.well-known/jwks.json", readMethods, anyPage, (*Server).jwks, inShopify.fail},
	{"/.well-known/openid-configuration", readMethods, anyPage, (*Server).metadata, inShopify.fail},
	{"/.well-known/oauth-authorization-server", readMethods, anyPage, (*Server).metadata, inShopify.fail},
}

var readMethods = []string{fiber.MethodGet, fiber.MethodHead}

func (s *Server) mount(app *fiber.App) {
	if len(s.config.Sites) > 0 {
		app.Use(s.site)
	}
	app.All(sdkRoute.path, s.sdk)
	for _, r := range routes {
		app.All(r.path, s.serve(r))
	}
	app.Use(s.nothingHere)
}

// serve puts what every route needs in front of its handler: the tenant, then
// CORS, so that errors have its headers too, then the method.
func (s *Server) serve(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		named(c, r.path)
		ctx, cancel := deadline()
		defer cancel()
		t, err := s.tenant(ctx, c)
		if err != nil {
			return r.fail(s, c, err)
		}
		if preflight, err := s.cors.apply(c, t, r); preflight || err != nil {
			return r.fail(s, c, err)
		}
		if !slices.Contains(r.methods, c.Method()) {
			c.Set(fiber.HeaderAllow, allowed(r.methods))
			return r.fail(s, c, errWrongMethod)
		}
		return r.fail(s, c, r.handle(s, ctx, c, t))
	}
}

// nothingHere answers every other path, for a tenant or for none.
func (s *Server) nothingHere(c *fiber.Ctx) error {
	ctx, cancel := deadline()
	defer cancel()
	if _, err := s.tenant(ctx, c); err != nil {
		return inShopify.fail(s, c, err)
	}
	return inShopify.fail(s, c, errNoRoute)
}

// allowed is what an Allow header says of a path (RFC 9110 section 10.2.1).
func allowed(methods []string) string { return strings.Join(methods, ", ") + ", OPTIONS" }
