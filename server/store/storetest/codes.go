package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var codes = []promise{
	{"a code is taken once, and who comes again learns of what", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		full := Session("1", "c", "u")
		full.Expires, full.Idle, full.Audience = Noon.Add(day), Noon.Add(time.Hour), []string{"x"}
		begin(t, acme, full)
		begin(t, acme, Session("2", "c", "u"))
		before := revision(t, s)
		for what, tenant := range map[string]store.Tenant{"another tenant": bell, "a missing one": s.In("gone")} {
			_, err := tenant.TakeCode(t.Context(), *Sum("code 1"), Noon)
			want(t, what, err, store.ErrNotFound)
		}
		at := Noon.Add(time.Second)
		full.Generation, full.Rotated = 1, at
		same(t, "taken", get[broker.Session](t)(acme.TakeCode(t.Context(), *Sum("code 1"), at)), full)
		same(t, "stored", session(t, acme, "1"), full)
		for _, later := range []time.Duration{2 * time.Second, time.Minute, 30 * day} {
			again, err := acme.TakeCode(t.Context(), *Sum("code 1"), Noon.Add(later))
			want(t, "again", err, store.ErrUsed)
			same(t, "again", again, full)
		}
		_, elsewhere := bell.TakeCode(t.Context(), *Sum("code 1"), at)
		want(t, "again, in another tenant", elsewhere, store.ErrNotFound)
		_, err := acme.TakeCode(t.Context(), *Sum("code 3"), Noon)
		want(t, "an unknown one", err, store.ErrNotFound)
		same(t, "the other", session(t, acme, "2"), Session("2", "c", "u"))
		same(t, "the revision", revision(t, s), before)
	}},
	{"a code is taken in time or never, and never after its session", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		at := Noon.Add(time.Second)
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
			do(t, acme.AddSession(t.Context(), s, *Sum(id), row.ends))
			_, err := acme.TakeCode(t.Context(), *Sum(id), at)
			want(t, id, err, row.refusal)
			same(t, id+": taken", session(t, acme, id).Generation > 0, row.refusal == nil)
		}
	}},
	{"of many who come with a code one takes it", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		for _, id := range []string{"1", "2", "3", "4"} {
			begin(t, acme, Session(id, "c", "u"))
			oneWinner(t, crowd(64, func(i int) error {
				_, err := []*store.Store{s, other}[i%2].In("acme").TakeCode(t.Context(), *Sum("code " + id), Noon)
				return err
			}), store.ErrUsed)
			same(t, "the generation", session(t, acme, id).Generation, 1)
		}
	}},
	{"of codes nothing is kept that could be used", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		const code = "the-code-as-it-is-sent"
		do(t, acme.AddSession(t.Context(), Session("1", "c", "u"), *Sum(code), Noon.Add(time.Minute)))
		get[broker.Session](t)(acme.TakeCode(t.Context(), *Sum(code), Noon))
		same(t, "the code is written down", holds(contents(t, url), code), false)
	}},
	{"codes that nobody took are swept an hour after their end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		do(t, acme.AddSession(t.Context(), Session("ended", "c", "u"), *Sum("ended"), Noon))
		do(t, acme.AddSession(t.Context(), Session("later", "c", "u"), *Sum("later"), Noon.Add(time.Microsecond)))
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
