package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/store"
)

func burn(t *testing.T, tenant store.Tenant, client, jti string, until time.Time) bool {
	t.Helper()
	return get[bool](t)(tenant.BurnAssertion(t.Context(), client, jti, until))
}

var assertions = []promise{
	{"a jti is used once by a client of a tenant", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		before := revision(t, s)
		const jti = "the-jti-of-the-assertion"
		same(t, "first", burn(t, acme, "c", jti, Noon), true)
		same(t, "again", burn(t, acme, "c", jti, Noon), false)
		same(t, "again, for longer", burn(t, acme, "c", jti, Noon.Add(time.Hour)), false)
		same(t, "after another opening", burn(t, Open(t, url).In("acme"), "c", jti, Noon), false)
		same(t, "another jti", burn(t, acme, "c", jti+"2", Noon), true)
		same(t, "in another case", burn(t, acme, "c", "The-jti-of-the-assertion", Noon), true)
		same(t, "nothing", burn(t, acme, "c", "", Noon), true)
		same(t, "another client", burn(t, acme, "d", jti, Noon), true)
		same(t, "another tenant", burn(t, bell, "c", jti, Noon), true)
		same(t, "no tenant", burn(t, s.In("nobody"), "c", jti, Noon), false)
		same(t, "the revision", revision(t, s), before)
		same(t, "the jti is written down", holds(contents(t, url), jti), false)
		do(t, bell.Delete(t.Context()))
		same(t, "left", column(t, raw(t, url), `SELECT DISTINCT tenant FROM used_assertion`), []string{"acme"})
	}},
	{"of many who use a jti at once one is the first", func(t *testing.T, url string) {
		s := Open(t, url)
		Tenant(t, s, "acme")
		late, stores := errors.New("too late"), []*store.Store{s, Open(t, url)}
		oneWinner(t, crowd(16, func(i int) error {
			fresh, err := stores[i%2].In("acme").BurnAssertion(t.Context(), "c", "jti", Noon)
			if err == nil && !fresh {
				return late
			}
			return err
		}), late)
	}},
	{"a jti is known until an hour after its end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		burn(t, acme, "c", "sooner", Noon)
		burn(t, acme, "c", "later", Noon.Add(time.Microsecond))
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour)))
		same(t, "kept", burn(t, acme, "c", "sooner", Noon), false)
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour+time.Microsecond)))
		same(t, "swept", column(t, raw(t, url), `SELECT COUNT(*) FROM used_assertion`), []string{"1"})
		same(t, "kept", burn(t, acme, "c", "later", Noon), false)
	}},
	{"of used assertions a sweep removes as many as there are", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		tamper(t, url, `INSERT INTO used_assertion (tenant, client, sum, until)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1500)
			SELECT 'acme', CAST(n AS TEXT), $1, 0 FROM count`, []byte("sum"))
		do(t, s.Sweep(t.Context(), Noon))
		same(t, "left", column(t, raw(t, url), `SELECT COUNT(*) FROM used_assertion`), []string{"0"})
		same(t, "used again", burn(t, acme, "c", "jti", Noon), true)
	}},
}
