package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/store"
)

// seeded has 9,999 JWTs of acme revoked, which expire then: 999 of client c0, and
// a thousand of each from c1 to c9.
func seeded(t *testing.T, url string, expires time.Time) {
	t.Helper()
	tamper(t, url, `INSERT INTO revoked_token (tenant, jti, client, expires)
		WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 9999)
		SELECT 'acme', CAST(n AS TEXT), 'c' || CAST(n % 10 AS TEXT), CAST($1 AS BIGINT) FROM count`, expires.UnixMicro())
}

var revocations = []promise{
	{"a JWT that is revoked is known until an hour after its end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		do(t, acme.RevokeJWT(t.Context(), "b", "", Noon.Add(time.Minute)))
		do(t, acme.RevokeJWT(t.Context(), "a", "", Noon.Add(time.Hour)))
		before := revision(t, s)
		do(t, acme.RevokeJWT(t.Context(), "a", "", Noon.Add(time.Hour)))
		do(t, acme.RevokeJWT(t.Context(), "expired", "", Noon.Add(-time.Hour)))
		same(t, "the revision", revision(t, s), before)
		same(t, "revoked", load(t, acme).Revoked, []string{"a", "b"})
		same(t, "another tenant's", load(t, bell).Revoked, nil)
		s.Now = func() time.Time { return Noon.Add(time.Hour + time.Minute) }
		same(t, "later", load(t, acme).Revoked, []string{"a"})
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour+time.Minute)))
		same(t, "kept", column(t, raw(t, url), `SELECT jti FROM revoked_token ORDER BY jti`), []string{"a", "b"})
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour+time.Minute+time.Microsecond)))
		same(t, "swept", column(t, raw(t, url), `SELECT jti FROM revoked_token`), []string{"a"})
	}},
	{"a tenant has so many revoked JWTs and no more", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		seeded(t, url, Noon.Add(time.Minute))
		stores := []*store.Store{s, Open(t, url)}
		oneWinner(t, crowd(8, func(i int) error {
			return stores[i%2].In("acme").RevokeJWT(t.Context(), fmt.Sprint("new", i), "", Noon.Add(time.Minute))
		}), store.ErrTooMany)
		same(t, "revoked", len(load(t, acme).Revoked), store.MostRevoked)
		do(t, acme.RevokeJWT(t.Context(), "1", "", Noon.Add(time.Minute)))
		do(t, bell.RevokeJWT(t.Context(), "one more", "", Noon.Add(time.Minute)))
		s.Now = func() time.Time { return Noon.Add(time.Hour + time.Minute) }
		do(t, acme.RevokeJWT(t.Context(), "one more", "", Noon.Add(day)))
	}},
	{"a client has no more than its part of them", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		seeded(t, url, Noon.Add(time.Minute))
		want(t, "a client's 1,001st", acme.RevokeJWT(t.Context(), "x", "c1", Noon.Add(time.Minute)), store.ErrTooMany)
		do(t, acme.RevokeJWT(t.Context(), "1", "c1", Noon.Add(time.Minute)))
		do(t, bell.RevokeJWT(t.Context(), "x", "c1", Noon.Add(time.Minute)))
		do(t, acme.RevokeJWT(t.Context(), "x", "c0", Noon.Add(time.Minute)))
		want(t, "the tenant's 10,001st", acme.RevokeJWT(t.Context(), "y", "c10", Noon.Add(time.Minute)), store.ErrTooMany)
		s.Now = func() time.Time { return Noon.Add(time.Hour + time.Minute) }
		do(t, acme.RevokeJWT(t.Context(), "y", "c1", Noon.Add(day)))
	}},
	{"of revocations as of all else a sweep removes as many as there are", func(t *testing.T, url string) {
		s := Open(t, url)
		Tenant(t, s, "acme")
		seeded(t, url, Noon)
		do(t, s.Sweep(t.Context(), Noon.Add(day)))
		same(t, "left", column(t, raw(t, url), `SELECT COUNT(*) FROM revoked_token`), []string{"0"})
	}},
}
