package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
)

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec returns how many rows the statement has changed.
func exec(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return result.RowsAffected()
}

// must is exec for a statement that does nothing exactly when refusal is the reason.
func must(ctx context.Context, q querier, refusal error, query string, args ...any) error {
	n, err := exec(ctx, q, query, args...)
	if err == nil && n == 0 {
		return refusal
	}
	return err
}

// scan is the Scan of a row.
type scan func(columns ...any) error

// lone reads a row of one column.
func lone[T any](scan scan) (v T, err error) {
	err = scan(&v)
	return v, err
}

// one returns the one column of a row that is always there.
func one[T any](ctx context.Context, q querier, query string, args ...any) (T, error) {
	return find(ctx, q, sql.ErrNoRows, lone[T], query, args...)
}

// find returns the first row as read makes it, or refusal where there is none.
func find[T any](ctx context.Context, q querier, refusal error, read func(scan) (T, error), query string, args ...any) (none T, err error) {
	v, err := read(q.QueryRowContext(ctx, query, args...).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return none, refusal
	case err != nil:
		return none, fmt.Errorf("store: %w", err)
	}
	return v, nil
}

// all returns every row as read makes it.
func all[T any](ctx context.Context, q querier, read func(scan) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []T
	for rows.Next() {
		v, err := read(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return list, nil
}

// within runs f in a transaction, which is kept if f returns nil.
func within(ctx context.Context, db *sql.DB, options *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// snapshot runs f in a transaction that sees the database as it is at one moment.
func (s *Store) snapshot(ctx context.Context, f func(*sql.Tx) error) error {
	return within(ctx, s.reads, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, f)
}

// write runs f in a transaction. On Postgres each of its statements sees what
// has been committed before it.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	return within(ctx, s.writes, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, f)
}

// configure is write for a change of configuration: it waits for the one
// before it and counts the revision up. So changes are committed in the order
// of n, and f may read first and write then.
func (s *Store) configure(ctx context.Context, f func(tx *sql.Tx, n int64) error) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := one[int64](ctx, tx, `UPDATE revision SET n = n + 1 RETURNING n`)
		if err != nil {
			return err
		}
		return f(tx, n)
	})
}

// announce puts the tenant into the change feed, if there is such a tenant.
func (t Tenant) announce(ctx context.Context, tx *sql.Tx, n int64) error {
	return must(ctx, tx, broker.ErrNoTenant,
		`INSERT INTO change (n, tenant, at) SELECT $1, name, $2 FROM tenant WHERE name = $3`,
		n, t.store.Now().UnixMicro(), t.name)
}

// configure is the one path by which anything of a tenant's configuration
// changes. What [Tenant.As] says of it is part of it.
func (t Tenant) configure(ctx context.Context, f func(*sql.Tx) error) error {
	return t.store.configure(ctx, func(tx *sql.Tx, n int64) error {
		if err := t.announce(ctx, tx, n); err != nil {
			return err
		}
		if err := t.attest(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// write is Store.write for what somebody does to a tenant and is no
// configuration. What [Tenant.As] says of it is part of it.
func (t Tenant) write(ctx context.Context, f func(*sql.Tx) error) error {
	return t.store.write(ctx, func(tx *sql.Tx) error {
		if err := t.attest(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// errNothing undoes a change of configuration that turned out to be none.
var errNothing = errors.New("nothing to do")

// unlessNothing is no error where there was nothing to do.
func unlessNothing(err error) error {
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// snapshot is Store.snapshot for a tenant that exists.
func (t Tenant) snapshot(ctx context.Context, f func(*sql.Tx) error) error {
	return t.store.snapshot(ctx, func(tx *sql.Tx) error {
		n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM tenant WHERE name = $1`, t.name)
		if err != nil {
			return err
		}
		if n == 0 {
			return broker.ErrNoTenant
		}
		return f(tx)
	})
}
