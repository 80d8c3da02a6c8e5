package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// Access is an opaque access token that a client has got for a user, or for
// itself if user is empty. It never expires.
func Access(client, user string) broker.AccessToken {
	a := broker.AccessToken{
		Client: client, Subject: broker.Subject{Kind: broker.Person, ID: user}, Scopes: broker.Scopes{"profiles.read"},
		Audience: []string{"https://api.example"}, Method: "pwd", Issued: Noon,
	}
	if user == "" {
		a.Subject = broker.Subject{Kind: broker.Program, ID: client}
	}
	return a
}

func keep(t *testing.T, tenant store.Tenant, text string, a broker.AccessToken) {
	t.Helper()
	do(t, tenant.KeepAccessToken(t.Context(), *Sum(text), a))
}

func access(t *testing.T, tenant store.Tenant, text string) broker.AccessToken {
	t.Helper()
	return get[broker.AccessToken](t)(tenant.AccessTokenBySum(t.Context(), *Sum(text)))
}

var accessTokens = []promise{
	{"an opaque access token comes back as it was stored, ended or not", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		before := revision(t, s)
		ended := Access("c", "u")
		ended.Session = "s"
		ended.Expires, ended.Revoked = Noon.Add(-time.Hour), Noon.Add(-2*time.Hour)
		keep(t, acme, "forever", Access("c", ""))
		keep(t, acme, "ended", ended)
		keep(t, acme, "bare", broker.AccessToken{Subject: broker.Subject{Kind: broker.Program}, Issued: Noon})
		same(t, "forever", access(t, acme, "forever"), Access("c", ""))
		same(t, "ended", access(t, acme, "ended"), ended)
		same(t, "bare", access(t, acme, "bare"), broker.AccessToken{Subject: broker.Subject{Kind: broker.Program}, Issued: Noon})
		same(t, "the revision", revision(t, s), before)
		for what, tenant := range map[string]store.Tenant{"another tenant": bell, "a missing one": s.In("gone")} {
			_, err := tenant.AccessTokenBySum(t.Context(), *Sum("forever"))
			want(t, what, err, store.ErrNotFound)
		}
		if acme.KeepAccessToken(t.Context(), *Sum("forever"), Access("c", "")) == nil {
			t.Error("two tokens have one text")
		}
	}},
	{"of whom an opaque token may not speak it is not kept", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for kind := range broker.Program + 2 {
			a := Access("c", "u")
			a.Subject.Kind = kind
			err := acme.KeepAccessToken(t.Context(), *Sum(string(rune('a' + kind))), a)
			same(t, "kept", err == nil, kind == broker.Person || kind == broker.Program)
		}
	}},
	{"of many who revoke an access token one does", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		keep(t, acme, "one", Access("c", ""))
		keep(t, acme, "two", Access("c", ""))
		revoked := make([]bool, 16)
		for _, err := range crowd(len(revoked), func(i int) (err error) {
			revoked[i], err = []*store.Store{s, other}[i%2].In("acme").RevokeAccessToken(t.Context(), *Sum("one"), Noon)
			return err
		}) {
			want(t, "revoke", err, nil)
		}
		same(t, "who did", yeses(revoked), 1)
		a := Access("c", "")
		a.Revoked, a.Expires = Noon, Noon
		same(t, "one", access(t, acme, "one"), a)
		same(t, "two", access(t, acme, "two"), Access("c", ""))
		same(t, "an unknown one", get[bool](t)(acme.RevokeAccessToken(t.Context(), *Sum("three"), Noon)), false)
	}},
	{"a client's or a user's opaque tokens are revoked, and no others", func(t *testing.T, url string) {
		for _, row := range []struct {
			name   string
			revoke func(store.Tenant) error
			gone   []string
		}{
			{"client", func(a store.Tenant) error { return a.RevokeClientTokens(t.Context(), "c", Noon) }, []string{"c", "c for u"}},
			{"deleted-client", func(a store.Tenant) error { return a.DeleteClient(t.Context(), "c") }, []string{"c", "c for u"}},
			{"user", func(a store.Tenant) error { return a.RevokeUserTokens(t.Context(), "u", Noon) }, []string{"c for u", "d for u"}},
			{"deleted-user", func(a store.Tenant) error { return a.DeleteUser(t.Context(), "u") }, []string{"c for u", "d for u"}},
		} {
			s := Open(t, url)
			tenant, bell := Tenant(t, s, row.name), Tenant(t, s, row.name+"-bell")
			do(t, tenant.AddClient(t.Context(), Client("c"), nil))
			do(t, tenant.AddUser(t.Context(), User("u")))
			for text, a := range map[string]broker.AccessToken{
				"c": Access("c", ""), "d": Access("d", ""), "u": Access("u", ""), "c for u": Access("c", "u"), "d for u": Access("d", "u"), "d for c": Access("d", "c"),
			} {
				keep(t, tenant, text, a)
				keep(t, bell, text, a)
			}
			do(t, row.revoke(tenant))
			for _, text := range row.gone {
				same(t, row.name+": "+text, access(t, tenant, text).Revoked, Noon)
			}
			left := column(t, raw(t, url), `SELECT sum FROM access_token WHERE tenant LIKE '`+row.name+`' AND revoked IS NULL`)
			same(t, row.name+": left", len(left), 6-len(row.gone))
			same(t, row.name+": another tenant's", access(t, bell, "c for u").Revoked, time.Time{})
		}
	}},
	{"a token that ends earlier than it is revoked ends no later", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for text, row := range map[string]struct{ expires, ends time.Time }{
			"never": {time.Time{}, Noon}, "sooner": {Noon.Add(-time.Minute), Noon.Add(-time.Minute)}, "later": {Noon.Add(time.Minute), Noon},
		} {
			a := Access("c", "")
			a.Expires = row.expires
			keep(t, acme, text, a)
			same(t, text, get[bool](t)(acme.RevokeAccessToken(t.Context(), *Sum(text), Noon)), true)
			same(t, text, access(t, acme, text).Expires, row.ends)
		}
	}},
	{"access tokens are swept an hour after their end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		for text, ends := range map[string]time.Time{"never": {}, "ended": Noon, "later": Noon.Add(time.Microsecond)} {
			a := Access("c", "")
			a.Expires = ends
			keep(t, acme, text, a)
			keep(t, bell, text, a)
		}
		keep(t, acme, "revoked", Access("c", ""))
		get[bool](t)(acme.RevokeAccessToken(t.Context(), *Sum("revoked"), Noon))
		tamper(t, url, `INSERT INTO access_token (tenant, sum, client, kind, subject, scopes, audience, method, issued, expires)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200)
			SELECT 'acme', CAST(CAST(n AS TEXT) AS BYTEA), 'c', 'client', '', '[]', '[]', '', 0, 0 FROM count`)
		left := func() string { return column(t, raw(t, url), `SELECT COUNT(*) FROM access_token`)[0] }
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour)))
		same(t, "left", left(), "7")
		do(t, s.Sweep(t.Context(), Noon.Add(time.Hour+time.Microsecond)))
		same(t, "left", left(), "4")
		access(t, acme, "later")
		access(t, bell, "never")
	}},
}
