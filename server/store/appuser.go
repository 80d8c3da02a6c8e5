package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AppUser names a person and an app.
type AppUser struct {
	App    string
	Issuer string // by whose word they are who they are
	UID    string
}

// AppUse returns what a person has with an app: nothing, if there is no such app.
func (t Tenant) AppUse(ctx context.Context, u AppUser) (use broker.AppUse, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		var enabled, paid sql.NullInt64
		row := tx.QueryRowContext(ctx, `SELECT enabled, paid FROM app_user WHERE tenant = $1 AND app = $2 AND issuer = $3 AND uid = $4`,
			t.name, u.App, u.Issuer, u.UID)
		err := row.Scan(&enabled, &paid)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		use = broker.AppUse{Enabled: maybe(enabled), Paid: maybe(paid)}
		return err
	})
	return use, err
}

// EnableApp enables an app for a person, at a moment; one that is enabled stays
// as it is. install is whether that counts as an installation. The error is
// [ErrNotFound] if there is no such app.
func (t Tenant) EnableApp(ctx context.Context, u AppUser, at time.Time, install bool) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`INSERT INTO app_user (tenant, app, issuer, uid, enabled, install)
			SELECT tenant, id, $1, $2, $3, $4 FROM app WHERE tenant = $5 AND id = $6
			ON CONFLICT (tenant, app, issuer, uid) DO UPDATE SET
				install = CASE WHEN app_user.enabled IS NULL THEN excluded.install ELSE app_user.install END,
				enabled = COALESCE(app_user.enabled, excluded.enabled)`,
			u.Issuer, u.UID, at.UnixMicro(), flag(install), t.name, u.App)
	})
}

// MarkPaid says until when a person has paid for an app. The error is
// [ErrNotFound] if there is no such app.
func (t Tenant) MarkPaid(ctx context.Context, u AppUser, until time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`INSERT INTO app_user (tenant, app, issuer, uid, install, paid)
			SELECT tenant, id, $1, $2, 0, $3 FROM app WHERE tenant = $4 AND id = $5
			ON CONFLICT (tenant, app, issuer, uid) DO UPDATE SET paid = excluded.paid`,
			u.Issuer, u.UID, until.UnixMicro(), t.name, u.App)
	})
}

// Installs are how often each app was installed, by id; an app that never was
// is not among them.
func (t Tenant) Installs(ctx context.Context) (counts map[string]int64, err error) {
	counts = map[string]int64{}
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		_, err := all(ctx, tx, func(scan scan) (n int64, err error) {
			var app string
			err = scan(&app, &n)
			counts[app] = n
			return n, err
		}, `SELECT app, COUNT(*) FROM app_user WHERE tenant = $1 AND install = 1 GROUP BY app`, t.name)
		return err
	})
	return counts, err
}
