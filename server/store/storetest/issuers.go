package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// Issuer is a Firebase project with a key, as a command would add it.
func Issuer(project, key string) broker.Issuer {
	i := broker.Firebase(project)
	i.Created = Noon
	if key != "" {
		i.Key = secret.New(key)
	}
	return i
}

// alike compares issuers with their keys.
func alike(t *testing.T, what string, got []broker.Issuer, want ...broker.Issuer) {
	t.Helper()
	plain := func(list []broker.Issuer) (texts []string, rest []broker.Issuer) {
		for _, i := range list {
			texts = append(texts, i.Key.Reveal())
			i.Key = secret.Text{}
			rest = append(rest, i)
		}
		return texts, rest
	}
	keys, rest := plain(got)
	wantKeys, wantRest := plain(want)
	same(t, what, rest, wantRest)
	same(t, what+": the keys", keys, wantKeys)
}

var issuers = []promise{
	{"an issuer comes back as it was stored, and changes as a whole", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		other := broker.Issuer{URL: "https://accounts.example", Audience: "client", JWKSURL: "https://accounts.example/jwks", Shop: "a.myshopify.com", Created: Noon.Add(-time.Hour)}
		firebase := Issuer("p", "key-1")
		want(t, "of a shop that is not there", acme.AddIssuer(t.Context(), other), store.ErrNotFound)
		do(t, acme.AddShop(t.Context(), Shop(other.Shop), Secret("a")))
		do(t, acme.AddIssuer(t.Context(), other))
		do(t, acme.AddIssuer(t.Context(), firebase))
		alike(t, "loaded", load(t, acme).Issuers, other, firebase)
		alike(t, "listed", get[[]broker.Issuer](t)(acme.Issuers(t.Context())), other, firebase)

		changed := Issuer("p", "key-2")
		changed.Audience, changed.JWKSURL, changed.Created = "q", "https://keys.example", Noon.Add(time.Hour)
		do(t, acme.AddIssuer(t.Context(), changed))
		changed.Created = Noon
		alike(t, "changed", load(t, acme).Issuers, other, changed)
		changed.Key = secret.Text{}
		do(t, acme.AddIssuer(t.Context(), changed))
		alike(t, "without a key", load(t, acme).Issuers, other, changed)
	}},
	{"an issuer is stamped by the clock, and removed", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		i := Issuer("p", "key-1")
		i.Created = time.Time{}
		do(t, acme.AddIssuer(t.Context(), i))
		alike(t, "stamped", load(t, acme).Issuers, Issuer("p", "key-1"))
		do(t, acme.RemoveIssuer(t.Context(), i.URL))
		want(t, "again", acme.RemoveIssuer(t.Context(), i.URL), store.ErrNotFound)
		alike(t, "removed", load(t, acme).Issuers)
	}},
	{"a tenant trusts one Firebase project", func(t *testing.T, url string) {
		s, second := Open(t, url), Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		tenants := []store.Tenant{acme, second.In("acme")}
		oneWinner(t, crowd(8, func(i int) error {
			return tenants[i%2].AddIssuer(t.Context(), Issuer(string(rune('a'+i)), ""))
		}), store.ErrTwoProjects)
		do(t, acme.AddIssuer(t.Context(), broker.Issuer{URL: "https://accounts.example"}))
		do(t, bell.AddIssuer(t.Context(), Issuer("z", "")))
		mine := load(t, acme).Issuers
		if len(mine) != 2 {
			t.Fatalf("%d issuers", len(mine))
		}
		do(t, acme.RemoveIssuer(t.Context(), mine[1].URL))
		do(t, acme.AddIssuer(t.Context(), Issuer("another", "")))
	}},
	{"an issuer's key counts for its own place alone", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, name := range []string{"acme", "bell"} {
			do(t, Tenant(t, s, name).AddIssuer(t.Context(), Issuer("p", "key of "+name)))
		}
		tamper(t, url, `UPDATE issuer SET api_key = (SELECT api_key FROM issuer other WHERE other.tenant = 'bell') WHERE tenant = 'acme'`)
		if _, err := s.In("acme").Load(t.Context()); err == nil {
			t.Error("a key moved to another tenant was opened")
		}
	}},
}
