package storetest

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// promise is one thing that may be relied on.
type promise struct {
	name  string
	check func(t *testing.T, url string)
}

// Run checks every promise, each with an empty database that fresh gives the URL of.
func Run(t *testing.T, fresh func(t *testing.T) (url string)) {
	for _, p := range slices.Concat(opening, sealing, feed, tenants, origins, shops, shopApps, admins, rotations, uses, keys, profiles, webhooks,
		clients, users, apiTokens, accessTokens, sessions, rooms, codes, moves, ends, signIns, consents, apps, issuers, revocations, assertions, attempts, audits, acts, sweeping, isolation) {
		t.Run(p.name, func(t *testing.T) { p.check(t, fresh(t)) })
	}
}

// want checks for an error, or for none.
func want(t *testing.T, what string, got, target error) {
	t.Helper()
	if !errors.Is(got, target) {
		t.Errorf("%s: error %v, want %v", what, got, target)
	}
}

// do fails the test if there is an error.
func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get is for what returns a value and an error.
func get[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		do(t, err)
		return v
	}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got\n%s", what, diff)
	}
}

func load(t *testing.T, tenant store.Tenant) broker.Record {
	t.Helper()
	return get[broker.Record](t)(tenant.Load(t.Context()))
}

func revision(t *testing.T, s *store.Store) store.Revision {
	t.Helper()
	return get[store.Revision](t)(s.Revision(t.Context()))
}

// raw is the database without the store.
func raw(t *testing.T, url string) *sql.DB {
	t.Helper()
	source, err := store.Parse(url)
	do(t, err)
	db := sql.OpenDB(source.Connector)
	t.Cleanup(func() { do(t, db.Close()) })
	return db
}

// tamper changes what stands in the database, behind the store's back.
func tamper(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	_, err := raw(t, url).ExecContext(t.Context(), statement, args...)
	do(t, err)
}

// contents is everything that stands in the database: SQLite's files as they
// are, and all rows of Postgres as text.
func contents(t *testing.T, url string) []byte {
	t.Helper()
	return slices.Concat(durable(t, url), files(t, url, "-shm"))
}

// durable is contents without what SQLite writes in shared memory for reading.
func durable(t *testing.T, url string) []byte {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		return files(t, url, "", "-wal")
	}
	var all bytes.Buffer
	db := raw(t, url)
	for _, table := range column(t, db, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`) {
		for _, row := range column(t, db, `SELECT t::text FROM `+table+` t`) {
			all.WriteString(row + "\n")
		}
	}
	return all.Bytes()
}

// files are those of a SQLite database, which end in the given ways.
func files(t *testing.T, url string, ends ...string) (all []byte) {
	t.Helper()
	path, ok := strings.CutPrefix(url, "sqlite:")
	for _, end := range ends {
		if ok {
			all = append(all, get[[]byte](t)(os.ReadFile(path+end))...)
		}
	}
	return all
}

func column(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	do(t, err)
	for rows.Next() {
		var v string
		do(t, rows.Scan(&v))
		list = append(list, v)
	}
	do(t, errors.Join(rows.Err(), rows.Close()))
	return list
}

// holds tells whether text stands in the contents, in any of its usual spellings.
func holds(contents []byte, text string) bool {
	spellings := []string{
		text,
		hex.EncodeToString([]byte(text)),
		strings.ToUpper(hex.EncodeToString([]byte(text))),
		base64.RawStdEncoding.EncodeToString([]byte(text))[:len(text)], // without what depends on its end
	}
	return slices.ContainsFunc(spellings, func(s string) bool { return bytes.Contains(contents, []byte(s)) })
}

// crowd calls f from n goroutines that begin together, and returns what it returned.
func crowd(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start, done := make(chan struct{}), make(chan struct{})
	for i := range n {
		go func() {
			<-start
			errs[i] = f(i)
			done <- struct{}{}
		}()
	}
	close(start)
	for range n {
		<-done
	}
	return errs
}

// oneWinner checks that one of a crowd had its way and all others were refused.
func oneWinner(t *testing.T, errs []error, refusal error) {
	t.Helper()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
			continue
		}
		want(t, "a loser", err, refusal)
	}
	if winners != 1 {
		t.Errorf("%d winners, want 1", winners)
	}
}
