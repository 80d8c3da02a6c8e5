package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// AddShop stores a shop (its Secrets are not looked at; with a zero Created,
// the clock's time) and its first id_secret. The error is [ErrExists], or what
// [Tenant.RotateSecret] says of the secret.
func (t Tenant) AddShop(ctx context.Context, shop broker.ShopRecord, first secret.Text) error {
	if weak(first) {
		return ErrWeakSecret
	}
	if shop.Created.IsZero() {
		shop.Created = t.store.Now()
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrExists,
			`INSERT INTO shop (tenant, name, policy, max_age, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			t.name, shop.Name, shop.Policy.String(), shop.MaxAge.Microseconds(), shop.Created.UnixMicro())
		if err != nil {
			return err
		}
		fingerprint, sealed, err := t.sealSecret(ctx, tx, shop.Name, first)
		if err != nil {
			return err
		}
		return must(ctx, tx, ErrSecretUsed,
			`INSERT INTO shop_secret (tenant, shop, number, fingerprint, sealed, made) VALUES ($1, $2, 1, $3, $4, $5)
			ON CONFLICT DO NOTHING`,
			t.name, shop.Name, fingerprint, sealed, t.store.Now().UnixMicro())
	})
}

// SetPolicy sets which signatures count, and how long, or returns [ErrNotFound].
func (t Tenant) SetPolicy(ctx context.Context, shop string, policy broker.Policy, maxAge time.Duration) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `UPDATE shop SET policy = $1, max_age = $2 WHERE tenant = $3 AND name = $4`,
			policy.String(), maxAge.Microseconds(), t.name, shop)
	})
}

// Shops returns the tenant's shops and their live secrets, without the secrets' text.
func (t Tenant) Shops(ctx context.Context) (shops []broker.ShopRecord, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		if shops, err = t.shops(ctx, tx); err != nil {
			return err
		}
		secrets, err := t.secrets(ctx, tx)
		attach(shops, secrets)
		return err
	})
	return shops, err
}

func (t Tenant) shops(ctx context.Context, tx *sql.Tx) ([]broker.ShopRecord, error) {
	return all(ctx, tx, readShop,
		`SELECT name, policy, max_age, created FROM shop WHERE tenant = $1 ORDER BY name`, t.name)
}

func readShop(scan scan) (broker.ShopRecord, error) {
	var s broker.ShopRecord
	var policy string
	var maxAge, created int64
	if err := scan(&s.Name, &policy, &maxAge, &created); err != nil {
		return broker.ShopRecord{}, err
	}
	var known bool
	if s.Policy, known = broker.ParsePolicy(policy); !known {
		return broker.ShopRecord{}, fmt.Errorf("shop %s: unknown policy %q", s.Name, policy)
	}
	s.MaxAge, s.Created = duration(maxAge), moment(created)
	return s, nil
}

// attach gives each shop its secrets.
func attach(shops []broker.ShopRecord, secrets []shopSecret) {
	index := make(map[string]int, len(shops))
	for i, shop := range shops {
		index[shop.Name] = i
	}
	for _, s := range secrets {
		shop := &shops[index[s.shop]]
		shop.Secrets = append(shop.Secrets, s.ShopSecret)
	}
}
