package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var feed = []promise{
	{"every change of configuration counts one, and no failed one does", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, c := range changes(t, s, store.Act{}) {
			before := revision(t, s)
			want(t, c.name, c.do(), nil)
			after := revision(t, s)
			same(t, c.name+": the revision", after, store.Revision{Epoch: before.Epoch, N: before.N + 1})
			names, complete, err := s.ChangesSince(t.Context(), before.N)
			do(t, err)
			same(t, c.name+": who changed", names, []string{"acme"})
			same(t, c.name+": complete", complete, true)
			if c.again != nil {
				want(t, c.name+" again", c.do(), c.again)
				same(t, c.name+" again: the revision", revision(t, s), after)
			}
		}
	}},
	{"a missing tenant is said to be missing", func(t *testing.T, url string) {
		s := Open(t, url)
		before := revision(t, s)
		for _, c := range changes(t, s, store.Act{})[1:] {
			want(t, c.name, c.do(), broker.ErrNoTenant)
		}
		acme := s.In("acme")
		_, load := acme.Load(t.Context())
		_, settings := acme.Settings(t.Context())
		_, origins := acme.Origins(t.Context())
		_, shops := acme.Shops(t.Context())
		_, keys := acme.Keys(t.Context())
		_, profile := acme.Profile(t.Context(), "p")
		_, profileOf := profileOf(t, acme, broker.CustomerRef{})
		_, clients := acme.Clients(t.Context())
		_, users := acme.Users(t.Context())
		_, login := acme.UserByLogin(t.Context(), "u")
		_, sessions := acme.Sessions(t.Context(), "u")
		_, consents := acme.Consents(t.Context(), "u")
		_, tokens := acme.APITokens(t.Context(), "", broker.APIToken{}, 1)
		_, failed := acme.Failed(t.Context(), broker.Digest{}, Noon, backoff)
		_, apps := acme.Apps(t.Context())
		_, use := acme.AppUse(t.Context(), somebody("u"))
		_, installs := acme.Installs(t.Context())
		_, issuers := acme.Issuers(t.Context())
		_, latest := acme.LatestAudit(t.Context(), Noon, 1)
		_, verify := acme.VerifyAudit(t.Context())
		for what, err := range map[string]error{
			"load": load, "settings": settings, "origins": origins, "shops": shops, "keys": keys,
			"profile": profile, "profile of": profileOf,
			"clients": clients, "users": users, "user by login": login, "API tokens": tokens, "sessions": sessions, "consents": consents, "failed": failed, "apps": apps, "app use": use, "installs": installs, "issuers": issuers, "latest audit": latest, "verify": verify,
			"access token": acme.KeepAccessToken(t.Context(), *Sum("a"), Access("c", "u")),
		} {
			want(t, what, err, broker.ErrNoTenant)
		}
		same(t, "the revision", revision(t, s), before)
	}},
	{"whoever follows the feed knows everything", func(t *testing.T, url string) {
		const writers, writes = 8, 25
		main := Open(t, url)
		for i := range writers {
			Tenant(t, main, fmt.Sprintf("t%d", i))
		}
		var finished atomic.Bool
		followed := make(chan map[string]broker.Settings)
		follower := Open(t, url)
		go func() { followed <- follow(t, follower, &finished) }()
		errs := crowd(writers, func(i int) error {
			tenant := main.In(fmt.Sprintf("t%d", i))
			for n := range writes {
				err := tenant.Change(t.Context(), func(s *broker.Settings) error {
					s.TokenTTL = time.Duration(n+1) * time.Second
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		finished.Store(true)
		known := <-followed
		for i, err := range errs {
			want(t, "a writer", err, nil)
			same(t, "what the follower knows", known[fmt.Sprintf("t%d", i)].TokenTTL, writes*time.Second)
		}
		same(t, "the revision", revision(t, main).N, int64(writers+writers*writes))
	}},
	{"a gap in the feed is told", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		bell := Tenant(t, s, "bell")
		for range 3 {
			do(t, acme.SetStatus(t.Context(), broker.Suspended))
			do(t, bell.SetStatus(t.Context(), broker.Active))
		}
		check := func(n int64, names []string, complete bool) {
			t.Helper()
			got, whole, err := s.ChangesSince(t.Context(), n)
			do(t, err)
			same(t, fmt.Sprintf("since %d", n), got, names)
			same(t, fmt.Sprintf("since %d: complete", n), whole, complete)
		}
		check(0, []string{"acme", "bell"}, true)
		check(7, []string{"bell"}, true)
		check(8, nil, true)
		check(9, nil, false) // this database has not come so far
		tamper(t, url, `DELETE FROM change WHERE n <= 6`)
		check(5, []string{"acme", "bell"}, false)
		check(6, []string{"acme", "bell"}, true)
		tamper(t, url, `DELETE FROM change`)
		check(7, nil, false)
		check(8, nil, true)
	}},
	{"a watcher sees what the store sees, and outlives it", func(t *testing.T, url string) {
		s := get[*store.Store](t)(store.Create(t.Context(), url))
		w := get[*store.Watcher](t)(s.Watch(t.Context()))
		same(t, "the revision", get[store.Revision](t)(w.Revision(t.Context())), revision(t, s))
		do(t, s.Unlock(t.Context(), Keyring{1}))
		Tenant(t, s, "acme")
		same(t, "the revision", get[store.Revision](t)(w.Revision(t.Context())), revision(t, s))
		do(t, s.Close())
		same(t, "the count", get[store.Revision](t)(w.Revision(t.Context())).N, 1)
		do(t, w.Close())
	}},
	{"a load shows one moment", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		var finished atomic.Bool
		errs := crowd(4, func(i int) error {
			if i > 0 {
				return inStep(t, other.In("acme"), &finished)
			}
			defer finished.Store(true)
			for n := range 40 {
				kid := fmt.Sprintf("acme-%d", n+2)
				err := acme.PromoteKey(t.Context(), kid, Key(fmt.Sprintf("acme-%d", n+3), broker.Next), Noon)
				if err != nil {
					return err
				}
			}
			return nil
		})
		for _, err := range errs {
			want(t, "load", err, nil)
		}
	}},
}

// inStep loads until finished, and checks that the revision a record has is
// that of its keys: revision 1 has the active key acme-1, 2 acme-2, and so on.
func inStep(t *testing.T, tenant store.Tenant, finished *atomic.Bool) error {
	for !finished.Load() {
		r, err := tenant.Load(t.Context())
		if err != nil {
			return err
		}
		active, next := fmt.Sprintf("acme-%d", r.Revision), fmt.Sprintf("acme-%d", r.Revision+1)
		found := 0
		for _, k := range r.Keys {
			if k.KID == active && k.State == broker.Current || k.KID == next && k.State == broker.Next {
				found++
			}
		}
		if found != 2 || len(r.Keys) != int(r.Revision)+1 {
			return fmt.Errorf("revision %d does not fit its keys", r.Revision)
		}
	}
	return nil
}

// follow does what a server does: it asks for the revision, and loads anew who
// has changed. It returns what it knows once the writers have finished.
func follow(t *testing.T, s *store.Store, finished *atomic.Bool) map[string]broker.Settings {
	known := map[string]broker.Settings{}
	w, err := s.Watch(t.Context())
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = w.Close() }()
	var seen int64
	for last := false; !last; {
		last = finished.Load() // one more look after that
		r, err := w.Revision(t.Context())
		if err != nil {
			t.Error(err)
			return known
		}
		names, complete, err := s.ChangesSince(t.Context(), seen)
		if err != nil || !complete {
			t.Errorf("changes since %d: complete %v, error %v", seen, complete, err)
			return known
		}
		seen = r.N // what came between the two questions is seen twice
		for _, name := range names {
			record, err := s.In(name).Load(t.Context())
			if err != nil {
				t.Error(err)
			}
			known[name] = record.Settings
		}
	}
	return known
}

// change is one that counts the revision up.
type change struct {
	name  string
	do    func() error
	again error // what a second time says; nil: it is not tried
}

// changes are all there are, in an order in which each is possible. They are of the tenant acme.
func changes(t *testing.T, s *store.Store, act store.Act) []change {
	ctx, acme := t.Context(), s.In("acme").As(act)
	const shop = "a.myshopify.com"
	jane := broker.CustomerRef{Shop: shop, ID: "7001"}
	return []change{
		{"create", func() error {
			starting := []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}
			return s.CreateTenant(ctx, store.NewTenant{Settings: Settings("acme"), Keys: starting, Act: act})
		}, store.ErrExists},
		{"change", func() error {
			return acme.Change(ctx, func(s *broker.Settings) error { s.Issuer = "https://acme.example"; return nil })
		}, nil},
		{"suspend", func() error { return acme.SetStatus(ctx, broker.Suspended) }, nil},
		{"add shop", func() error { return acme.AddShop(ctx, Shop(shop), Secret("a")) }, store.ErrExists},
		{"set policy", func() error { return acme.SetPolicy(ctx, shop, broker.V2Only, time.Minute) }, nil},
		{"rotate", func() error { return acme.RotateSecret(ctx, shop, Secret("b")) }, store.ErrTwoLive},
		{"retire", func() error { return acme.RetireSecret(ctx, shop) }, store.ErrOneLive},
		{"add origin", func() error {
			return acme.AddOrigin(ctx, broker.Origin{Origin: "https://a.example", Shop: shop})
		}, store.ErrExists},
		{"remove origin", func() error { return acme.RemoveOrigin(ctx, "https://a.example") }, store.ErrNotFound},
		{"promote", func() error {
			return acme.PromoteKey(ctx, "2", Key("3", broker.Next), Noon)
		}, store.ErrConflict},
		{"replace next", func() error { return acme.ReplaceNext(ctx, "3", Key("4", broker.Next)) }, store.ErrConflict},
		{"replace keys", func() error {
			return acme.ReplaceKeys(ctx, Key("5", broker.Current), Key("6", broker.Next))
		}, nil},
		{"link", func() error { return acme.LinkProfile(ctx, broker.Link{Customer: jane, PID: "p1"}) }, nil},
		{"unlink", func() error { return acme.UnlinkProfile(ctx, jane) }, store.ErrNotFound},
		{"block", func() error { return acme.Block(ctx, jane) }, nil},
		{"unblock", func() error { return acme.Unblock(ctx, jane) }, store.ErrNotFound},
		{"add client", func() error { return acme.AddClient(ctx, Client("c"), Sum("c1")) }, store.ErrExists},
		{"rotate client", func() error { return acme.RotateClient(ctx, "c", *Sum("c2")) }, store.ErrTwoLive},
		{"retire client secret", func() error { return acme.RetireClientSecret(ctx, "c") }, store.ErrOneLive},
		{"change client", func() error {
			return acme.ChangeClient(ctx, "c", func(c *broker.Client) error { c.Scopes = broker.Scopes{"*"}; return nil })
		}, nil},
		{"disable client", func() error { return acme.SetClientDisabled(ctx, "c", true) }, nil},
		{"revoke client", func() error { return acme.RevokeClientTokens(ctx, "c", Noon) }, nil},
		{"add user", func() error { return acme.AddUser(ctx, User("u")) }, store.ErrExists},
		{"set password", func() error { return acme.SetPassword(ctx, "u", PHC("new")) }, nil},
		{"rehash password", func() error { return acme.RehashPassword(ctx, "u", PHC("new"), PHC("newer")) }, store.ErrConflict},
		{"set user's scopes", func() error { return acme.SetUserScopes(ctx, "u", broker.Scopes{"a"}) }, nil},
		{"disable user", func() error { return acme.SetUserDisabled(ctx, "u", true) }, nil},
		{"revoke user", func() error { return acme.RevokeUserTokens(ctx, "u", Noon) }, nil},
		{"end session", func() error {
			_ = s.In("acme").AddSession(ctx, Session("1", "c", "u"), *Sum("1"), Noon, true) // it is not said, and in a missing tenant not done
			return acme.EndSession(ctx, "1", Noon, Noon)
		}, nil},
		{"end sessions", func() error {
			_ = s.In("acme").AddSession(ctx, Session("2", "c", "u"), *Sum("2"), Noon, true)
			return acme.EndSessions(ctx, "c", "u", Noon, Noon)
		}, nil},
		{"delete client", func() error { return acme.DeleteClient(ctx, "c") }, store.ErrNotFound},
		{"delete user", func() error { return acme.DeleteUser(ctx, "u") }, store.ErrNotFound},
		{"revoke a JWT", func() error { return acme.RevokeJWT(ctx, "jti", "", Noon.Add(time.Minute)) }, nil},
		{"add app", func() error { return acme.AddApp(ctx, App("a")) }, store.ErrExists},
		{"delete app", func() error { return acme.DeleteApp(ctx, "a") }, store.ErrNotFound},
		{"add issuer", func() error { return acme.AddIssuer(ctx, Issuer("p", "key")) }, nil},
		{"remove issuer", func() error { return acme.RemoveIssuer(ctx, Issuer("p", "").URL) }, store.ErrNotFound},
		{"delete", func() error { return acme.Delete(ctx) }, broker.ErrNoTenant},
	}
}
