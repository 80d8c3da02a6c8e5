package storetest

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// Client is a confidential client as a command would add it.
func Client(id string) broker.Client {
	return broker.Client{
		ID: id, Name: "name of " + id, Grants: map[broker.GrantType]bool{"client_credentials": true},
		Scopes: broker.Scopes{"profiles.read"}, TokenTTL: broker.DefaultAccessTTL, Created: Noon,
	}
}

// Sum is what is stored of a secret or a token.
func Sum(text string) *broker.Digest {
	d := broker.Digest(sha256.Sum256([]byte(text)))
	return &d
}

func client(t *testing.T, tenant store.Tenant) broker.Client {
	t.Helper()
	return load(t, tenant).Clients[0]
}

var clients = []promise{
	{"a client comes back as it was stored", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		list := []broker.Client{
			{ID: "a", Created: Noon},
			{
				ID: "b", Name: "B", Disabled: true, Grants: map[broker.GrantType]bool{"password": true, "client_credentials": true},
				Scopes: broker.Scopes{"*", "profiles.*"}, Audiences: []string{"https://one.example", "two"}, Opaque: true,
				TokenTTL: broker.Forever, Redirects: []string{"https://b.example/back", "b:/back"}, Lasts: broker.Forever, Grace: time.Minute,
				JWKSURL: "https://b.example/jwks", Since: Noon.Add(time.Minute), Created: Noon.Add(-time.Hour),
			},
			{ID: "c", Public: true, TokenTTL: time.Minute, Lasts: time.Hour, Grace: time.Second, Created: Noon},
		}
		for _, c := range list {
			do(t, acme.AddClient(t.Context(), c, nil))
		}
		same(t, "loaded", load(t, acme).Clients, list)
		same(t, "listed", get[[]broker.Client](t)(acme.Clients(t.Context())), list)
	}},
	{"a client that is added later has what it was given and nothing else", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		c := Client("a")
		c.Created, c.Sums = time.Time{}, []broker.Digest{*Sum("not this")}
		c.Grants["password"] = false
		do(t, acme.AddClient(t.Context(), c, Sum("1")))
		stored := Client("a")
		stored.Sums = []broker.Digest{*Sum("1")}
		same(t, "the client", client(t, acme), stored)
		want(t, "again", acme.AddClient(t.Context(), Client("a"), Sum("2")), store.ErrExists)
		same(t, "the client", client(t, acme), stored)
	}},
	{"what a client may do is changed, and nothing else of it", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		do(t, acme.AddClient(t.Context(), Client("b"), Sum("b")))
		before := load(t, acme).Clients
		changed := before[0]
		changed.Name, changed.Grants, changed.Scopes = "A", map[broker.GrantType]bool{"password": true}, broker.Scopes{"*"}
		changed.Audiences, changed.Opaque, changed.TokenTTL, changed.JWKSURL = []string{"x"}, true, broker.Forever, "https://a.example"
		changed.Redirects, changed.Lasts, changed.Grace = []string{"https://a.example/back"}, broker.Forever, time.Second
		do(t, acme.ChangeClient(t.Context(), "a", func(c *broker.Client) error {
			same(t, "what is there", *c, before[0])
			*c = changed
			c.ID, c.Public, c.Disabled, c.Since, c.Created, c.Sums = "z", true, true, Noon, time.Time{}, nil
			return nil
		}))
		same(t, "changed", load(t, acme).Clients, []broker.Client{changed, before[1]})
		refusal := errors.New("no")
		want(t, "refused", acme.ChangeClient(t.Context(), "a", func(c *broker.Client) error { c.Name = "Z"; return refusal }), refusal)
		same(t, "refused", load(t, acme).Clients, []broker.Client{changed, before[1]})
	}},
	{"a client's secrets are one or two", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		do(t, acme.AddClient(t.Context(), Client("b"), Sum("b")))
		live := func(names ...string) {
			t.Helper()
			var sums []broker.Digest
			for _, name := range names {
				sums = append(sums, *Sum(name))
			}
			same(t, "live", client(t, acme).Sums, sums)
		}
		want(t, "retire", acme.RetireClientSecret(t.Context(), "a"), store.ErrOneLive)
		do(t, acme.RotateClient(t.Context(), "a", *Sum("2")))
		live("2", "1")
		want(t, "a third", acme.RotateClient(t.Context(), "a", *Sum("3")), store.ErrTwoLive)
		live("2", "1")
		do(t, acme.RetireClientSecret(t.Context(), "a"))
		live("2")
		do(t, acme.RotateClient(t.Context(), "a", *Sum("3")))
		live("3", "2")
		same(t, "the other's", load(t, acme).Clients[1].Sums, []broker.Digest{*Sum("b")})
	}},
	{"of many rotations of a client at once one happens", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").RotateClient(t.Context(), "a", *Sum(string(rune('A' + i))))
		}), store.ErrTwoLive)
		oneWinner(t, crowd(16, func(i int) error { return stores[i%2].In("acme").RetireClientSecret(t.Context(), "a") }), store.ErrOneLive)
	}},
	{"a public client has no secret, and one that has none may get its first", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		want(t, "with a secret", acme.AddClient(t.Context(), broker.Client{ID: "p", Public: true}, Sum("p")), store.ErrPublic)
		do(t, acme.AddClient(t.Context(), broker.Client{ID: "p", Public: true}, nil))
		want(t, "rotate", acme.RotateClient(t.Context(), "p", *Sum("p")), store.ErrPublic)
		want(t, "retire", acme.RetireClientSecret(t.Context(), "p"), store.ErrOneLive)
		same(t, "its secrets", client(t, acme).Sums, nil)
		do(t, acme.AddClient(t.Context(), broker.Client{ID: "a", JWKSURL: "https://a.example"}, nil))
		do(t, acme.RotateClient(t.Context(), "a", *Sum("1")))
		same(t, "its secrets", client(t, acme).Sums, []broker.Digest{*Sum("1")})
	}},
	{"what is no sum is not taken for one", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		for _, stored := range [][]byte{{}, make([]byte, 31), make([]byte, 33)} {
			tamper(t, url, `UPDATE client_secret SET sum = $1`, stored)
			if _, err := acme.Load(t.Context()); err == nil {
				t.Errorf("%d bytes were", len(stored))
			}
		}
	}},
	{"a client is disabled and enabled", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		for _, disabled := range []bool{true, false} {
			do(t, acme.SetClientDisabled(t.Context(), "a", disabled))
			same(t, "disabled", client(t, acme).Disabled, disabled)
		}
	}},
	{"revoking a client's tokens never goes back", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("a"), Sum("1")))
		for _, step := range []struct{ at, since time.Duration }{{0, 0}, {time.Hour, time.Hour}, {time.Minute, time.Hour}} {
			do(t, acme.RevokeClientTokens(t.Context(), "a", Noon.Add(step.at)))
			same(t, "since", client(t, acme).Since, Noon.Add(step.since))
		}
	}},
	{"an unknown client is said to be unknown", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, Tenant(t, s, "bell").AddClient(t.Context(), Client("a"), Sum("1")))
		for what, err := range map[string]error{
			"rotate": acme.RotateClient(t.Context(), "a", *Sum("2")), "retire": acme.RetireClientSecret(t.Context(), "a"),
			"change":  acme.ChangeClient(t.Context(), "a", func(*broker.Client) error { return nil }),
			"disable": acme.SetClientDisabled(t.Context(), "a", true), "delete": acme.DeleteClient(t.Context(), "a"),
			"revoke": acme.RevokeClientTokens(t.Context(), "a", Noon),
		} {
			want(t, what, err, store.ErrNotFound)
		}
	}},
}
