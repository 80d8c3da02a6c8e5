package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// MergeProfiles gives two customers one profile id after Shopify has made them
// one: that of who is kept, unless only the one that is gone has been seen or
// linked before. Of blocked customers nothing is kept, and a shop that is gone
// is nothing to do. It may be called again.
func (t Tenant) MergeProfiles(ctx context.Context, shop, gone, kept string) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, shop); err != nil {
			return err
		}
		key, err := t.pseudonyms(ctx, tx)
		if err != nil {
			return err
		}
		return t.merge(ctx, tx, key, broker.CustomerRef{Shop: shop, ID: gone}, broker.CustomerRef{Shop: shop, ID: kept})
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrBlocked) {
		return nil
	}
	return err
}

func (t Tenant) merge(ctx context.Context, tx *sql.Tx, key *hmac.Key, gone, kept broker.CustomerRef) error {
	if err := t.neitherBlocked(ctx, tx, key, gone, kept); err != nil {
		return err
	}
	keptKnown, err := t.known(ctx, tx, kept)
	if err != nil {
		return err
	}
	goneKnown, err := t.known(ctx, tx, gone)
	if err != nil {
		return err
	}
	from, to := kept, gone
	if goneKnown && !keptKnown {
		from, to = gone, kept
	}
	pid, err := t.pid(ctx, tx, key, from)
	if err != nil {
		return err
	}
	return t.link(ctx, tx, key, broker.Link{Customer: to, PID: pid})
}

func (t Tenant) neitherBlocked(ctx context.Context, tx *sql.Tx, key *hmac.Key, a, b broker.CustomerRef) error {
	first, second := broker.BlockDigest(key, a.Shop, a.ID), broker.BlockDigest(key, b.Shop, b.ID)
	n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM block WHERE tenant = $1 AND digest IN ($2, $3)`, t.name, first[:], second[:])
	if err == nil && n > 0 {
		return ErrBlocked
	}
	return err
}

// known tells whether a customer has been seen or linked.
func (t Tenant) known(ctx context.Context, tx *sql.Tx, c broker.CustomerRef) (bool, error) {
	n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM profile WHERE tenant = $1 AND shop = $2 AND customer = $3`, t.name, c.Shop, c.ID)
	return n > 0, err
}

// pid is the customer's profile id: the linked one, else the derived one.
func (t Tenant) pid(ctx context.Context, tx *sql.Tx, key *hmac.Key, c broker.CustomerRef) (string, error) {
	pid, err := find(ctx, tx, ErrNotFound, lone[string],
		`SELECT pid FROM link WHERE tenant = $1 AND shop = $2 AND customer = $3`, t.name, c.Shop, c.ID)
	if errors.Is(err, ErrNotFound) {
		return broker.DerivePID(key, c.Shop, c.ID), nil
	}
	return pid, err
}
