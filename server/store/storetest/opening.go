package storetest

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var opening = []promise{
	{"Open never makes a database", func(t *testing.T, url string) {
		_, err := store.Open(t.Context(), url)
		want(t, "open", err, store.ErrNoDatabase)
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not say where it looked", err)
			}
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("there is a file now: %v", err)
			}
		}
	}},
	{"Create makes a database that Open opens", func(t *testing.T, url string) {
		tenant := Tenant(t, Open(t, url), "acme")
		before := load(t, tenant)
		s, err := store.Open(t.Context(), url)
		do(t, err)
		do(t, s.Unlock(t.Context(), Keyring{1}))
		same(t, "the tenant", load(t, s.In("acme")), before)
		get[store.Revision](t)(s.Revision(t.Context()))
		do(t, s.Close())
	}},
	{"a foreign database is not ours", func(t *testing.T, url string) {
		do(t, get[*store.Store](t)(store.Create(t.Context(), url)).Close())
		tamper(t, url, `DROP TABLE migration`)
		_, err := store.Open(t.Context(), url)
		want(t, "open", err, store.ErrNoDatabase)
	}},
	{"several processes may migrate at once", func(t *testing.T, url string) {
		errs := crowd(8, func(int) error {
			s, err := store.Create(t.Context(), url)
			if err != nil {
				return err
			}
			return s.Close()
		})
		for _, err := range errs {
			want(t, "create", err, nil)
		}
		s := Open(t, url)
		if revision(t, s).Epoch == "" {
			t.Error("the database has no epoch")
		}
		applied := column(t, raw(t, url), `SELECT version_id FROM migration ORDER BY id`)
		same(t, "what was applied", applied, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"})
	}},
	{"no migration is applied twice", func(t *testing.T, url string) {
		Open(t, url)
		_, err := raw(t, url).ExecContext(t.Context(), `INSERT INTO migration (version_id, is_applied) VALUES (1, TRUE)`)
		if err == nil {
			t.Error("it could be")
		}
	}},
	{"migrating again changes nothing", func(t *testing.T, url string) {
		s := Open(t, url)
		tenant := Tenant(t, s, "acme")
		before, r := load(t, tenant), revision(t, s)
		do(t, s.Migrate(t.Context()))
		same(t, "the tenant", load(t, tenant), before)
		same(t, "the revision", revision(t, s), r)
	}},
	{"an older schema is migrated, data and all, and not opened before", func(t *testing.T, url string) {
		s := Open(t, url)
		tenant := Tenant(t, s, "acme")
		do(t, tenant.AddClient(t.Context(), Client("c"), Sum("1")))
		withTokens(t, tenant, "u")
		before := load(t, tenant)
		before.Settings.Denied = []broker.GrantType{broker.Registration}
		before.Clients[0].Lasts, before.Clients[0].Grace = broker.DefaultSession, broker.DefaultGrace
		for _, undo := range Older {
			tamper(t, url, undo)
		}
		_, err := store.Open(t.Context(), url)
		want(t, "open", err, store.ErrOldSchema)
		do(t, s.Migrate(t.Context()))
		same(t, "the tenant", load(t, tenant), before)
		same(t, "an access token", access(t, tenant, "access u"), Access("c", "u"))
		do(t, get[*store.Store](t)(store.Open(t.Context(), url)).Close())
	}},
	{"a newer schema is left alone", func(t *testing.T, url string) {
		s := Open(t, url)
		tamper(t, url, `INSERT INTO migration (version_id, is_applied) VALUES (99, TRUE)`)
		_, err := store.Open(t.Context(), url)
		want(t, "open", err, store.ErrNewerSchema)
		_, err = store.Create(t.Context(), url)
		want(t, "create", err, store.ErrNewerSchema)
		want(t, "migrate", s.Migrate(t.Context()), store.ErrNewerSchema)
	}},
	{"what a failed migration has done is undone", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, undo := range Older[1:] {
			tamper(t, url, undo) // the first table is left, in the way of the last migration
		}
		if err := s.Migrate(t.Context()); err == nil {
			t.Error("it made a table that exists")
		}
		tamper(t, url, Older[0])
		do(t, s.Migrate(t.Context()))
	}},
	{"a database that is away is an error and not an answer", func(t *testing.T, url string) {
		Tenant(t, Open(t, url), "acme")
		source, err := store.Parse(url)
		do(t, err)
		var outage Outage
		outage.Watch(source)
		s := get[*store.Store](t)(store.OpenDB(t.Context(), source))
		defer func() { do(t, s.Close()) }()
		do(t, s.Unlock(t.Context(), Keyring{1}))
		w := get[*store.Watcher](t)(s.Watch(t.Context()))
		defer func() { do(t, w.Close()) }()
		outage.Cut()
		_, loadErr := s.In("acme").Load(t.Context())
		_, watchErr := w.Revision(t.Context())
		_, askErr := s.Revision(t.Context())
		for what, err := range map[string]error{
			"load": loadErr, "watch": watchErr, "ask": askErr,
			"write": s.In("acme").SetStatus(t.Context(), "suspended"),
		} {
			want(t, what, err, ErrAway)
		}
		outage.Mend()
		same(t, "afterwards", load(t, s.In("acme")).Settings, Settings("acme"))
		_, err = w.Revision(t.Context())
		do(t, err)
	}},
	{"a transaction that is cut off leaves nothing", func(t *testing.T, url string) {
		s := Open(t, url)
		Tenant(t, s, "acme")
		source, err := store.Parse(url)
		do(t, err)
		var outage Outage
		outage.Watch(source)
		cut := get[*store.Store](t)(store.OpenDB(t.Context(), source))
		defer func() { do(t, cut.Close()) }()
		before := revision(t, s)
		// The clock is read in the middle of the write.
		cut.Now = func() time.Time { outage.Cut(); return Noon }
		want(t, "write", cut.In("acme").SetStatus(t.Context(), "suspended"), ErrAway)
		same(t, "the revision", revision(t, s), before)
		same(t, "the settings", load(t, s.In("acme")).Settings, Settings("acme"))
	}},
	{"more callers than connections are all served", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		for _, err := range crowd(60, func(i int) error {
			switch i % 3 {
			case 0:
				return acme.Change(t.Context(), func(s *broker.Settings) error { s.TokenTTL += time.Second; return nil })
			case 1:
				return s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p", Noon)})
			}
			_, err := acme.Load(t.Context())
			return err
		}) {
			want(t, "a caller", err, nil)
		}
	}},
}

// Older are the statements that take the last migration back.
var Older = []string{
	`DROP TABLE issuer`, `DELETE FROM migration WHERE version_id = 9`, `DELETE FROM migration WHERE version_id = 8`, `DROP TABLE app_user`, `DROP TABLE app`, `DELETE FROM migration WHERE version_id = 7`,
	`DROP TABLE consent`, `DROP TABLE sign_in`, `DROP TABLE session`,
	`DROP INDEX access_token_session`, `ALTER TABLE access_token DROP COLUMN session`,
	`ALTER TABLE client DROP COLUMN grace`, `ALTER TABLE client DROP COLUMN lasts`, `ALTER TABLE client DROP COLUMN redirects`,
	`DELETE FROM migration WHERE version_id = 6`,
}
