package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// BeginRotation is [Tenant.RotateSecret] with a plan for the older secret's end:
// from then on the rotation is among those that [Store.DueRotations] finds.
func (t Tenant) BeginRotation(ctx context.Context, shop string, text secret.Text, plan broker.Plan) error {
	return t.rotate(ctx, shop, text, func(tx *sql.Tx) error {
		now := t.store.Now().UnixMicro()
		_, err := exec(ctx, tx,
			`INSERT INTO rotation (tenant, shop, number, began, quiet, longest, due, problem)
			SELECT $1, $2, MAX(number), $3, $4, $5, $3, '' FROM shop_secret WHERE tenant = $1 AND shop = $2`,
			t.name, shop, now, plan.Quiet.Microseconds(), plan.Longest.Microseconds())
		return err
	})
}

// Rotation returns the rotation of a shop that is under way, or [ErrNotFound].
func (t Tenant) Rotation(ctx context.Context, shop string) (r broker.Rotation, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		r, err = find(ctx, tx, ErrNotFound, readRotation,
			`SELECT tenant, shop, number, began, quiet, longest, written, due, problem, newer_used, older_used
			FROM rotation_seen WHERE tenant = $1 AND shop = $2`, t.name, shop)
		return err
	})
	return r, err
}

// DueRotations returns those of all tenants that somebody should look at, the
// longest due first; at most limit. Those of suspended tenants are among them.
func (s *Store) DueRotations(ctx context.Context, now time.Time, limit int) ([]broker.Rotation, error) {
	return all(ctx, s.reads, readRotation,
		`SELECT tenant, shop, number, began, quiet, longest, written, due, problem, newer_used, older_used
		FROM rotation_seen WHERE due <= $1 ORDER BY due LIMIT $2`, now.UnixMicro(), limit)
}

func readRotation(scan scan) (r broker.Rotation, err error) {
	var began, quiet, longest, due int64
	var written, newer, older sql.NullInt64
	err = scan(&r.Tenant, &r.Shop, &r.Number, &began, &quiet, &longest, &written, &due, &r.Problem, &newer, &older)
	r.Began, r.Due, r.Written = moment(began), moment(due), maybe(written)
	r.Plan = broker.Plan{Quiet: duration(quiet), Longest: duration(longest)}
	r.NewerUsed, r.OlderUsed = maybe(newer), maybe(older)
	return r, err
}

// Postpone says when a rotation is looked at next, and what is in its way. It
// returns [ErrConflict] if somebody else has done so since r was read: of all
// who look at the same time, one goes on.
func (t Tenant) Postpone(ctx context.Context, r broker.Rotation, due time.Time, problem string) error {
	return t.store.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrConflict, `UPDATE rotation SET due = $1, problem = $2
			WHERE tenant = $3 AND shop = $4 AND number = $5 AND due = $6`,
			due.UnixMicro(), problem, t.name, r.Shop, r.Number, r.Due.UnixMicro())
	})
}

// Written records since when the metafield holds the newer secret of a
// rotation, or returns [ErrConflict] if that has ended.
func (t Tenant) Written(ctx context.Context, r broker.Rotation, at time.Time) error {
	return t.store.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrConflict, `UPDATE rotation SET written = $1 WHERE tenant = $2 AND shop = $3 AND number = $4`,
			at.UnixMicro(), t.name, r.Shop, r.Number)
	})
}

// EndRotation retires the older secret of this rotation, and of no later one.
// It returns [ErrConflict] if somebody else has ended it.
func (t Tenant) EndRotation(ctx context.Context, r broker.Rotation) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrConflict, `DELETE FROM rotation WHERE tenant = $1 AND shop = $2 AND number = $3`, t.name, r.Shop, r.Number)
		if err != nil {
			return err
		}
		return t.retireBefore(ctx, tx, r.Shop, r.Number, ErrConflict)
	})
}

// KnowsSecret tells whether the tenant has or ever had this id_secret.
func (t Tenant) KnowsSecret(ctx context.Context, shop string, text secret.Text) (known bool, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		print, err := t.fingerprint(ctx, tx, text)
		if err != nil {
			return err
		}
		n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM shop_secret WHERE tenant = $1 AND fingerprint = $2 AND shop = $3`,
			t.name, print, shop)
		known = n > 0
		return err
	})
	return known, err
}
