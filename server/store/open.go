package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Store is an open database.
type Store struct {
	// Now is the clock that stamps what is written. Set it before use or leave it.
	Now func() time.Time

	source *Source
	// Two pools, so that readers never wait for a connection behind writers
	// that wait for each other. Nothing takes from either while it holds one.
	reads, writes *sql.DB
	sealer        atomic.Pointer[Sealer] // nil until Unlock
}

// Source is a database that can be connected to.
type Source struct {
	// Connector opens connections. A test may wrap it.
	Connector driver.Connector

	engine *engine
	place  string // for people: an absolute path, or a host and a name
}

// engine is what differs between the two databases.
type engine struct {
	dialect       goose.Dialect
	reads, writes int    // the most connections of each pool
	tables        string // how many tables are named $1
	scrub         string // run after something was erased for good; empty: nothing to do
	exists        func(*Source) error
	create        func(*Source) error
	admit         func(context.Context, *sql.DB) error
	locker        func() (lock.SessionLocker, error) // nil: transactions exclude each other anyway
	absent        func(error) bool                   // whether it says that there is no such database
}

// Parse reads "sqlite:PATH" or "postgres://...". It connects to nothing. The
// error never quotes the URL, which may hold a password.
func Parse(url string) (*Source, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch {
	case scheme == "sqlite" && rest != "":
		return parseSQLite(rest)
	case scheme == "postgres" || scheme == "postgresql":
		return parsePostgres(url)
	}
	return nil, ErrURL
}

// Open opens an existing database and never creates one: see [OpenDB].
func Open(ctx context.Context, url string) (*Store, error) {
	source, err := Parse(url)
	if err != nil {
		return nil, err
	}
	return OpenDB(ctx, source)
}

// OpenDB is Open for a parsed URL. The error is [ErrNoDatabase], with the
// absolute path looked at, where there is none or it holds nothing of ours, or
// [ErrOldSchema] or [ErrNewerSchema].
func OpenDB(ctx context.Context, source *Source) (*Store, error) {
	if err := source.engine.exists(source); err != nil {
		return nil, err
	}
	return start(ctx, source, (*Store).checkSchema)
}

// Create opens the database, makes its file if there is none (mode 0600), and
// brings its schema up to date. A Postgres database has to exist, and may be empty.
func Create(ctx context.Context, url string) (*Store, error) {
	source, err := Parse(url)
	if err != nil {
		return nil, err
	}
	if err := source.engine.create(source); err != nil {
		return nil, err
	}
	return start(ctx, source, (*Store).Migrate)
}

// Upgrade opens a database that has an older schema, and brings it up to date.
// The key comes first: with a wrong one nothing is written, and the error is
// [ErrWrongMasterKey].
func Upgrade(ctx context.Context, url string, sealer Sealer) (*Store, error) {
	source, err := Parse(url)
	if err != nil {
		return nil, err
	}
	if err := source.engine.exists(source); err != nil {
		return nil, err
	}
	return start(ctx, source, func(s *Store, ctx context.Context) error {
		if err := s.Unlock(ctx, sealer); err != nil {
			return err
		}
		return s.Migrate(ctx)
	})
}

func start(ctx context.Context, source *Source, prepare func(*Store, context.Context) error) (*Store, error) {
	s := &Store{
		Now:    time.Now,
		source: source,
		reads:  pool(source.Connector, source.engine.reads),
		writes: pool(source.Connector, source.engine.writes),
	}
	err := source.engine.admit(ctx, s.reads)
	if err == nil {
		err = prepare(s, ctx)
	}
	if err == nil {
		return s, nil
	}
	_ = s.Close()
	if source.engine.absent(err) {
		err = ErrNoDatabase
	}
	return nil, fmt.Errorf("%w: %s", err, source.place)
}

func pool(c driver.Connector, most int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// Close waits for running queries and closes all connections but those of watchers.
func (s *Store) Close() error { return errors.Join(s.reads.Close(), s.writes.Close()) }
