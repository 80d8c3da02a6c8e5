package seal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/seal"
)

// table stands for the rows of a database.
type table map[string][]byte

func at(row string) broker.Place {
	return broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: row}
}

func fill(t testing.TB, k *seal.Keyring, n int) table {
	t.Helper()
	rows := table{}
	for i := range n {
		row := fmt.Sprint(i)
		rows[row] = mustSeal(t, k, at(row), canary+row)
	}
	return rows
}

// reseal brings rows to the primary key, at most limit of them.
func (rows table) reseal(t testing.TB, k *seal.Keyring, primary string, limit int) {
	t.Helper()
	for row, sealed := range rows {
		if limit == 0 {
			return
		}
		if seal.KeyID(sealed) == primary {
			continue
		}
		mustUnseal(t, k, at(row), sealed, canary+row)
		rows[row] = mustSeal(t, k, at(row), canary+row)
		limit--
	}
}

func (rows table) mustOpen(t testing.TB, k *seal.Keyring) {
	t.Helper()
	for row, sealed := range rows {
		mustUnseal(t, k, at(row), sealed, canary+row)
	}
}

func (rows table) ids() map[string]bool {
	ids := map[string]bool{}
	for _, sealed := range rows {
		ids[seal.KeyID(sealed)] = true
	}
	return ids
}

func rotate(t testing.TB, k *seal.Keyring) string {
	t.Helper()
	primary, err := k.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	return primary
}

func TestRotation(t *testing.T) {
	k, path := create(t)
	rows := fill(t, k, 5)
	old := k.Primary()
	primary := rotate(t, k)
	if primary == old || k.Primary() != primary {
		t.Fatalf("the primary key was %s, Rotate made %s, now it is %s", old, primary, k.Primary())
	}
	left := rows["0"]
	rows.reseal(t, k, primary, -1)
	if diff := cmp.Diff(map[string]bool{primary: true}, rows.ids()); diff != "" {
		t.Errorf("not every row is on the new key: %s", diff)
	}
	if err := k.Retire(primary); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*seal.Keyring{k, open(t, path)} {
		rows.mustOpen(t, k)
		mustRefuse(t, k, at("0"), left)
	}
}

// A rotation may end at any point. What comes next, a new process, must open
// every row, and rotating again must leave all of them on one key.
func TestInterruptedRotation(t *testing.T) {
	const all = 6
	steps := map[string]func(*testing.T, *seal.Keyring, string, table){
		"before":         func(*testing.T, *seal.Keyring, string, table) {},
		"while writing":  func(t *testing.T, _ *seal.Keyring, path string, _ table) { leave(t, path+".new") },
		"after the file": func(t *testing.T, k *seal.Keyring, _ string, _ table) { rotate(t, k) },
		"after some rows": func(t *testing.T, k *seal.Keyring, _ string, rows table) {
			rows.reseal(t, k, rotate(t, k), all/2)
		},
		"twice after some rows": func(t *testing.T, k *seal.Keyring, _ string, rows table) {
			rows.reseal(t, k, rotate(t, k), all/2)
			rows.reseal(t, k, rotate(t, k), all/2)
		},
		"after all rows": func(t *testing.T, k *seal.Keyring, _ string, rows table) {
			rows.reseal(t, k, rotate(t, k), all)
		},
		"after retiring": func(t *testing.T, k *seal.Keyring, _ string, rows table) {
			primary := rotate(t, k)
			rows.reseal(t, k, primary, all)
			if err := k.Retire(primary); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			k, path := create(t)
			rows := fill(t, k, all)
			step(t, k, path, rows)

			next := open(t, path)
			rows.mustOpen(t, next)
			primary := rotate(t, next)
			rows.mustOpen(t, open(t, path))
			rows.reseal(t, next, primary, -1)
			if err := next.Retire(primary); err != nil {
				t.Fatal(err)
			}
			rows.mustOpen(t, open(t, path))
			if diff := cmp.Diff(map[string]bool{primary: true}, rows.ids()); diff != "" {
				t.Errorf("rows are on other keys: %s", diff)
			}
			onlyFile(t, path)
		})
	}
}

// leave writes what a killed process may leave behind.
func leave(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(`{"primaryKeyId": 1, "key": [`), 0o600); err != nil {
		t.Fatal(err)
	}
}

// onlyFile checks that path is alone in its folder.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("the folder holds %v, want the master key file alone", entries)
	}
}

func TestRetireRefusesAnOlderPrimary(t *testing.T) {
	k, path := create(t)
	primary := rotate(t, k)
	rows := fill(t, k, 3)
	later := rotate(t, open(t, path))
	err := k.Retire(primary)
	if err == nil || !strings.Contains(err.Error(), later) {
		t.Errorf("Retire says %v, want that %s is the primary key now", err, later)
	}
	rows.mustOpen(t, open(t, path))
}

func TestOtherProcessesFollow(t *testing.T) {
	k, path := create(t)
	server := open(t, path)
	primary := rotate(t, k)
	rows := fill(t, k, 1)
	rows.mustOpen(t, server)
	if server.Primary() != primary {
		t.Errorf("the server's primary key is %s, want %s", server.Primary(), primary)
	}
}

// An operator may copy another file over this one, which keeps its inode.
func TestFileWrittenOver(t *testing.T) {
	server, path := create(t)
	other, source := create(t)
	rows := fill(t, other, 1)
	content, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Second) // whatever the file system's clock can tell apart
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	rows.mustOpen(t, server)
}

// Nor does a file with the time of the one before it go unnoticed.
func TestFileOfTheSameTime(t *testing.T) {
	k, path := create(t)
	server := open(t, path)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	rotate(t, k)
	if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	fill(t, k, 1).mustOpen(t, server)
}

// A server that went on sealing with a key about to be retired would lose it.
func TestOtherProcessesSealWithTheNewKey(t *testing.T) {
	k, path := create(t)
	server := open(t, path)
	primary := rotate(t, k)
	if got := seal.KeyID(mustSeal(t, server, here, canary)); got != primary {
		t.Errorf("the server seals with %s, want the new key %s", got, primary)
	}
}

func TestRotationFollowsALink(t *testing.T) {
	k, path := create(t)
	rows := fill(t, k, 2)
	link := filepath.Join(t.TempDir(), "link.key")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	primary := rotate(t, open(t, link))
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info.Mode(), err)
	}
	again := open(t, path)
	rows.mustOpen(t, again)
	if again.Primary() != primary {
		t.Errorf("the file's primary key is %s, want %s", again.Primary(), primary)
	}
}

func TestConcurrentUse(t *testing.T) {
	k, path := create(t)
	server := open(t, path)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			p := at(fmt.Sprint(i))
			for range 100 {
				sealed, err := server.Seal(p, []byte(canary))
				if err != nil {
					t.Error(err)
					return
				}
				for _, k := range []*seal.Keyring{server, k} {
					if opened, err := k.Unseal(p, sealed); err != nil || string(opened) != canary {
						t.Errorf("opened %q, %v", opened, err)
						return
					}
				}
			}
		})
	}
	group.Go(func() {
		for range 10 {
			if _, err := k.Rotate(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	group.Wait()
}
