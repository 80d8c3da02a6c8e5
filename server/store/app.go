package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddApp stores somebody else's application; with a zero Created, the clock's
// time. The error is [ErrExists] if the id is taken.
func (t Tenant) AddApp(ctx context.Context, a broker.App) error {
	if a.Created.IsZero() {
		a.Created = t.store.Now()
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrExists,
			`INSERT INTO app (tenant, id, name, home_url, setup_url, capabilities, actions, told_of, notifications, private, paid, owner, testers, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
			t.name, a.ID, a.Name, a.HomeURL, a.SetupURL, writeList(a.Capabilities), writeList(a.Actions), a.Trigger, writeList(a.NotificationScopes),
			flag(a.Private), flag(a.Paid), a.Owner, writeList(a.Testers), a.Created.UnixMicro())
	})
}

// Apps returns the tenant's apps, by id.
func (t Tenant) Apps(ctx context.Context) (list []broker.App, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = t.apps(ctx, tx)
		return err
	})
	return list, err
}

// DeleteApp erases an app, and who has enabled it, or returns [ErrNotFound].
func (t Tenant) DeleteApp(ctx context.Context, id string) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `DELETE FROM app WHERE tenant = $1 AND id = $2`, t.name, id)
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}

func (t Tenant) apps(ctx context.Context, tx *sql.Tx) ([]broker.App, error) {
	return all(ctx, tx, readApp,
		`SELECT id, name, home_url, setup_url, capabilities, actions, told_of, notifications, private, paid, owner, testers, created
		FROM app WHERE tenant = $1 ORDER BY id`, t.name)
}

func readApp(scan scan) (a broker.App, err error) {
	var capabilities, actions, notifications, testers string
	var created int64
	err = scan(&a.ID, &a.Name, &a.HomeURL, &a.SetupURL, &capabilities, &actions, &a.Trigger, &notifications, &a.Private, &a.Paid, &a.Owner, &testers, &created)
	if err != nil {
		return broker.App{}, err
	}
	a.Created = moment(created)
	errs := make([]error, 4)
	a.Capabilities, errs[0] = readList[string](capabilities)
	a.Actions, errs[1] = readList[string](actions)
	a.NotificationScopes, errs[2] = readList[string](notifications)
	a.Testers, errs[3] = readList[string](testers)
	return a, errors.Join(errs...)
}
