package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// PHC has the form of a password's hash, and is of none.
func PHC(name string) string { return "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + name }

// User is a user as a command would add one; the login is NAME@example.com.
func User(id string) broker.User {
	return broker.User{ID: id, Login: id + "@example.com", Password: PHC(id), Scopes: broker.Scopes{"*"}, Created: Noon}
}

func person(t *testing.T, tenant store.Tenant) broker.User {
	t.Helper()
	return load(t, tenant).Users[0]
}

var users = []promise{
	{"a user comes back as it was stored", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		list := []broker.User{
			{ID: "1", Login: "Anna@Example.com ", Password: PHC("a"), Created: Noon},
			{
				ID: "2", Login: "bot", Machine: true, Disabled: true, Password: PHC("b"), Scopes: broker.Scopes{"a.*", "b"},
				Since: Noon.Add(time.Minute), Created: Noon.Add(-time.Hour),
			},
			{ID: "3", Login: "nobody", Created: Noon},
		}
		do(t, acme.AddUser(t.Context(), list[1]))
		do(t, acme.AddUser(t.Context(), broker.User{ID: "1", Login: list[0].Login, Password: PHC("a")}))
		do(t, acme.AddUser(t.Context(), list[2]))
		same(t, "loaded", load(t, acme).Users, list)
		for i := range list {
			list[i].Password = ""
		}
		same(t, "listed", get[[]broker.User](t)(acme.Users(t.Context())), list)
		for i, login := range []string{"ANNA@example.COM", "  bot", "nobody"} {
			same(t, login, get[broker.User](t)(acme.UserByLogin(t.Context(), login)), list[i])
		}
		_, err := acme.UserByLogin(t.Context(), "anna")
		want(t, "another login", err, store.ErrNotFound)
	}},
	{"a login is one user's, however it is written", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddUser(t.Context(), User("a")))
		for i, login := range []string{"a@example.com", "A@EXAMPLE.COM", "\ta@Example.com "} {
			want(t, login, acme.AddUser(t.Context(), broker.User{ID: fmt.Sprint(i), Login: login}), store.ErrExists)
		}
		want(t, "the id", acme.AddUser(t.Context(), broker.User{ID: "a", Login: "other"}), store.ErrExists)
		do(t, Tenant(t, s, "bell").AddUser(t.Context(), User("a")))
		stores := []*store.Store{s, Open(t, url)}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").AddUser(t.Context(), broker.User{ID: fmt.Sprint(i), Login: "new"})
		}), store.ErrExists)
	}},
	{"a password is stored as its hash or not at all", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("a")))
		for _, text := range []string{"hunter2", " " + PHC("x"), "$2b$12$abc"} {
			want(t, "add", acme.AddUser(t.Context(), broker.User{ID: "b", Login: "b", Password: text}), store.ErrNoHash)
			want(t, "set", acme.SetPassword(t.Context(), "a", text), store.ErrNoHash)
			want(t, "rehash", acme.RehashPassword(t.Context(), "a", PHC("a"), text), store.ErrNoHash)
		}
		want(t, "none", acme.SetPassword(t.Context(), "a", ""), store.ErrNoHash)
		same(t, "the password", person(t, acme).Password, PHC("a"))
	}},
	{"who has just got another password keeps it, and their tokens", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		withTokens(t, acme, "a")
		do(t, acme.SetPassword(t.Context(), "a", PHC("new")))
		want(t, "a late rehash", acme.RehashPassword(t.Context(), "a", PHC("a"), PHC("of the old one")), store.ErrConflict)
		same(t, "the password", person(t, acme).Password, PHC("new"))
		do(t, acme.RehashPassword(t.Context(), "a", PHC("new"), PHC("newer")))
		same(t, "the password", person(t, acme).Password, PHC("newer"))
		same(t, "API token", get[broker.APIToken](t)(acme.APITokenBySum(t.Context(), *Sum("api a"))), APIToken("api-a", "a"))
		same(t, "access token", get[broker.AccessToken](t)(acme.AccessTokenBySum(t.Context(), *Sum("access a"))), Access("c", "a"))
	}},
	{"what a user may do is changed, and nothing else of them", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("a")))
		do(t, acme.AddUser(t.Context(), User("b")))
		for _, scopes := range []broker.Scopes{{"a.*", "b"}, nil} {
			do(t, acme.SetUserScopes(t.Context(), "a", scopes))
			changed := User("a")
			changed.Scopes = scopes
			same(t, "the users", load(t, acme).Users, []broker.User{changed, User("b")})
		}
	}},
	{"a user is disabled and enabled", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("a")))
		for _, disabled := range []bool{true, false} {
			do(t, acme.SetUserDisabled(t.Context(), "a", disabled))
			same(t, "disabled", person(t, acme).Disabled, disabled)
		}
	}},
	{"a user that is deleted takes all tokens along, and nobody else's", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		withTokens(t, acme, "a")
		withTokens(t, acme, "b")
		do(t, acme.DeleteUser(t.Context(), "a"))
		same(t, "users", load(t, acme).Users, []broker.User{User("b")})
		_, err := acme.APITokenBySum(t.Context(), *Sum("api a"))
		want(t, "API token", err, store.ErrNotFound)
		revoked := Access("c", "a")
		revoked.Revoked, revoked.Expires = Noon, Noon
		same(t, "access token", get[broker.AccessToken](t)(acme.AccessTokenBySum(t.Context(), *Sum("access a"))), revoked)
		get[broker.APIToken](t)(acme.APITokenBySum(t.Context(), *Sum("api b")))
		same(t, "of another", get[broker.AccessToken](t)(acme.AccessTokenBySum(t.Context(), *Sum("access b"))), Access("c", "b"))
		if holds(contents(t, url), "a@example.com") {
			t.Error("the user still stands in the database")
		}
	}},
	{"revoking a user's tokens never goes back", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddUser(t.Context(), User("a")))
		for _, step := range []struct{ at, since time.Duration }{{0, 0}, {time.Hour, time.Hour}, {time.Minute, time.Hour}} {
			do(t, acme.RevokeUserTokens(t.Context(), "a", Noon.Add(step.at)))
			same(t, "since", person(t, acme).Since, Noon.Add(step.since))
		}
	}},
	{"an unknown user is said to be unknown", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, Tenant(t, s, "bell").AddUser(t.Context(), User("a")))
		for what, err := range map[string]error{
			"password": acme.SetPassword(t.Context(), "a", PHC("x")), "disable": acme.SetUserDisabled(t.Context(), "a", true),
			"scopes": acme.SetUserScopes(t.Context(), "a", nil),
			"delete": acme.DeleteUser(t.Context(), "a"), "revoke": acme.RevokeUserTokens(t.Context(), "a", Noon),
		} {
			want(t, what, err, store.ErrNotFound)
		}
		want(t, "rehash", acme.RehashPassword(t.Context(), "a", PHC("a"), PHC("x")), store.ErrConflict)
	}},
}

// withTokens adds a user with an API token and an opaque access token.
func withTokens(t *testing.T, tenant store.Tenant, id string) {
	t.Helper()
	do(t, tenant.AddUser(t.Context(), User(id)))
	do(t, tenant.AddAPIToken(t.Context(), APIToken("api-"+id, id), *Sum("api " + id)))
	do(t, tenant.KeepAccessToken(t.Context(), *Sum("access " + id), Access("c", id)))
}
