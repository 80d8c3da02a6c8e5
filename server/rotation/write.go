package rotation

import (
	"context"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
)

// places are where Shopify keeps what a holder holds.
var places = map[broker.Holder]shopify.Place{broker.HeldByShop: shopify.OnShop, broker.HeldByApp: shopify.OnApp}

// Write makes the metafield hold the shop's newest secret; changed tells whether
// it did not. It writes over nothing but a secret that the shop once had, or
// nothing at all. The error is broker.ErrNotFound where there is no such shop, or no access
// to its Admin API, or what package shopify says.
func (k *Keeper) Write(ctx context.Context, tenant, shop string) (changed bool, err error) {
	s, err := k.shop(ctx, tenant, shop)
	if err != nil {
		return false, err
	}
	err = k.use(ctx, tenant, s, func(a broker.Admin) error {
		changed, err = k.replace(ctx, tenant, s, a)
		return err
	})
	return changed, err
}

func (k *Keeper) replace(ctx context.Context, tenant string, s broker.ShopRecord, a broker.Admin) (changed bool, err error) {
	place, known := places[a.Holder]
	if !known {
		return false, fmt.Errorf("shop %s: unknown holder %q", s.Name, a.Holder)
	}
	var unsure error
	changed, err = k.Shopify.Replace(ctx, shopify.Access{Shop: s.Name, Token: a.Token}, place, newest(s), func(value secret.Text) bool {
		known, err := k.Store.In(tenant).KnowsSecret(ctx, s.Name, value)
		unsure = err
		return known && err == nil
	})
	if unsure != nil {
		return false, unsure // rather than that the value is nobody's
	}
	return changed, err
}

func newest(s broker.ShopRecord) secret.Text { return s.Secrets[len(s.Secrets)-1].Text }

// shop is the shop with its secrets, or broker.ErrNotFound.
func (k *Keeper) shop(ctx context.Context, tenant, name string) (broker.ShopRecord, error) {
	rec, err := k.Store.In(tenant).Load(ctx)
	if err != nil {
		return broker.ShopRecord{}, err
	}
	for _, s := range rec.Shops {
		if s.Name == name {
			return s, nil
		}
	}
	return broker.ShopRecord{}, broker.ErrNotFound
}
