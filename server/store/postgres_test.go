package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

func TestPostgresGoesAndComesBack(t *testing.T) {
	cluster := storetest.StartPostgres(t)
	s := storetest.Open(t, cluster.Database(t))
	acme := storetest.Tenant(t, s, "acme")
	w, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	calls := map[string]func() error{
		"load":  func() error { _, err := acme.Load(t.Context()); return err },
		"watch": func() error { _, err := w.Revision(t.Context()); return err },
		"write": func() error { return acme.SetStatus(t.Context(), broker.Active) },
	}
	cluster.Stop(t)
	for what, call := range calls {
		if err := call(); err == nil || errors.Is(err, broker.ErrNoTenant) || errors.Is(err, store.ErrNoDatabase) {
			t.Errorf("%s without a database: %v", what, err)
		}
	}
	cluster.Start(t)
	for what, call := range calls {
		// Each connection from before costs one call at most.
		for tries := 10; ; tries-- {
			err := call()
			if err == nil {
				break
			}
			if tries == 0 {
				t.Errorf("%s after the database is back: %v", what, err)
				break
			}
		}
	}
}

func TestNoSuchPostgresDatabase(t *testing.T) {
	url := strings.Replace(storetest.Postgres(t), "/test", "/nottest", 1)
	for what, open := range map[string]func(context.Context, string) (*store.Store, error){
		"open": store.Open, "create": store.Create,
	} {
		if _, err := open(t.Context(), url); !errors.Is(err, store.ErrNoDatabase) || !strings.Contains(err.Error(), "nottest") {
			t.Errorf("%s: %v, want ErrNoDatabase and its name", what, err)
		}
	}
}

// A server that accepts and says nothing must not hold anybody up for ever:
// without a bound of its own, this test would not end.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = store.Open(context.Background(), "postgres://u:hunter2@"+l.Addr().String()+"/x?sslmode=disable")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v, want an error without the password", err)
	}
}

func TestStoppedWriterIsNotWaitedForLong(t *testing.T) {
	source, err := store.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	var limit string
	err = db.QueryRowContext(t.Context(), `SHOW idle_in_transaction_session_timeout`).Scan(&limit)
	if err != nil || limit != "10s" {
		t.Errorf("the limit is %q (%v), want 10s", limit, err)
	}
}

// While one process migrates, all others wait.
func TestOneProcessMigrates(t *testing.T) {
	url := storetest.Postgres(t)
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // the lock is the connection's
	if _, err := db.ExecContext(t.Context(), `SELECT pg_advisory_lock($1)`, 0x7368617065); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := store.Create(ctx, url); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want it to wait until its time is up", err)
	}
	if _, err := store.Open(t.Context(), url); !errors.Is(err, store.ErrNoDatabase) {
		t.Errorf("%v, want no schema yet", err)
	}
	if _, err := db.ExecContext(t.Context(), `SELECT pg_advisory_unlock($1)`, 0x7368617065); err != nil {
		t.Fatal(err)
	}
	storetest.Open(t, url)
}

// A cancelled call returns, even if somebody holds what it waits for.
func TestCancelledWrite(t *testing.T) {
	url := storetest.Postgres(t)
	acme := storetest.Tenant(t, storetest.Open(t, url), "acme")
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(source.Connector)
	defer func() { _ = db.Close() }()
	holder, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.ExecContext(t.Context(), `UPDATE revision SET n = n`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- acme.SetStatus(ctx, broker.Suspended) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want it cancelled", err)
	}
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	if settings, err := acme.Settings(t.Context()); err != nil || settings.Status != broker.Active {
		t.Errorf("status %q, %v", settings.Status, err)
	}
}
