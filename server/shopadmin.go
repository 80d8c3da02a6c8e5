package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
)

type shopAdmin struct {
	Tenant           string `arg:""`
	Shop             string `arg:""`
	AccessTokenStdin bool   `env:"-" help:"Read an Admin API access token of the shop from stdin."`
	AppData          bool   `env:"-" help:"Keep the secret in the app's own data in place of the shop's metafields: for the theme app extension, where no other app can read it."`
	Remove           bool   `env:"-" help:"Forget the access. The metafield stays as it is."`
}

// Run tries the token before it is kept, by what it is for.
func (c *shopAdmin) Run(a *app) error {
	if c.AccessTokenStdin == c.Remove {
		return usageError("give --access-token-stdin or --remove")
	}
	if c.Remove {
		return c.remove(a)
	}
	text, err := a.secretFromStdin()
	if err != nil {
		return err
	}
	access := broker.Admin{Holder: broker.HeldByShop, Token: text, Granted: time.Now()}
	if c.AppData {
		access.Holder = broker.HeldByApp
	}
	return a.withStore(func(s *store.Store) error {
		ctx, cancel := context.WithTimeout(a.ctx, writePatient)
		defer cancel()
		written, err := a.keeper(s).Adopt(ctx, c.Tenant, c.Shop, access)
		if errors.Is(err, shopify.ErrForeign) {
			return fmt.Errorf("%w. To import it, remove the shop's registration here or make it the shop's first secret: shop add --secret-stdin", err)
		}
		if err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "holder": access.Holder, "written": written}, c.outcome(written))
	})
}

func (c *shopAdmin) outcome(written bool) string {
	if written {
		return "The metafield omneo.id_secret now holds the newest secret of " + c.Shop + "; shop rotate will keep it so."
	}
	return "The metafield omneo.id_secret holds the newest secret of " + c.Shop + " already; shop rotate will keep it so."
}

func (c *shopAdmin) remove(a *app) error {
	return a.withStore(func(s *store.Store) error {
		if _, err := findShop(a.ctx, s.In(c.Tenant), c.Shop); err != nil {
			return err
		}
		if err := s.In(c.Tenant).RemoveAdmin(a.ctx, c.Shop, time.Now().Add(time.Hour)); err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "removed": true}, "The access to the Admin API of "+c.Shop+" is forgotten.")
	})
}
