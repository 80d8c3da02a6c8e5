package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// APIToken is a token of a user, made at Noon.
func APIToken(id, user string) broker.APIToken {
	return broker.APIToken{ID: id, User: user, Name: "name of " + id, Scopes: broker.Scopes{"profiles.*"}, Made: Noon}
}

func apiToken(t *testing.T, tenant store.Tenant, text string) broker.APIToken {
	t.Helper()
	return get[broker.APIToken](t)(tenant.APITokenBySum(t.Context(), *Sum(text)))
}

func ids(list []broker.APIToken) (ids []string) {
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return ids
}

var apiTokens = []promise{
	{"an API token comes back as it was stored, ended or not", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		do(t, acme.AddUser(t.Context(), User("u")))
		full := broker.APIToken{
			ID: "full", User: "u", Client: "c", Name: "N", Scopes: broker.Scopes{"*"}, Made: Noon.Add(-time.Hour),
			Expires: Noon.Add(-time.Minute), Used: Noon.Add(-2 * time.Minute), Revoked: Noon.Add(-3 * time.Minute),
		}
		before := revision(t, s)
		do(t, acme.AddAPIToken(t.Context(), full, *Sum("full")))
		do(t, acme.AddAPIToken(t.Context(), broker.APIToken{ID: "bare", User: "u"}, *Sum("bare")))
		same(t, "full", apiToken(t, acme, "full"), full)
		same(t, "bare", apiToken(t, acme, "bare"), broker.APIToken{ID: "bare", User: "u", Made: Noon})
		same(t, "the revision", revision(t, s), before)
		for what, tenant := range map[string]store.Tenant{"another tenant": bell, "a missing one": s.In("gone")} {
			_, err := tenant.APITokenBySum(t.Context(), *Sum("full"))
			want(t, what, err, store.ErrNotFound)
		}
		_, err := acme.APITokenBySum(t.Context(), *Sum("other"))
		want(t, "another text", err, store.ErrNotFound)
	}},
	{"a text is one token's", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("u")))
		do(t, acme.AddAPIToken(t.Context(), APIToken("1", "u"), *Sum("1")))
		if acme.AddAPIToken(t.Context(), APIToken("2", "u"), *Sum("1")) == nil {
			t.Error("two tokens have one text")
		}
		if acme.AddAPIToken(t.Context(), APIToken("1", "u"), *Sum("2")) == nil {
			t.Error("two tokens have one id")
		}
	}},
	{"nobody who is gone gets a token", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		want(t, "an unknown user's", acme.AddAPIToken(t.Context(), APIToken("1", "u"), *Sum("1")), store.ErrNotFound)
		want(t, "a missing tenant's", s.In("gone").AddAPIToken(t.Context(), APIToken("1", "u"), *Sum("1")), store.ErrNotFound)
		for n := range 20 {
			u := fmt.Sprint("u", n)
			do(t, acme.AddUser(t.Context(), User(u)))
			errs := crowd(2, func(i int) error {
				if i == 0 {
					return acme.DeleteUser(t.Context(), u)
				}
				return other.In("acme").AddAPIToken(t.Context(), APIToken(u, u), *Sum(u))
			})
			want(t, "delete", errs[0], nil)
			if errs[1] != nil && !errors.Is(errs[1], store.ErrNotFound) {
				t.Errorf("add: %v", errs[1])
			}
		}
		same(t, "tokens", column(t, raw(t, url), `SELECT id FROM api_token`), nil)
	}},
	{"API tokens are listed newest first, page by page", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, u := range []string{"u", "v"} {
			do(t, acme.AddUser(t.Context(), User(u)))
		}
		for i, id := range []string{"a", "b", "c", "d", "e"} {
			a := APIToken(id, []string{"u", "v"}[i%2])
			a.Made = Noon.Add(time.Duration(i/2) * time.Minute) // some at the same time
			do(t, acme.AddAPIToken(t.Context(), a, *Sum(id)))
		}
		page := func(user string, after broker.APIToken, limit int) []broker.APIToken {
			return get[[]broker.APIToken](t)(acme.APITokens(t.Context(), user, after, limit))
		}
		same(t, "all", ids(page("", broker.APIToken{}, 9)), []string{"e", "d", "c", "b", "a"})
		same(t, "one user's", ids(page("u", broker.APIToken{}, 9)), []string{"e", "c", "a"})
		same(t, "nobody's", ids(page("w", broker.APIToken{}, 9)), nil)
		first := page("", broker.APIToken{}, 2)
		same(t, "a page", ids(first), []string{"e", "d"})
		same(t, "the next", ids(page("", first[1], 2)), []string{"c", "b"})
		same(t, "one user's next", ids(page("u", first[0], 1)), []string{"c"})
		same(t, "as stored", page("v", broker.APIToken{}, 1)[0], apiToken(t, acme, "d"))
	}},
	{"an API token is revoked by whom it belongs to, or by anybody's leave", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("u")))
		do(t, acme.AddAPIToken(t.Context(), APIToken("1", "u"), *Sum("1")))
		do(t, acme.AddAPIToken(t.Context(), APIToken("2", "u"), *Sum("2")))
		want(t, "another's", acme.RevokeAPIToken(t.Context(), "1", "v", Noon), store.ErrNotFound)
		want(t, "unknown", acme.RevokeAPIToken(t.Context(), "3", "", Noon), store.ErrNotFound)
		same(t, "revoked", apiToken(t, acme, "1").Revoked, time.Time{})
		for _, at := range []time.Time{Noon, Noon.Add(time.Hour)} { // the first time stays
			do(t, acme.RevokeAPIToken(t.Context(), "1", "u", at))
			do(t, acme.RevokeAPIToken(t.Context(), "2", "", at))
		}
		same(t, "revoked", []time.Time{apiToken(t, acme, "1").Revoked, apiToken(t, acme, "2").Revoked}, []time.Time{Noon, Noon})
	}},
	{"when an API token was last used never goes back", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddUser(t.Context(), User("u")))
		var uses []broker.TokenUse
		for i := range 250 {
			id := fmt.Sprint(i)
			do(t, acme.AddAPIToken(t.Context(), APIToken(id, "u"), *Sum(id)))
			uses = append(uses, broker.TokenUse{Tenant: "acme", ID: id, At: Noon}, broker.TokenUse{Tenant: "gone", ID: id, At: Noon})
		}
		later := []broker.TokenUse{{Tenant: "acme", ID: "7", At: Noon.Add(time.Hour)}, {Tenant: "acme", ID: "249", At: Noon.Add(-time.Hour)}}
		for _, err := range crowd(8, func(i int) error {
			if i%2 == 0 {
				return s.UseAPITokens(t.Context(), uses)
			}
			return other.UseAPITokens(t.Context(), later)
		}) {
			want(t, "use", err, nil)
		}
		for id, at := range map[string]time.Time{"0": Noon, "7": Noon.Add(time.Hour), "249": Noon} {
			same(t, "token "+id, apiToken(t, acme, id).Used, at)
		}
		same(t, "what was given", uses[1].Tenant, "gone")
	}},
}
