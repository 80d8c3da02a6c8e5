package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// connectTimeout bounds how long a server that does not answer is waited for.
const connectTimeout = 2 * time.Second

var postgresEngine = &engine{
	dialect: goose.DialectPostgres,
	reads:   8,
	writes:  2, // writers wait for each other, so more of them help nobody
	tables:  `SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`,
	exists:  func(*Source) error { return nil },
	create:  func(*Source) error { return nil },
	admit:   func(context.Context, *sql.DB) error { return nil },
	locker:  postgresLocker,
	absent:  postgresAbsent,
}

func parsePostgres(url string) (*Source, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, ErrURL // the cause may quote a password
	}
	config.ConnectTimeout = connectTimeout
	return &Source{
		Connector: stdlib.GetConnector(*config, stdlib.OptionAfterConnect(limitIdle)),
		engine:    postgresEngine,
		place:     fmt.Sprintf("%s on %s", config.Database, config.Host),
	}, nil
}

// limitIdle keeps a process that was stopped in the middle of a write from
// stopping all others, which wait for it.
func limitIdle(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SET idle_in_transaction_session_timeout = '10s'`)
	return err
}

// postgresLocker lets one process migrate at a time, on the connection it migrates with.
func postgresLocker() (lock.SessionLocker, error) {
	const ours = 0x7368617065 // any number that others are unlikely to use
	return lock.NewPostgresSessionLocker(lock.WithLockID(ours), lock.WithLockTimeout(1, 300))
}

func postgresAbsent(err error) bool {
	const noSuchDatabase = "3D000"
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == noSuchDatabase
}
