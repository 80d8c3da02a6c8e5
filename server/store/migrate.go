package store

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versions is the table in which goose keeps what has been applied.
const versions = "migration"

// Migrate brings the schema up to date, and does nothing if it is. Several
// processes may call it at once. It returns [ErrNewerSchema] for a database it
// does not know.
func (s *Store) Migrate(ctx context.Context) error {
	for {
		have, want, err := s.schema(ctx)
		if err != nil {
			return err
		}
		if have > want {
			return ErrNewerSchema
		}
		if have == want {
			return s.name(ctx)
		}
		if err := s.up(ctx); err != nil {
			// SQLite has no lock around all of it, so another process may have
			// been faster with the same one. Then there is less left to do.
			if now, _, e := s.schema(ctx); e != nil || now <= have {
				return fmt.Errorf("migrate: %w", err)
			}
		}
	}
}

// name gives a new database its epoch: the two engines have no random text in common.
func (s *Store) name(ctx context.Context) error {
	_, err := exec(ctx, s.writes, `UPDATE revision SET epoch = $1 WHERE epoch = ''`, rand.Text())
	return err
}

func (s *Store) up(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	// Up looks for its table before it takes the lock; this makes it under the lock.
	if _, err := p.GetDBVersion(ctx); err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true)}
	if s.source.engine.locker != nil {
		locker, err := s.source.engine.locker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(s.source.engine.dialect, s.writes, dir, options...)
}

// checkSchema tells whether the database is one that this program can use.
func (s *Store) checkSchema(ctx context.Context) error {
	have, want, err := s.schema(ctx)
	switch {
	case err != nil:
		return err
	case have == 0:
		return ErrNoDatabase
	case have < want:
		return ErrOldSchema
	case have > want:
		return ErrNewerSchema
	}
	return nil
}

// schema returns the version the database has, 0 for none, and the one this program wants.
func (s *Store) schema(ctx context.Context) (have, want int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	for _, source := range p.ListSources() {
		want = max(want, source.Version)
	}
	tables, err := one[int64](ctx, s.reads, s.source.engine.tables, versions)
	if err != nil || tables == 0 {
		return 0, want, err
	}
	have, err = one[int64](ctx, s.reads, `SELECT COALESCE(MAX(version_id), 0) FROM migration`)
	return have, want, err
}
