package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
)

// stored is a tenant as it stands in the database at one moment.
type stored struct {
	record     broker.Record
	pseudonyms []byte
	secrets    []shopSecret
	apps       []appSecret
	keys       []storedKey
	issuers    []sealedIssuer
}

// Load returns everything there is of the tenant, as of one moment. It never
// hands out an empty id_secret: that is [ErrEmptySecret].
func (t Tenant) Load(ctx context.Context) (broker.Record, error) {
	var s stored
	err := t.store.snapshot(ctx, func(tx *sql.Tx) error { return t.fill(ctx, tx, &s) })
	if err != nil {
		return broker.Record{}, err
	}
	// Outside of the transaction, which others may be waiting for.
	return t.reveal(s)
}

// fill reads the tenant.
func (t Tenant) fill(ctx context.Context, tx *sql.Tx, s *stored) error {
	var err error
	r := &s.record
	steps := []func() error{
		func() error { r.Revision, err = one[int64](ctx, tx, `SELECT n FROM revision`); return err },
		func() error { r.Settings, err = t.settings(ctx, tx); return err },
		func() error { s.pseudonyms, err = t.sealedPseudonyms(ctx, tx); return err },
		func() error { r.Origins, err = t.origins(ctx, tx); return err },
		func() error { r.Shops, err = t.shops(ctx, tx); return err },
		func() error { s.secrets, err = t.secrets(ctx, tx); return err },
		func() error { s.apps, err = t.shopApps(ctx, tx); return err },
		func() error { s.keys, err = t.keys(ctx, tx); return err },
		func() error { r.Links, err = t.links(ctx, tx); return err },
		func() error { r.Blocked, err = t.blocked(ctx, tx); return err },
		func() error { r.Clients, err = t.clients(ctx, tx); return err },
		func() error { r.Users, err = t.users(ctx, tx); return err },
		func() error { r.Revoked, err = t.revoked(ctx, tx); return err },
		func() error { r.Apps, err = t.apps(ctx, tx); return err },
		func() error { s.issuers, err = t.issuers(ctx, tx); return err },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// reveal opens what is sealed.
func (t Tenant) reveal(s stored) (broker.Record, error) {
	var err error
	if s.record.Pseudonyms, err = t.open(t.pseudonymsPlace(), s.pseudonyms); err != nil {
		return broker.Record{}, err
	}
	for i := range s.secrets {
		v := &s.secrets[i]
		if v.Text, err = t.open(t.secretPlace(v.shop, v.fingerprint), v.sealed); err != nil {
			return broker.Record{}, err
		}
		if blank(v.Text) {
			return broker.Record{}, fmt.Errorf("shop %s, secret %d: %w", v.shop, v.Number, ErrEmptySecret)
		}
	}
	attach(s.record.Shops, s.secrets)
	if err := t.openShopApps(s.record.Shops, s.apps); err != nil {
		return broker.Record{}, err
	}
	if s.record.Issuers, err = t.openIssuers(s.issuers); err != nil {
		return broker.Record{}, err
	}
	s.record.Keys, err = t.openKeys(s.keys)
	return s.record, err
}
