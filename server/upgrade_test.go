package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// An older release's database is brought up to date by serve and migrate, with
// its own key only: without it nothing is written.
func TestUpgrade(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "test.db"), filepath.Join(dir, "test.key")
	p := onDatabase(t, "sqlite:"+file, key)
	makeOlder(t, file)
	if _, errs, code := p.command("", "tenant", "list"); code != refused || !strings.Contains(errs, "shapestoken migrate") {
		t.Errorf("a command on an older schema: exit %d: %s", code, errs)
	}

	before := read(t, file)
	kept := filepath.Join(dir, "kept.key")
	if err := os.Rename(key, kept); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := p.command("", "migrate"); code != refused || !strings.Contains(errs, "no master key") {
		t.Errorf("without its key: exit %d: %s", code, errs)
	}
	other := newProgram(t)
	if err := os.Rename(other.args[3], key); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := p.command("", "migrate"); code != refused || !strings.Contains(errs, "not the database's master key") {
		t.Errorf("with another's key: exit %d: %s", code, errs)
	}
	if read(t, file) != before {
		t.Error("something was written")
	}

	if err := os.Rename(kept, key); err != nil {
		t.Fatal(err)
	}
	p.must("", "migrate")
	p.must("", "tenant", "create", "acme")
}

// makeOlder takes the last migration back.
func makeOlder(t *testing.T, file string) {
	t.Helper()
	db, err := outside(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range append(storetest.Older, `PRAGMA wal_checkpoint(TRUNCATE)`) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
