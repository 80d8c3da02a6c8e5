package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddOrigin lets pages of an origin use the tenant. The caller has checked its
// grammar. The error is [ErrExists] if it is on the list, whatever shop it is
// bound to, or [ErrNotFound] if it shall be bound to a shop the tenant has not.
func (t Tenant) AddOrigin(ctx context.Context, o broker.Origin) error {
	shop := sql.NullString{String: o.Shop, Valid: o.Shop != ""}
	return t.configure(ctx, func(tx *sql.Tx) error {
		if shop.Valid {
			if err := t.hasShop(ctx, tx, o.Shop); err != nil {
				return err
			}
		}
		return must(ctx, tx, ErrExists,
			`INSERT INTO origin (tenant, origin, shop) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			t.name, o.Origin, shop)
	})
}

// RemoveOrigin takes an origin from the list, or returns [ErrNotFound].
func (t Tenant) RemoveOrigin(ctx context.Context, origin string) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `DELETE FROM origin WHERE tenant = $1 AND origin = $2`, t.name, origin)
	})
}

// Origins returns the list.
func (t Tenant) Origins(ctx context.Context) (list []broker.Origin, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = t.origins(ctx, tx)
		return err
	})
	return list, err
}

func (t Tenant) origins(ctx context.Context, tx *sql.Tx) ([]broker.Origin, error) {
	return all(ctx, tx, func(scan scan) (o broker.Origin, err error) {
		err = scan(&o.Origin, &o.Shop)
		return o, err
	}, `SELECT origin, COALESCE(shop, '') FROM origin WHERE tenant = $1 ORDER BY origin`, t.name)
}

// hasShop returns an error that wraps ErrNotFound unless the shop exists.
func (t Tenant) hasShop(ctx context.Context, q querier, shop string) error {
	n, err := one[int64](ctx, q, `SELECT COUNT(*) FROM shop WHERE tenant = $1 AND name = $2`, t.name, shop)
	if err == nil && n == 0 {
		return fmt.Errorf("shop %s: %w", shop, ErrNotFound)
	}
	return err
}
