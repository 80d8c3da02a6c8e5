package storetest

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// idle is a session of c and u with a refresh token, of which nothing has come
// since so long before Noon.
func idle(id string, ago time.Duration) broker.Session {
	s := Session(id, "c", "u")
	s.Started, s.Generation = Noon.Add(-ago), 1
	return s
}

// crowded has sessions of c and u with these numbers that began just before Noon,
// of which the last JWT ends then; zero: there is none.
func crowded(t *testing.T, url string, from, to int, jwts time.Time) {
	t.Helper()
	last := sql.NullInt64{Int64: jwts.UnixMicro(), Valid: !jwts.IsZero()}
	tamper(t, url, `INSERT INTO session (tenant, id, code_sum, code_ends, client, kind, subject, scopes, audience, redirect, challenge, nonce,
			method, salt, started, generation, repeated, jwts)
		WITH RECURSIVE count (n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM count WHERE n < $2)
		SELECT 'acme', 'many ' || n, CAST(CAST(n AS TEXT) AS BYTEA), 0, 'c', 'user', 'u', '[]', '[]', '', '', '', '', $3,
			CAST($4 AS BIGINT) - n, 1, 0, CAST($5 AS BIGINT) FROM count`,
		from, to, make([]byte, 16), Noon.UnixMicro(), last)
}

// gone are the sessions of a tenant that were revoked at Noon.
func gone(t *testing.T, url, tenant string) []string {
	t.Helper()
	return column(t, raw(t, url), fmt.Sprintf(`SELECT id FROM session WHERE tenant = '%s' AND revoked = %d ORDER BY id`, tenant, Noon.UnixMicro()))
}

func living(t *testing.T, url string) int {
	t.Helper()
	return len(column(t, raw(t, url), `SELECT id FROM session WHERE revoked IS NULL`))
}

var rooms = []promise{
	{"a hundred sessions of one person with one client live, and for one more the least used one ends", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		used, old, older, quiet := idle("used", 9*time.Hour), idle("old", 2*time.Hour), idle("older", 3*time.Hour), idle("quiet", 4*time.Hour)
		used.Rotated = Noon
		old.JWTs, older.JWTs, quiet.JWTs = Noon.Add(time.Minute), Noon.Add(time.Hour), Noon.Add(-time.Hour)
		others, programs := idle("d's", 5*time.Hour), idle("a program's", 5*time.Hour)
		others.Client = "d"
		expired, revoked := idle("expired", 5*time.Hour), idle("revoked", 0)
		expired.Idle, revoked.Revoked = Noon, Noon.Add(time.Hour) // by a clock that differs
		vs := Session("v's", "c", "v")
		vs.Started = Noon.Add(-5 * time.Hour)
		for _, tenant := range []store.Tenant{acme, bell} {
			for _, s := range []broker.Session{used, old, older, quiet, others, programs, expired, revoked, vs} {
				begin(t, tenant, s)
				sessionsToken(t, tenant, "of "+s.ID, s.ID, Access(s.Client, s.Subject.ID))
			}
			keep(t, tenant, "of none", Access("c", "u"))
		}
		tamper(t, url, `UPDATE session SET kind = 'client' WHERE id = 'a program''s'`)
		texts := []string{"of used", "of old", "of older", "of quiet", "of d's", "of a program's", "of expired", "of v's", "of none"}
		crowded(t, url, 1, 96, time.Time{})
		same(t, "of a hundred", gone(t, url, "acme"), nil)
		before := revision(t, s)
		want(t, "a form that was answered", acme.AddSession(t.Context(), idle("used", 0), *Sum("new"), Noon, true), store.ErrExists)
		same(t, "by nothing", gone(t, url, "acme"), nil)

		taken(t, acme, Session("101", "c", "u"))
		same(t, "by one more", gone(t, url, "acme"), []string{"quiet"})
		same(t, "tokens", standing(t, acme, texts...), slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "of quiet" }))
		same(t, "a token's end", access(t, acme, "of quiet").Expires, Noon)
		same(t, "the revision", revision(t, s), before)
		taken(t, acme, Session("102", "c", "u"))
		taken(t, acme, Session("103", "c", "u"))
		same(t, "by three", gone(t, url, "acme"), []string{"old", "older", "quiet"})
		same(t, "the revision", revision(t, s).N, before.N+2)
		same(t, "JWTs", load(t, acme).Revoked, []string{broker.RevokedSession("old"), broker.RevokedSession("older")})
		same(t, "until", column(t, raw(t, url), `SELECT expires FROM revoked_token ORDER BY expires`),
			[]string{fmt.Sprint(old.JWTs.UnixMicro()), fmt.Sprint(older.JWTs.UnixMicro())})
		begin(t, acme, Session("104", "c", "u"))
		begin(t, acme, Session("105", "c", "u"))
		same(t, "by one that nobody came back for", gone(t, url, "acme"), []string{"104", "many 96", "old", "older", "quiet"})
		same(t, "another tenant's", standing(t, bell, texts...), texts)
		same(t, "another tenant's", gone(t, url, "bell"), nil)
	}},
	{"where too many JWTs are revoked no session begins for which one would end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddClient(t.Context(), Client("c"), nil))
		do(t, acme.AddClient(t.Context(), Client("c1"), nil))
		do(t, acme.AddUser(t.Context(), User("u")))
		loud := idle("loud", time.Hour)
		loud.JWTs = Noon.Add(time.Hour)
		begin(t, acme, loud)
		crowded(t, url, 1, 99, time.Time{})
		seeded(t, url, Noon.Add(time.Minute))
		tamper(t, url, `UPDATE revoked_token SET jti = 'session:x' || jti`)
		tamper(t, url, `INSERT INTO revoked_token (tenant, jti, client, expires) SELECT tenant, 'session:last', client, expires FROM revoked_token WHERE jti = 'session:x1'`)
		before := revision(t, s)
		want(t, "one more", acme.AddSession(t.Context(), Session("101", "c", "u"), *Sum("101"), Noon, true), store.ErrTooMany)
		same(t, "the revision", revision(t, s), before)
		same(t, "ended", gone(t, url, "acme"), nil)
		same(t, "living", living(t, url), 100)
	}},
	{"of many who begin at once a hundred live, and what was too many before goes", func(t *testing.T, url string) {
		stores := []*store.Store{Open(t, url), Open(t, url)}
		peopled(t, stores[0], "acme")
		crowded(t, url, 1, 100, time.Time{})
		crowded(t, url, 101, 200, Noon.Add(time.Hour))
		for _, err := range crowd(16, func(i int) error {
			in, id := stores[i%2].In("acme"), fmt.Sprint("new ", i)
			switch i {
			case 0: // one ends by itself meanwhile
				return in.EndSession(t.Context(), "many 150", Noon, Noon.Add(time.Hour))
			case 1:
				return in.RevokeUserTokens(t.Context(), "v", Noon)
			}
			return in.AddSession(t.Context(), Session(id, "c", "u"), *Sum(id), Noon.Add(time.Minute), true)
		}) {
			want(t, "at once", err, nil)
		}
		same(t, "living", living(t, url), 100)
	}},
}
