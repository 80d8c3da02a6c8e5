package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var sweeping = []promise{
	{"retired keys go when no token of theirs can be alive", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		Tenant(t, s, "bell")
		do(t, acme.PromoteKey(t.Context(), "acme-2", Key("acme-3", broker.Next), Noon))
		before := revision(t, s)
		needed := broker.MaxTokenTTL + time.Hour
		do(t, s.Sweep(t.Context(), Noon.Add(needed-time.Microsecond)))
		same(t, "keys", states(t, acme), []string{"acme-1 retired", "acme-2 active", "acme-3 next"})
		same(t, "the revision", revision(t, s), before)
		s.Now = func() time.Time { return Noon.Add(needed) }
		do(t, s.Sweep(t.Context(), Noon.Add(needed)))
		same(t, "keys", states(t, acme), []string{"acme-2 active", "acme-3 next"})
		same(t, "the revision", revision(t, s).N, before.N+1)
		names, complete, err := s.ChangesSince(t.Context(), before.N)
		do(t, err)
		same(t, "who changed", names, []string{"acme"})
		same(t, "complete", complete, true)
		do(t, s.Sweep(t.Context(), Noon.Add(needed)))
		same(t, "the revision", revision(t, s).N, before.N+1)
	}},
	{"the feed goes back a day", func(t *testing.T, url string) {
		s := Open(t, url)
		Tenant(t, s, "acme")
		s.Now = func() time.Time { return Noon.Add(time.Hour) }
		Tenant(t, s, "bell")
		since := func(n int64) bool {
			_, complete, err := s.ChangesSince(t.Context(), n)
			do(t, err)
			return complete
		}
		do(t, s.Sweep(t.Context(), Noon.Add(day)))
		same(t, "all there", since(0), true)
		do(t, s.Sweep(t.Context(), Noon.Add(day+time.Microsecond)))
		same(t, "since before", since(0), false)
		same(t, "since then", since(1), true)
	}},
	{"a sweep does more than one step if there is more", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		for range 3 {
			do(t, acme.SetStatus(t.Context(), broker.Active))
		}
		tamper(t, url, `UPDATE revision SET n = 2000`)
		tamper(t, url, `INSERT INTO change (n, tenant, at) WITH RECURSIVE count (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM count WHERE n < 1500)
			SELECT n, 'acme', 0 FROM count`)
		do(t, s.Sweep(t.Context(), Noon))
		same(t, "left", column(t, raw(t, url), `SELECT COUNT(*) FROM change`), []string{"4"})
	}},
	{"several may sweep at once", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		for _, name := range []string{"acme", "bell", "cube"} {
			do(t, Tenant(t, s, name).PromoteKey(t.Context(), name+"-2", Key(name+"-3", broker.Next), Noon))
		}
		before := revision(t, s).N
		for _, err := range crowd(8, func(i int) error {
			return []*store.Store{s, other}[i%2].Sweep(t.Context(), Noon.Add(30*day))
		}) {
			want(t, "sweep", err, nil)
		}
		same(t, "the revision", revision(t, s).N, before+3)
	}},
}
