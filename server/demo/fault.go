package demo

import (
	"context"
	"html/template"

	"github.com/shapestoken/shapestoken/server/secret"
)

// A fault is one way to break the storefront: what is different, in one
// sentence, and what a theme developer does about it.
type fault struct {
	Key, Title, Hint string
	Changed, Remedy  template.HTML
	rig              func(*site, *scene)
}

func faultOf(key string) *fault {
	for i := range faults {
		if faults[i].Key == key {
			return &faults[i]
		}
	}
	return nil
}

var faults = [...]fault{
	{
		Key: "wrong-secret", Title: "Wrong secret", Hint: "It belongs to another shop",
		Changed: `The metafield <code>omneo.id_secret</code> holds a secret that is not this shop’s, as after copying it from staging, or after a rotation the theme has not heard of.`,
		Remedy:  `Paste the shop’s current secret into the metafield. Nobody can look it up again: if it is lost, make a new one with <code>shapestoken shop rotate TENANT SHOP</code>. The one before stays good until it is retired.`,
		rig: func(_ *site, sc *scene) {
			sc.secret = func(context.Context) (secret.Text, error) { return placeholder, nil }
		},
	},
	{
		Key: "missing-metafield", Title: "Missing metafield", Hint: "No secret to sign with",
		Changed: `The shop has no metafield <code>omneo.id_secret</code>. Liquid does not complain: it signs with an empty key, which anybody could do.`,
		Remedy:  `Create the shop metafield with namespace <code>omneo</code>, key <code>id_secret</code> and type single line text, and paste the secret. The marker tells you too: it says <code>data-secret="blank"</code>.`,
		rig:     func(_ *site, sc *scene) { sc.metafield = func(secret.Text) any { return nil } },
	},
	{
		Key: "old-timestamp", Title: "Old page", Hint: "Signed an hour ago",
		Changed: `The snippet was rendered with the clock an hour back, like a page that a cache has kept. (It signs v2 for this: a v1 signature carries no time and never gets old.)`,
		Remedy:  `Reload the page. If that does not help, something keeps the pages of logged-in customers: look for a CDN in front of the shop, a service worker, an app that prefetches. To sign anew without a reload, render the section <code>sections/shapestoken.liquid</code> again.`,
		rig:     func(s *site, sc *scene) { sc.engine, sc.version = s.late, "v2" },
	},
	{
		Key: "foreign-origin", Title: "Foreign origin", Hint: "This page is not on the list",
		Changed: `The page asked another tenant, which knows this shop but does not have this page’s origin on its list.`,
		Remedy:  `Have every origin listed where the theme is seen, exactly as <code>location.origin</code> says it: the shop’s own domains, its myshopify.com address, and <code>http://127.0.0.1:9292</code> for <code>shopify theme dev</code>. There is no request id: the browser asked the service first whether it may (a preflight), was not told yes, and sent nothing.`,
		rig:     func(s *site, sc *scene) { sc.endpoint, sc.secret = s.config.Elsewhere, s.config.ElsewhereSecret },
	},
	{
		Key: "service-down", Title: "Service down", Hint: "Nobody answers",
		Changed: `The exchange goes to an address where nothing listens. The script itself still came from the living service, as it would from the browser’s cache.`,
		Remedy:  `Nothing, in the theme: the next page view tries again. In your own script, catch the error and let the shop go on without the token. If it lasts, ask whoever runs the service to look at <code>/readyz</code>.`,
		rig:     func(s *site, sc *scene) { sc.endpoint, sc.script = s.config.Nowhere, s.config.Endpoint },
	},
}

// placeholder is a secret that is nobody's.
var placeholder = secret.New("a-secret-that-is-nobodys-0123456789")
