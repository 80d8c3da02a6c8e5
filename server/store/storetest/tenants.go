package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var tenants = []promise{
	{"a tenant comes back as it was stored", func(t *testing.T, url string) {
		s := Open(t, url)
		settings := broker.Settings{
			Name: "acme", Status: broker.Suspended, Issuer: "https://login.acme.example",
			Audience: []string{"https://a.example", `b"],["c`}, Algorithm: broker.EdDSA,
			TokenTTL: time.Minute, KeyTTL: 0, JWKSMaxAge: time.Hour,
			Denied: []broker.GrantType{broker.Storefront}, Created: Noon.Add(-time.Hour),
		}
		starting := []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}
		do(t, s.CreateTenant(t.Context(), store.NewTenant{Settings: settings, Keys: starting}))
		r := load(t, s.In("acme"))
		same(t, "pseudonyms", r.Pseudonyms.Len(), 32)
		same(t, "the record", r, broker.Record{Revision: 1, Settings: settings, Pseudonyms: r.Pseudonyms, Keys: starting})
		same(t, "settings", get[broker.Settings](t)(s.In("acme").Settings(t.Context())), settings)
	}},
	{"a tenant is stamped by the clock", func(t *testing.T, url string) {
		s := Open(t, url)
		settings := Settings("acme")
		settings.Created = time.Time{}
		do(t, s.CreateTenant(t.Context(), store.NewTenant{Settings: settings, Keys: []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}}))
		same(t, "created", load(t, s.In("acme")).Settings.Created, Noon)
	}},
	{"a tenant starts with an active and a next key", func(t *testing.T, url string) {
		s := Open(t, url)
		active, next := Key("1", broker.Current), Key("2", broker.Next)
		for what, keys := range map[string][]broker.SigningKey{
			"none": nil, "one": {active}, "two active": {active, Key("2", broker.Current)}, "two next": {next, Key("1", broker.Next)},
			"a retired one": {active, Key("2", broker.Retired)}, "three": {active, next, Key("3", broker.Retired)},
		} {
			err := s.CreateTenant(t.Context(), store.NewTenant{Settings: Settings("acme"), Keys: keys})
			want(t, what, err, store.ErrKeys)
		}
		twice := []broker.SigningKey{active, Key("1", broker.Next)}
		want(t, "one key twice", s.CreateTenant(t.Context(), store.NewTenant{Settings: Settings("acme"), Keys: twice}), store.ErrExists)
		same(t, "the tenants", get[[]string](t)(s.TenantNames(t.Context())), nil)
		do(t, s.CreateTenant(t.Context(), store.NewTenant{Settings: Settings("acme"), Keys: []broker.SigningKey{next, active}}))
	}},
	{"a name is given once", func(t *testing.T, url string) {
		s := Open(t, url)
		oneWinner(t, crowd(8, func(i int) error {
			settings := Settings("acme")
			settings.Issuer = string(rune('a' + i))
			return s.CreateTenant(t.Context(), store.NewTenant{Settings: settings, Keys: []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}})
		}), store.ErrExists)
		same(t, "the names", get[[]string](t)(s.TenantNames(t.Context())), []string{"acme"})
	}},
	{"tenants are listed by name", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, name := range []string{"bell", "acme", "cube"} {
			Tenant(t, s, name)
		}
		same(t, "names", get[[]string](t)(s.TenantNames(t.Context())), []string{"acme", "bell", "cube"})
		same(t, "settings", get[[]broker.Settings](t)(s.Tenants(t.Context())),
			[]broker.Settings{Settings("acme"), Settings("bell"), Settings("cube")})
	}},
	{"a change keeps the name and the rest", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.Change(t.Context(), func(c *broker.Settings) error {
			*c = broker.Settings{
				Name: "bell", Status: broker.Suspended, Issuer: "i", Audience: []string{"a"}, Algorithm: broker.RS256,
				TokenTTL: 1 * time.Second, KeyTTL: 2 * time.Second, JWKSMaxAge: 3 * time.Second,
				Denied: []broker.GrantType{"d"},
			}
			return nil
		}))
		same(t, "settings", load(t, acme).Settings, broker.Settings{
			Name: "acme", Status: broker.Suspended, Issuer: "i", Audience: []string{"a"}, Algorithm: broker.RS256,
			TokenTTL: 1 * time.Second, KeyTTL: 2 * time.Second, JWKSMaxAge: 3 * time.Second,
			Denied: []broker.GrantType{"d"}, Created: Noon,
		})
	}},
	{"a refused change changes nothing", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		before := revision(t, s)
		refused := errors.New("refused")
		want(t, "change", acme.Change(t.Context(), func(c *broker.Settings) error {
			c.Issuer = "https://other.example"
			return refused
		}), refused)
		same(t, "settings", load(t, acme).Settings, Settings("acme"))
		same(t, "the revision", revision(t, s), before)
	}},
	{"no change is lost to another at the same time", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		other := Open(t, url).In("acme")
		errs := crowd(16, func(i int) error {
			tenant := []store.Tenant{acme, other}[i%2]
			return tenant.Change(t.Context(), func(s *broker.Settings) error {
				s.TokenTTL += time.Second
				return nil
			})
		})
		for _, err := range errs {
			want(t, "change", err, nil)
		}
		same(t, "token TTL", load(t, acme).Settings.TokenTTL, broker.DefaultTokenTTL+16*time.Second)
	}},
	{"status is set", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, status := range []broker.Status{broker.Suspended, broker.Active} {
			do(t, acme.SetStatus(t.Context(), status))
			same(t, "status", load(t, acme).Settings.Status, status)
		}
	}},
	{"a deleted tenant leaves nothing, and a new one of the name begins anew", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		before := load(t, s.In("acme"))
		do(t, s.In("acme").Delete(t.Context()))
		if all := contents(t, url); holds(all, "7001001") || holds(all, "one.myshopify.com") || holds(all, "u@example.com") || holds(all, entry("acme", 1).Line) {
			t.Error("something of the tenant stands in the database")
		}
		Tenant(t, s, "acme")
		after := load(t, s.In("acme"))
		if after.Pseudonyms.Equal(before.Pseudonyms) {
			t.Error("the new tenant has the old one's key")
		}
		same(t, "the new tenant", after, broker.Record{
			Revision: before.Revision + 2, Settings: Settings("acme"), Pseudonyms: after.Pseudonyms,
			Keys: []broker.SigningKey{Key("acme-1", broker.Current), Key("acme-2", broker.Next)},
		})
	}},
}

