package store_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

func TestParse(t *testing.T) {
	tests := map[string]bool{
		"sqlite:shapestoken.db": true, "sqlite:/var/lib/x.db": true, "sqlite:///var/lib/x.db": true,
		"postgres://u:hunter2@db.example/x": true, "postgresql://u:hunter2@db.example/x": true,
		"": false, "sqlite": false, "sqlite:": false, "shapestoken.db": false, "mysql://u:hunter2@db.example/x": false,
		"postgres://u:hunter2@db.example:port/x": false, "postgres://u:hunter2%zz@db.example/x": false,
		"postgres://u:hunter2@db.example/x?sslmode=perhaps": false,
	}
	for url, good := range tests {
		_, err := store.Parse(url)
		if good && err != nil || !good && !errors.Is(err, store.ErrURL) {
			t.Errorf("%q: error %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error quotes the password: %v", url, err)
		}
	}
}

func TestWrongURL(t *testing.T) {
	if _, err := store.Open(t.Context(), "shapestoken.db"); !errors.Is(err, store.ErrURL) {
		t.Errorf("open: %v, want ErrURL", err)
	}
	if _, err := store.Create(t.Context(), "shapestoken.db"); !errors.Is(err, store.ErrURL) {
		t.Errorf("create: %v, want ErrURL", err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	url := storetest.SQLite(t)
	storetest.Tenant(t, storetest.Open(t, url), "acme")
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + end)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, want 600", info.Name(), mode)
		}
	}
}

// SQLite takes a path as a URI, in which some characters mean something.
func TestPathIsAPath(t *testing.T) {
	dir := t.TempDir()
	names := []string{"a b", "a?mode=memory", "a#b", "a%20b", "ä", ":memory:", "a&b=c", `a\b`, "'a'"}
	for _, name := range names {
		storetest.Open(t, "sqlite:"+filepath.Join(dir, name))
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(names); len(entries) != want { // each with its log and its shared memory
		t.Errorf("%d files, want %d: %v", len(entries), want, entries)
	}
}

func TestRelativePathIsSaidInFull(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := store.Open(t.Context(), "sqlite:none.db")
	dir, _ := os.Getwd()
	if !errors.Is(err, store.ErrNoDatabase) || !strings.Contains(err.Error(), filepath.Join(dir, "none.db")) {
		t.Errorf("%v, want the absolute path", err)
	}
}

func TestWhatIsNoDatabaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	text := strings.Repeat("this is not a database\n", 100)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Create(t.Context(), "sqlite:"+path); err == nil {
		t.Error("it was opened")
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != text {
		t.Errorf("it was changed: %v", err)
	}
	if _, err := store.Create(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "none", "x.db")); err == nil {
		t.Error("a folder was made")
	}
}

func TestEmptyFileIsNoDatabaseYet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "sqlite:"+path); !errors.Is(err, store.ErrNoDatabase) {
		t.Errorf("open: %v, want ErrNoDatabase", err)
	}
	storetest.Tenant(t, storetest.Open(t, "sqlite:"+path), "acme")
}

func TestPragmas(t *testing.T) {
	url := storetest.SQLite(t)
	storetest.Open(t, url)
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1",
		"busy_timeout": "5000", "mmap_size": "0", "trusted_schema": "0",
	} {
		var got string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
	for _, statement := range []string{`PRAGMA writable_schema = ON`, `DELETE FROM sqlite_schema`} {
		_, err = db.ExecContext(t.Context(), statement)
	}
	if err == nil {
		t.Error("the schema can be written to")
	}
	if _, err := db.ExecContext(t.Context(), `SELECT "not a string"`); err == nil {
		t.Error("a name that does not exist is taken for a text")
	}
}

// A server whose file is taken away must not go on with an empty one.
func TestConnectionsMakeNoFile(t *testing.T) {
	url := storetest.SQLite(t)
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("it connected to nothing")
	}
	if _, err := os.Stat(strings.TrimPrefix(url, "sqlite:")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

// A transaction locks when it begins: two that first read and then write can
// otherwise not both go on.
func TestTransactionsBeginImmediately(t *testing.T) {
	url := storetest.SQLite(t)
	storetest.Open(t, url)
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	first, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback() }()
	other, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if _, err := other.ExecContext(t.Context(), `PRAGMA busy_timeout = 0`); err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), `UPDATE revision SET n = n`); err == nil {
		t.Error("somebody else could write")
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "sqlite:"+empty); !errors.Is(err, store.ErrNoDatabase) {
		t.Fatal(err)
	}
	s, err := store.Create(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Revision(t.Context())
	if err := errors.Join(err, w.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Revision(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
}
