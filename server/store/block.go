package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Block keeps a customer from getting tokens and forgets who that is: what
// stays is a keyed hash. SQLite's files then hold nothing else any more; with
// Postgres it takes until the next vacuum, which comes by itself. It may be
// called again.
func (t Tenant) Block(ctx context.Context, c broker.CustomerRef) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		digest, err := t.digest(ctx, tx, c)
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO block (tenant, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			t.name, digest)
		if err != nil {
			return err
		}
		return t.forget(ctx, tx, c)
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}

// Unblock lets a customer in again, or returns [ErrNotFound].
func (t Tenant) Unblock(ctx context.Context, c broker.CustomerRef) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		digest, err := t.digest(ctx, tx, c)
		if err != nil {
			return err
		}
		return must(ctx, tx, ErrNotFound, `DELETE FROM block WHERE tenant = $1 AND digest = $2`, t.name, digest)
	})
}

func (t Tenant) digest(ctx context.Context, tx *sql.Tx, c broker.CustomerRef) ([]byte, error) {
	key, err := t.pseudonyms(ctx, tx)
	if err != nil {
		return nil, err
	}
	digest := broker.BlockDigest(key, c.Shop, c.ID)
	return digest[:], nil
}

// forget also ends what webhooks ask about the customer: there is nothing to be
// told or merged any more.
func (t Tenant) forget(ctx context.Context, tx *sql.Tx, c broker.CustomerRef) error {
	_, err := exec(ctx, tx, `DELETE FROM link WHERE tenant = $1 AND shop = $2 AND customer = $3`, t.name, c.Shop, c.ID)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `DELETE FROM profile WHERE tenant = $1 AND shop = $2 AND customer = $3`, t.name, c.Shop, c.ID)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `UPDATE webhook SET customer = '', kept = '', due = NULL
		WHERE tenant = $1 AND shop = $2 AND (customer = $3 OR kept = $3)`, t.name, c.Shop, c.ID)
	return err
}

func (t Tenant) blocked(ctx context.Context, tx *sql.Tx) ([]broker.Digest, error) {
	return all(ctx, tx, func(scan scan) (broker.Digest, error) {
		var digest []byte
		if err := scan(&digest); err != nil {
			return broker.Digest{}, err
		}
		return readDigest(digest)
	}, `SELECT digest FROM block WHERE tenant = $1 ORDER BY digest`, t.name)
}
