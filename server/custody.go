package main

import (
	"log/slog"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/rotation"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
)

// vault is the store as rotations see it.
type vault struct{ *store.Store }

func (v vault) In(tenant string) rotation.Tenant { return v.Store.In(tenant) }

// keeper is who keeps secrets and metafields the same, for a command.
func (a *app) keeper(s *store.Store) *rotation.Keeper {
	return newKeeper(s, a.shopify(), slog.New(slog.DiscardHandler))
}

func newKeeper(s *store.Store, c *shopify.Client, log *slog.Logger) *rotation.Keeper {
	return &rotation.Keeper{Store: vault{s}, Shopify: c, Log: log, Now: time.Now}
}

// shopify reaches shops' Admin API, by the one way out.
func (a *app) shopify() *shopify.Client {
	c := &shopify.Client{HTTP: outbound.New(outbound.Config{Allow: a.cli.OutboundAllow})}
	if a.cli.ShopifyURL != "" {
		c.Base = func(shop string) string { return strings.ReplaceAll(a.cli.ShopifyURL, "{shop}", shop) }
	}
	return c
}
