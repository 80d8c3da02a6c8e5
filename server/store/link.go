package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// LinkProfile gives a customer another profile id than the derived one, or
// another one than before. It returns [ErrNotFound] if the tenant has no such
// shop, and [ErrBlocked] for a blocked customer, of whom nothing is kept.
func (t Tenant) LinkProfile(ctx context.Context, l broker.Link) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, l.Customer.Shop); err != nil {
			return err
		}
		key, err := t.pseudonyms(ctx, tx)
		if err != nil {
			return err
		}
		return t.link(ctx, tx, key, l)
	})
}

func (t Tenant) link(ctx context.Context, tx *sql.Tx, key *hmac.Key, l broker.Link) error {
	digest := broker.BlockDigest(key, l.Customer.Shop, l.Customer.ID)
	err := must(ctx, tx, ErrBlocked,
		`INSERT INTO link (tenant, shop, customer, pid) SELECT $1, $2, $3, $4
		WHERE NOT EXISTS (SELECT 1 FROM block WHERE tenant = $1 AND digest = $5)
		ON CONFLICT (tenant, shop, customer) DO UPDATE SET pid = excluded.pid`,
		t.name, l.Customer.Shop, l.Customer.ID, l.PID, digest[:])
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx,
		`INSERT INTO profile (tenant, shop, customer, pid, first_seen) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, shop, customer) DO UPDATE SET pid = excluded.pid`,
		t.name, l.Customer.Shop, l.Customer.ID, l.PID, t.store.Now().UnixMicro())
	return err
}

// UnlinkProfile gives a customer the derived profile id back, or returns [ErrNotFound].
func (t Tenant) UnlinkProfile(ctx context.Context, c broker.CustomerRef) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrNotFound, `DELETE FROM link WHERE tenant = $1 AND shop = $2 AND customer = $3`,
			t.name, c.Shop, c.ID)
		if err != nil {
			return err
		}
		key, err := t.pseudonyms(ctx, tx)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `UPDATE profile SET pid = $1 WHERE tenant = $2 AND shop = $3 AND customer = $4`,
			broker.DerivePID(key, c.Shop, c.ID), t.name, c.Shop, c.ID)
		return err
	})
}

func (t Tenant) links(ctx context.Context, tx *sql.Tx) ([]broker.Link, error) {
	return all(ctx, tx, func(scan scan) (l broker.Link, err error) {
		err = scan(&l.Customer.Shop, &l.Customer.ID, &l.PID)
		return l, err
	}, `SELECT shop, customer, pid FROM link WHERE tenant = $1 ORDER BY shop, customer`, t.name)
}
