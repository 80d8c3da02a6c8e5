package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/firebase"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/rotation"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
)

// vault is the store as rotations see it. What they change for good, the audit
// says; how far one has come, only the rotation.
type vault struct {
	*store.Store
	by string
}

func (v vault) In(tenant string) rotation.Tenant { return vaulted{v.Store.In(tenant), v, tenant} }

type vaulted struct {
	store.Tenant
	vault vault
	name  string
}

// SetAdmin implements rotation.Tenant.
func (t vaulted) SetAdmin(ctx context.Context, shop string, a broker.Admin) error {
	return sayingBy(t.vault.by, t.vault.Store, t.name, "shop admin", facts{"shop": shop, "holder": a.Holder}).SetAdmin(ctx, shop, a)
}

// EndRotation implements rotation.Tenant.
func (t vaulted) EndRotation(ctx context.Context, r broker.Rotation) error {
	return sayingBy(t.vault.by, t.vault.Store, t.name, "shop retire", facts{"shop": r.Shop, "quiet": r.Plan.Quiet.String(), "limit": r.Plan.Longest.String()}).EndRotation(ctx, r)
}

// keeper is who keeps secrets and metafields the same, for a command.
func (a *app) keeper(s *store.Store) *rotation.Keeper {
	return newKeeper(s, operator(), a.shopify(), slog.New(slog.DiscardHandler))
}

func newKeeper(s *store.Store, by string, c *shopify.Client, log *slog.Logger) *rotation.Keeper {
	return &rotation.Keeper{Store: vault{s, by}, Shopify: c, Log: log, Now: time.Now}
}

// out is the one way out, whoever is called.
func (a *app) out() *outbound.Client {
	if a.outbound == nil {
		a.outbound = outbound.New(outbound.Config{Allow: a.cli.OutboundAllow})
	}
	return a.outbound
}

// firebase reaches Firebase's sign-in.
func (a *app) firebase() *firebase.Client {
	return &firebase.Client{HTTP: a.out(), Base: a.cli.FirebaseURL}
}

// shopify reaches shops' Admin API.
func (a *app) shopify() *shopify.Client {
	c := &shopify.Client{HTTP: a.out()}
	if a.cli.ShopifyURL != "" {
		c.Base = func(shop string) string { return strings.ReplaceAll(a.cli.ShopifyURL, "{shop}", shop) }
	}
	return c
}
