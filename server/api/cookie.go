package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What browsers keep for us.
const (
	stateCookie  = "install" // a merchant on the way to Shopify and back
	signInCookie = "sign-in" // a person who has signed in
)

// cookieName has the tenant in it, because tenants behind /t/ share an origin.
// Over https no neighbouring host can set it (the prefix __Host-); plain http is
// for development on this machine, where not every browser takes the prefix.
func cookieName(t *broker.Tenant, what string) string {
	name := "shapestoken-" + what + "-" + t.Name
	if secured(t) {
		return "__Host-" + name
	}
	return name
}

func secured(t *broker.Tenant) bool { return strings.HasPrefix(t.Issuer, "https://") }

// setCookie gives the browser a cookie for so long, or takes it away. Its value is base64url or base62.
func setCookie(c *fiber.Ctx, t *broker.Tenant, what, value string, life time.Duration) {
	cookie := cookieName(t, what) + "=" + value + "; Path=/; Max-Age=" + strconv.Itoa(int(life/time.Second)) + "; HttpOnly; SameSite=Lax"
	if secured(t) {
		cookie += "; Secure"
	}
	c.Context().Response.Header.Add(fiber.HeaderSetCookie, cookie)
}
