package main

import (
	"regexp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type shopApp struct {
	Tenant            string `arg:""`
	Shop              string `arg:""`
	ClientID          string `required:"" env:"-" help:"The app's client id, as the Dev Dashboard shows it."`
	ClientSecretStdin bool   `required:"" env:"-" help:"Read the app's client secret from stdin."`
}

// clientID is what Shopify's look like, with room for other kinds; it is only ever compared.
var clientID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// Run registers the app.
func (c *shopApp) Run(a *app) error {
	if !clientID.MatchString(c.ClientID) {
		return usageError("--client-id is the app's client id: 8 to 128 letters, digits, hyphens and underscores")
	}
	text, err := a.secretFromStdin()
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		t := saying(s, c.Tenant, "shop app", facts{"shop": c.Shop, "client_id": c.ClientID})
		if err := t.SetApp(a.ctx, c.Shop, c.ClientID, text); err != nil {
			return err
		}
		a.say("A former client secret of the same app counts for %s more, as long as Shopify may still sign with it.", broker.Overlap)
		return a.print(map[string]string{"shop": c.Shop, "client_id": c.ClientID},
			"The app of "+c.Shop+" is registered: app proxy, checkout and customer account extensions get tokens.")
	})
}
