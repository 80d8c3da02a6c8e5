package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// SignIn is a user who signed in at Noon, for an hour.
func SignIn(user string) broker.SignIn {
	return broker.SignIn{Subject: broker.Subject{Kind: broker.Person, ID: user}, Method: "pwd", At: Noon, Expires: Noon.Add(time.Hour)}
}

var signIns = []promise{
	{"a sign-in comes back as it was stored, expired or not, until it is ended", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		before := revision(t, s)
		expired := SignIn("v")
		expired.Expires = Noon.Add(-time.Hour)
		do(t, acme.AddSignIn(t.Context(), *Sum("1"), SignIn("u")))
		do(t, acme.AddSignIn(t.Context(), *Sum("2"), expired))
		do(t, acme.AddSignIn(t.Context(), *Sum("never good"), broker.SignIn{Subject: expired.Subject}))
		do(t, bell.AddSignIn(t.Context(), *Sum("1"), SignIn("v")))
		if acme.AddSignIn(t.Context(), *Sum("1"), SignIn("v")) == nil {
			t.Error("a cookie is two people's")
		}
		signIn := func(tenant store.Tenant, text string) broker.SignIn {
			t.Helper()
			return get[broker.SignIn](t)(tenant.SignIn(t.Context(), *Sum(text)))
		}
		same(t, "one", signIn(acme, "1"), SignIn("u"))
		same(t, "the expired one", signIn(acme, "2"), expired)
		same(t, "without times", signIn(acme, "never good"), broker.SignIn{Subject: expired.Subject})
		for range 2 {
			do(t, acme.EndSignIn(t.Context(), *Sum("1")))
			do(t, s.In("gone").EndSignIn(t.Context(), *Sum("1")))
			for what, tenant := range map[string]store.Tenant{"ended": acme, "a missing tenant": s.In("gone")} {
				_, err := tenant.SignIn(t.Context(), *Sum("1"))
				want(t, what, err, store.ErrNotFound)
			}
		}
		same(t, "the other", signIn(acme, "2"), expired)
		same(t, "another tenant's", signIn(bell, "1"), SignIn("v"))
		same(t, "the revision", revision(t, s), before)
	}},
	{"sign-ins are swept when they expire", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		expired, later := SignIn("u"), SignIn("u")
		expired.Expires, later.Expires = Noon, Noon.Add(time.Microsecond)
		do(t, acme.AddSignIn(t.Context(), *Sum("expired"), expired))
		do(t, acme.AddSignIn(t.Context(), *Sum("later"), later))
		tamper(t, url, `INSERT INTO sign_in (tenant, sum, account, method, at, expires)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200)
			SELECT 'acme', CAST(CAST(n AS TEXT) AS BYTEA), 'u', 'pwd', 0, 0 FROM count`)
		do(t, s.Sweep(t.Context(), Noon.Add(-time.Microsecond)))
		same(t, "left", column(t, raw(t, url), `SELECT COUNT(*) FROM sign_in`), []string{"2"})
		do(t, s.Sweep(t.Context(), Noon))
		same(t, "left", column(t, raw(t, url), `SELECT COUNT(*) FROM sign_in`), []string{"1"})
		get[broker.SignIn](t)(acme.SignIn(t.Context(), *Sum("later")))
	}},
}
