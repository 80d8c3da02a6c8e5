package demo

import (
	"context"

	"github.com/shapestoken/shapestoken/server/secret"
)

// faults are mistakes. There is no token until somebody mends them.
var faults = []twist{
	{
		Key: "wrong-secret", Title: "Wrong secret", Hint: "It belongs to another shop", Signature: true,
		Changed: `The metafield <code>omneo.id_secret</code> holds a secret that is not this shop’s, as after copying it from staging, or after a rotation the theme has not heard of.`,
		Advice:  `Paste the shop’s current secret into the metafield. Nobody can look it up again: if it is lost, make a new one with <code>shapestoken shop rotate TENANT SHOP</code>. The one before stays good until it is retired.`,
		rig: func(_ *site, sc *scene) {
			sc.secret = func(context.Context) (secret.Text, error) { return placeholder, nil }
		},
	},
	{
		Key: "missing-metafield", Title: "Missing metafield", Hint: "No secret to sign with", Signature: true,
		Changed: `The shop has no metafield <code>omneo.id_secret</code>. Liquid does not complain: it signs with an empty key, which anybody could do.`,
		Advice:  `Create the shop metafield with namespace <code>omneo</code>, key <code>id_secret</code> and type single line text, and paste the secret. The marker tells you too: it says <code>data-secret="blank"</code>.`,
		rig:     func(_ *site, sc *scene) { sc.metafield = func(secret.Text) any { return nil } },
	},
	{
		Key: "old-timestamp", Title: "Missing section", Hint: "An old page stays old",
		Changed: `The snippet was rendered with the clock an hour back, like a page that a cache has kept, and the theme has no <code>sections/shapestoken.liquid</code> that the script could have rendered again. (It signs v2 for this: a v1 signature carries no time and never gets old.)`,
		Advice:  `Copy <code>shapestoken.liquid</code> of the section into the theme’s <code>sections/</code>: then the page heals itself, as under <em>Old page</em>. Until then a reload helps, or an app proxy (choose <em>Source</em> below), which the script asks before the section. If it does not, something keeps the pages of logged-in customers: look for a CDN in front of the shop, a service worker, an app that prefetches.`,
		rig:     func(s *site, sc *scene) { sc.engine, sc.version, sc.section, sc.proxied = s.late, "v2", false, false },
	},
	{
		Key: "foreign-origin", Title: "Foreign origin", Hint: "This page is not on the list",
		Changed: `The page asked another tenant, which knows this shop but does not have this page’s origin on its list.`,
		Advice:  `Have every origin listed where the theme is seen, exactly as <code>location.origin</code> says it: the shop’s own domains, its myshopify.com address, and <code>http://127.0.0.1:9292</code> for <code>shopify theme dev</code>. There is no request id: the browser asked the service first whether it may (a preflight), was not told yes, and sent nothing. Which of the two it was the script can find out: switch <em>Debug</em> on below.`,
		rig: func(s *site, sc *scene) {
			sc.endpoint, sc.secret = s.config.Elsewhere, s.config.ElsewhereSecret
			sc.mounted("shapestoken-elsewhere")
		},
	},
	{
		Key: "service-down", Title: "Service down", Hint: "Nobody answers",
		Changed: `The exchange goes to an address where nothing listens. The script itself still came from the living service, as it would from the browser’s cache.`,
		Advice:  `Nothing, in the theme. The script has asked four times, and asks again in a minute or two while somebody looks at the page, and at the next page view. In your own script, catch the error and let the shop go on without the token. If it lasts, ask whoever runs the service to look at <code>/readyz</code>.`,
		rig: func(s *site, sc *scene) {
			sc.endpoint, sc.script = s.config.Nowhere, s.config.Endpoint
			sc.mounted("shapestoken-down")
		},
	},
	{
		Key: "no-proxy", Title: "No app proxy", Hint: "Nothing at that path",
		Changed: `Tokens are to come by the app proxy, and the shop has none at the path that the theme names: its answer is a page that says 404.`,
		Advice:  `Set the app’s proxy up (prefix <code>apps</code>, subpath <code>shapestoken</code>, the service’s address with <code>/shopify/proxy</code> behind it), have the app installed in this shop, and give the line the path that its admin shows: a merchant may have changed it.`,
		rig:     func(_ *site, sc *scene) { sc.proxied, sc.app = true, "nothing" },
	},
}

// placeholder is a secret that is nobody's.
var placeholder = secret.New("a-secret-that-is-nobodys-0123456789")
