package rotation

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Adopt tries an access by what it is for, making the metafield hold the shop's
// newest secret, and keeps it only if that works; written tells whether the
// metafield did not hold it before. The error is broker.ErrNotFound where there
// is no such shop, or what package shopify says.
func (k *Keeper) Adopt(ctx context.Context, tenant, shop string, a broker.Admin) (written bool, err error) {
	t := k.Store.In(tenant)
	rec, err := t.Load(ctx)
	if err != nil {
		return false, err
	}
	s, found := find(rec, shop)
	if !found {
		return false, broker.ErrNotFound
	}
	if err := k.settled(ctx, s); err != nil {
		return false, err
	}
	if written, err = k.replace(ctx, tenant, s, a); err != nil {
		return false, err
	}
	return written, t.SetAdmin(ctx, shop, a)
}

// settled waits until every running server must know the newest secret.
func (k *Keeper) settled(ctx context.Context, s broker.ShopRecord) error {
	return sleep(ctx, s.Secrets[len(s.Secrets)-1].Made.Add(settle).Sub(k.Now()))
}
