package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var codes = []promise{
	{"a code is found until its end, and for ever once it was taken", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		full := Session("1", "c", "u")
		full.Expires, full.Idle, full.Audience = Noon.Add(day), Noon.Add(time.Hour), []string{"x"}
		begin(t, acme, full)
		begin(t, acme, Session("2", "c", "u"))
		before := revision(t, s)
		for what, tenant := range map[string]store.Tenant{"another tenant": bell, "a missing one": s.In("gone")} {
			_, err := tenant.SessionByCode(t.Context(), *Sum("code 1"), Noon)
			want(t, what, err, store.ErrNotFound)
		}
		same(t, "found", get[broker.Session](t)(acme.SessionByCode(t.Context(), *Sum("code 1"), Noon)), full)
		_, err := acme.SessionByCode(t.Context(), *Sum("code 2"), Noon.Add(time.Minute))
		want(t, "at its end", err, store.ErrNotFound)
		take(t, acme, full)
		for _, later := range []time.Duration{0, time.Minute, 30 * day} {
			again := get[broker.Session](t)(acme.SessionByCode(t.Context(), *Sum("code 1"), Noon.Add(later)))
			same(t, "again", again.Generation, 1)
		}
		_, err = bell.SessionByCode(t.Context(), *Sum("code 1"), Noon)
		want(t, "again, in another tenant", err, store.ErrNotFound)
		_, err = acme.SessionByCode(t.Context(), *Sum("code 3"), Noon)
		want(t, "an unknown one", err, store.ErrNotFound)
		same(t, "the other", session(t, acme, "2"), Session("2", "c", "u"))
		same(t, "the revision", revision(t, s), before)
	}},
	{"a code is taken in time or never, and never after its session", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		at := Noon
		for id, row := range map[string]struct {
			ends, expires, idle, revoked time.Time
			refusal                      error
		}{
			"ended":           {ends: at, refusal: store.ErrNotFound},
			"ends":            {ends: at.Add(time.Microsecond)},
			"never good":      {refusal: store.ErrNotFound},
			"expired":         {ends: at.Add(time.Hour), expires: at, refusal: store.ErrNotFound},
			"expires":         {ends: at.Add(time.Hour), expires: at.Add(time.Microsecond)},
			"idle":            {ends: at.Add(time.Hour), expires: at.Add(time.Hour), idle: at, refusal: store.ErrNotFound},
			"ends before all": {ends: at, expires: at.Add(time.Hour), idle: at.Add(time.Hour), refusal: store.ErrNotFound},
			"revoked":         {ends: at.Add(time.Hour), revoked: at.Add(time.Hour), refusal: store.ErrNotFound},
		} {
			s := Session(id, "c", "u")
			s.Expires, s.Idle, s.Revoked = row.expires, row.idle, row.revoked
			do(t, acme.AddSession(t.Context(), s, *Sum(id), row.ends, true))
			_, err := acme.SessionByCode(t.Context(), *Sum(id), at)
			want(t, id, err, row.refusal)
			moving := acme.MoveSession(t.Context(), s, tookAt(s, at), nil) // whoever has read it in time
			same(t, id+": taken", moving == nil, row.refusal == nil)
		}
	}},
	{"of many who come with a code one takes it", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		for _, id := range []string{"1", "2", "3", "4"} {
			begin(t, acme, Session(id, "c", "u"))
			found := get[broker.Session](t)(acme.SessionByCode(t.Context(), *Sum("code " + id), Noon))
			oneWinner(t, crowd(64, func(i int) error {
				return []*store.Store{s, other}[i%2].In("acme").MoveSession(t.Context(), found, tookAt(found, Noon), nil)
			}), store.ErrConflict)
			same(t, "the generation", session(t, acme, id).Generation, 1)
		}
	}},
	{"of codes nothing is kept that could be used", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		const code = "the-code-as-it-is-sent"
		do(t, acme.AddSession(t.Context(), Session("1", "c", "u"), *Sum(code), Noon.Add(time.Minute), true))
		take(t, acme, session(t, acme, "1"))
		same(t, "the code is written down", holds(contents(t, url), code), false)
	}},
	{"codes that nobody took are swept an hour after their end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		do(t, acme.AddSession(t.Context(), Session("ended", "c", "u"), *Sum("ended"), Noon, true))
		do(t, acme.AddSession(t.Context(), Session("later", "c", "u"), *Sum("later"), Noon.Add(time.Microsecond), true))
		gone := Session("taken", "c", "u")
		gone.Generation, gone.Expires = 1, Noon
		begin(t, acme, gone)
		tamper(t, url, `INSERT INTO session (tenant, id, code_sum, code_ends, client, kind, subject, scopes, audience, redirect, challenge, nonce,
				method, salt, started, generation, repeated)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200)
			SELECT 'acme', CAST(n AS TEXT), CAST(CAST(n AS TEXT) AS BYTEA), 0, 'c', 'user', 'u', '[]', '[]', '', '', '', '', $1, 0, 0, 0 FROM count`,
			make([]byte, 16))
		left := func() []string { return column(t, raw(t, url), `SELECT id FROM session ORDER BY id`) }
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour)))
		same(t, "left", left(), []string{"ended", "later", "taken"})
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour+time.Microsecond)))
		same(t, "left", left(), []string{"later", "taken"})
	}},
}
