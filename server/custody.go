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

// out is the one way out, whoever is called.
func (a *app) out() *outbound.Client {
	if a.outbound == nil {
		a.outbound = outbound.New(outbound.Config{Allow: a.cli.OutboundAllow})
	}
	return a.outbound
}

// shopify reaches shops' Admin API.
func (a *app) shopify() *shopify.Client {
	c := &shopify.Client{HTTP: a.out()}
	if a.cli.ShopifyURL != "" {
		c.Base = func(shop string) string { return strings.ReplaceAll(a.cli.ShopifyURL, "{shop}", shop) }
	}
	return c
}
