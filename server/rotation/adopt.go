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
	s, err := k.settled(ctx, tenant, shop)
	if err != nil {
		return false, err
	}
	if written, err = k.replace(ctx, tenant, s, a); err != nil {
		return false, err
	}
	return written, k.Store.In(tenant).SetAdmin(ctx, shop, a)
}

// Move makes another metafield, or the same, hold the shop's newest secret, by
// the access there is, and keeps to it from now on. The metafield that held the
// secret before is left as it is.
func (k *Keeper) Move(ctx context.Context, tenant, shop string, to broker.Holder) (written bool, err error) {
	s, err := k.settled(ctx, tenant, shop)
	if err != nil {
		return false, err
	}
	err = k.use(ctx, tenant, s, func(a broker.Admin) error {
		a.Holder = to
		if written, err = k.replace(ctx, tenant, s, a); err != nil {
			return err
		}
		return k.Store.In(tenant).SetHolder(ctx, shop, to)
	})
	return written, err
}

// settled is the shop once every running server must know its newest secret.
func (k *Keeper) settled(ctx context.Context, tenant, shop string) (broker.ShopRecord, error) {
	s, err := k.shop(ctx, tenant, shop)
	if err != nil {
		return s, err
	}
	return s, sleep(ctx, s.Secrets[len(s.Secrets)-1].Made.Add(settle).Sub(k.Now()))
}
