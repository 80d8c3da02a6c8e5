package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
)

// consented adds what a person has just agreed to to what they agreed to before, or
// holds that they did.
func (t Tenant) consented(ctx context.Context, tx *sql.Tx, s broker.Session, said bool) error {
	before, err := find(ctx, tx, ErrNotFound, readConsent,
		`SELECT client, scopes, at FROM consent WHERE tenant = $1 AND account = $2 AND client = $3`, t.name, s.Subject.ID, s.Client)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	case said:
		_, err := exec(ctx, tx,
			`INSERT INTO consent (tenant, account, client, scopes, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, account, client) DO UPDATE SET scopes = excluded.scopes, at = excluded.at`,
			t.name, s.Subject.ID, s.Client, writeList(before.Scopes.Plus(s.Scopes)), s.Started.UnixMicro())
		return err
	case err != nil, slices.ContainsFunc(s.Scopes, func(name string) bool { return !before.Scopes.Cover(name) }):
		return ErrUnsaid
	}
	return must(ctx, tx, ErrUnsaid, `UPDATE consent SET at = at WHERE tenant = $1 AND account = $2 AND client = $3`, t.name, s.Subject.ID, s.Client)
}

// Consent returns what a user has allowed a client, or [ErrNotFound]. It is one
// indexed read. [Tenant.EndSessions] takes it back.
func (t Tenant) Consent(ctx context.Context, user, client string) (broker.Consent, error) {
	return find(ctx, t.store.reads, ErrNotFound, readConsent,
		`SELECT client, scopes, at FROM consent WHERE tenant = $1 AND account = $2 AND client = $3`, t.name, user, client)
}

// Consents returns what a user has allowed clients, by the clients' ids.
func (t Tenant) Consents(ctx context.Context, user string) (list []broker.Consent, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, readConsent,
			`SELECT client, scopes, at FROM consent WHERE tenant = $1 AND account = $2 ORDER BY client`, t.name, user)
		return err
	})
	return list, err
}

func readConsent(scan scan) (c broker.Consent, err error) {
	var scopes string
	var at int64
	if err := scan(&c.Client, &scopes, &at); err != nil {
		return broker.Consent{}, err
	}
	c.At = moment(at)
	c.Scopes, err = readList[string](scopes)
	return c, err
}

// holdUser waits for whoever is just deleting a user, or returns ErrNotFound.
func (t Tenant) holdUser(ctx context.Context, tx *sql.Tx, id string) error {
	return must(ctx, tx, ErrNotFound, `UPDATE account SET login = login WHERE tenant = $1 AND id = $2`, t.name, id)
}

// holdBoth is holdUser for a client and a user. They are held in this order, in
// which they also go with their tenant.
func (t Tenant) holdBoth(ctx context.Context, tx *sql.Tx, client, user string) error {
	if err := must(ctx, tx, ErrNotFound, `UPDATE client SET name = name WHERE tenant = $1 AND id = $2`, t.name, client); err != nil {
		return err
	}
	return t.holdUser(ctx, tx, user)
}
