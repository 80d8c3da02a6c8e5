package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// oldestSQLite is the first version without a bug that could corrupt a
// database in WAL mode (fixed 2026-03-13 in 3.51.3).
var oldestSQLite = [3]int{3, 51, 3}

var sqliteEngine = &engine{
	dialect: goose.DialectSQLite3,
	reads:   4,
	writes:  1, // it has one writer at a time; waiting here is fairer than in the busy handler
	tables:  `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`,
	// Erased rows are overwritten in the database file (secure_delete), but
	// older pages stay readable in the log until it is emptied.
	scrub:  `PRAGMA wal_checkpoint(TRUNCATE)`,
	exists: sqliteExists,
	create: sqliteCreate,
	admit:  sqliteAdmit,
	absent: func(error) bool { return false }, // sqliteExists has looked
}

func parseSQLite(path string) (*Source, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	options := url.Values{
		"mode":       {"rw"}, // never create: only sqliteCreate does
		"_txlock":    {"immediate"},
		"_dqs":       {"0"},
		"_defensive": {"1"},
		"_pragma": {
			"busy_timeout(5000)",
			"journal_mode(WAL)",
			"synchronous(FULL)", // what was acknowledged survives a power cut
			"foreign_keys(ON)",
			"secure_delete(ON)",
			"mmap_size(0)",
			"trusted_schema(OFF)",
		},
	}
	// As a URI, because there a path may contain any character.
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &Source{Connector: connector, engine: sqliteEngine, place: path}, nil
}

func sqliteExists(s *Source) error {
	_, err := os.Stat(s.place)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNoDatabase, s.place)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// sqliteCreate makes an empty file, so that it has its mode before anything is
// in it; SQLite gives the same mode to the files it puts beside it.
func sqliteCreate(s *Source) error {
	f, err := os.OpenFile(s.place, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return f.Close()
}

func sqliteAdmit(ctx context.Context, db *sql.DB) error {
	version, err := one[string](ctx, db, `SELECT sqlite_version()`)
	if err != nil {
		return err
	}
	return checkSQLite(version)
}

func checkSQLite(version string) error {
	var v [3]int
	if n, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); n != 3 {
		return fmt.Errorf("SQLite %q: %w", version, err)
	}
	for i, least := range oldestSQLite {
		if v[i] != least {
			if v[i] < least {
				return fmt.Errorf("SQLite %s can corrupt a database; 3.51.3 is the oldest to use", version)
			}
			return nil
		}
	}
	return nil
}
