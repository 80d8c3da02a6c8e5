package store_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// TestTenantComesFirst sees to it that rows and keys of one tenant lie
// together, and that a query which forgets the tenant finds no index.
func TestTenantComesFirst(t *testing.T) {
	url := storetest.SQLite(t)
	storetest.Open(t, url)
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	global := []string{"revision", "change", "migration"}
	tables := strings.Fields(list(t, db, `SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`))
	checked := 0
	for _, table := range tables {
		if slices.Contains(global, table) {
			continue
		}
		want := "tenant"
		if table == "tenant" {
			want = "name"
		}
		if got := list(t, db, `SELECT name FROM pragma_table_info($1) WHERE cid = 0`, table); got != want {
			t.Errorf("the first column of %s is %s, want %s", table, got, want)
		}
		for _, index := range strings.Fields(list(t, db, `SELECT group_concat(name, ' ') FROM pragma_index_list($1)`, table)) {
			checked++
			if got := list(t, db, `SELECT name FROM pragma_index_info($1) WHERE seqno = 0`, index); got != want {
				t.Errorf("the first column of %s is %s, want %s", index, got, want)
			}
		}
	}
	if len(tables) != len(global)+30 || checked < 20 {
		t.Errorf("%d tables and %d keys; is this test still looking at all?", len(tables), checked)
	}
}

func list(t *testing.T, db *sql.DB, query string, args ...any) (s string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}
