package storetest

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/shapestoken/shapestoken/server/store"
)

// ErrAway is what every call to a database returns while it is away.
var ErrAway = errors.New("the database is away: the test has cut it off")

// Outage is a switch between a store and its database. While it is cut, every
// call fails at once with [ErrAway], in the middle of a transaction too.
type Outage struct{ cut atomic.Bool }

// Cut takes the database away.
func (o *Outage) Cut() { o.cut.Store(true) }

// Mend gives it back.
func (o *Outage) Mend() { o.cut.Store(false) }

// Watch puts the switch into the source's connections; do it before store.OpenDB.
func (o *Outage) Watch(source *store.Source) {
	source.Connector = &connector{Connector: source.Connector, o: o}
}

func (o *Outage) err() error {
	if o.cut.Load() {
		return ErrAway
	}
	return nil
}

type connector struct {
	driver.Connector
	o *Outage
}

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.o.err(); err != nil {
		return nil, err
	}
	real, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{full: real.(full), o: c.o}, nil
}

// full is what both drivers' connections can do.
type full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
}

type conn struct {
	full
	o *Outage
}

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if err := c.o.err(); err != nil {
		return nil, err
	}
	real, err := c.full.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return &tx{real, c.o}, nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.o.err(); err != nil {
		return nil, err
	}
	return c.full.ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.o.err(); err != nil {
		return nil, err
	}
	real, err := c.full.QueryContext(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return &rows{real, c.o}, nil
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.o.err(); err != nil {
		return nil, err
	}
	return c.full.PrepareContext(ctx, query)
}

func (c *conn) Ping(ctx context.Context) error {
	return errors.Join(c.o.err(), c.full.Ping(ctx))
}

// CheckNamedValue leaves conversion to the driver, or to database/sql.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.full.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// IsValid keeps a broken connection from being used again.
func (c *conn) IsValid() bool {
	v, ok := c.full.(driver.Validator)
	return !ok || v.IsValid()
}

type tx struct {
	driver.Tx
	o *Outage
}

// Commit does what the server does when the connection goes before the commit comes.
func (t *tx) Commit() error {
	if err := t.o.err(); err != nil {
		return errors.Join(err, t.Rollback())
	}
	return t.Tx.Commit()
}

type rows struct {
	driver.Rows
	o *Outage
}

func (r *rows) Next(values []driver.Value) error {
	if err := r.o.err(); err != nil {
		return err
	}
	return r.Rows.Next(values)
}