var origins = []promise{
	{"origins are listed once", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop("a.myshopify.com"), Secret("a")))
		free := broker.Origin{Origin: "https://b.example"}
		bound := broker.Origin{Origin: "https://a.example:8443", Shop: "a.myshopify.com"}
		do(t, acme.AddOrigin(t.Context(), free))
		do(t, acme.AddOrigin(t.Context(), bound))
		list := []broker.Origin{bound, free}
		same(t, "origins", get[[]broker.Origin](t)(acme.Origins(t.Context())), list)
		same(t, "loaded", load(t, acme).Origins, list)
		want(t, "again", acme.AddOrigin(t.Context(), free), store.ErrExists)
		want(t, "bound", acme.AddOrigin(t.Context(), broker.Origin{Origin: free.Origin, Shop: bound.Shop}), store.ErrExists)
		do(t, acme.RemoveOrigin(t.Context(), free.Origin))
		same(t, "origins", get[[]broker.Origin](t)(acme.Origins(t.Context())), list[:1])
	}},
	{"an origin is bound to a shop that there is", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		do(t, bell.AddShop(t.Context(), Shop("b.myshopify.com"), Secret("b")))
		want(t, "of another tenant", acme.AddOrigin(t.Context(), broker.Origin{Origin: "https://a.example", Shop: "b.myshopify.com"}), store.ErrNotFound)
		want(t, "remove", acme.RemoveOrigin(t.Context(), "https://a.example"), store.ErrNotFound)
	}},
}
