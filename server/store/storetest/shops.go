package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

const (
	shopA = "a.myshopify.com"
	shopB = "b.myshopify.com"
)

var shops = []promise{
	{"a shop comes back as it was stored", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		for i, policy := range []broker.Policy{broker.V2Only, broker.V2Observe, broker.V1AndV2} {
			name := fmt.Sprintf("s%d.myshopify.com", i)
			shop := broker.ShopRecord{Name: name, Policy: policy, MaxAge: time.Duration(i+1) * time.Minute}
			do(t, acme.AddShop(t.Context(), shop, Secret(name)))
			shop.Created = Noon
			shop.Secrets = []broker.ShopSecret{{Number: 1, Text: Secret(name), Made: Noon}}
			same(t, "the shop", load(t, acme).Shops[i], shop)
		}
	}},
	{"shops are listed without their secrets", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a1")))
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("a2")))
		shop := Shop(shopA)
		shop.Secrets = []broker.ShopSecret{{Number: 1, Made: Noon}, {Number: 2, Made: Noon}}
		same(t, "the shops", get[[]broker.ShopRecord](t)(acme.Shops(t.Context())), []broker.ShopRecord{shop})
	}},
	{"a policy is set for one shop", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.AddShop(t.Context(), Shop(shopB), Secret("b")))
		do(t, acme.SetPolicy(t.Context(), shopA, broker.V2Only, time.Minute))
		list := load(t, acme).Shops
		same(t, "policies", []broker.Policy{list[0].Policy, list[1].Policy}, []broker.Policy{broker.V2Only, broker.V1AndV2})
		same(t, "ages", []time.Duration{list[0].MaxAge, list[1].MaxAge}, []time.Duration{time.Minute, 20 * time.Minute})
		want(t, "unknown", acme.SetPolicy(t.Context(), "c.myshopify.com", broker.V2Only, 0), store.ErrNotFound)
	}},
	{"an unknown policy is not guessed at", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		tamper(t, url, `UPDATE shop SET policy = 'v0'`)
		if _, err := acme.Load(t.Context()); err == nil {
			t.Error("it was loaded")
		}
	}},
	{"secrets rotate", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("1")))
		check := func(want ...broker.ShopSecret) {
			t.Helper()
			same(t, "live secrets", load(t, acme).Shops[0].Secrets, want)
		}
		live := func(n int64, at time.Time) broker.ShopSecret {
			return broker.ShopSecret{Number: n, Text: Secret(fmt.Sprint(n)), Made: at}
		}
		later := Noon.Add(time.Hour)
		check(live(1, Noon))
		want(t, "retire the only one", acme.RetireSecret(t.Context(), shopA), store.ErrOneLive)
		s.Now = func() time.Time { return later }
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("2")))
		check(live(1, Noon), live(2, later))
		want(t, "a third", acme.RotateSecret(t.Context(), shopA, Secret("3")), store.ErrTwoLive)
		do(t, acme.RetireSecret(t.Context(), shopA))
		check(live(2, later))
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("3")))
		do(t, acme.RetireSecret(t.Context(), shopA))
		check(live(3, later))
		want(t, "rotate an unknown shop", acme.RotateSecret(t.Context(), shopB, Secret("4")), store.ErrNotFound)
		want(t, "retire an unknown shop", acme.RetireSecret(t.Context(), shopB), store.ErrNotFound)
	}},
	{"a retired secret's text is erased", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("1")))
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("2")))
		do(t, acme.RetireSecret(t.Context(), shopA))
		kept := column(t, raw(t, url),
			`SELECT number || ' ' || (sealed IS NULL) || ' ' || COALESCE(retired, 0) FROM shop_secret ORDER BY number`)
		erased := strings.NewReplacer("true", "1", "false", "0").Replace(strings.Join(kept, "; "))
		same(t, "what is kept", erased, fmt.Sprintf("1 1 %d; 2 0 0", Noon.UnixMicro()))
	}},
	{"of many rotations at once one happens", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("first")))
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").RotateSecret(t.Context(), shopA, Secret(fmt.Sprint(i)))
		}), store.ErrTwoLive)
		same(t, "live", len(load(t, acme).Shops[0].Secrets), 2)
	}},
	{"of many retirements at once one happens", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("1")))
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("2")))
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").RetireSecret(t.Context(), shopA)
		}), store.ErrOneLive)
		same(t, "live", load(t, acme).Shops[0].Secrets[0].Number, 2)
	}},
	{"a secret is never used twice in a tenant", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("1")))
		want(t, "the same shop's", acme.RotateSecret(t.Context(), shopA, Secret("1")), store.ErrSecretUsed)
		want(t, "a new shop's", acme.AddShop(t.Context(), Shop(shopB), Secret("1")), store.ErrSecretUsed)
		same(t, "the shops", len(load(t, acme).Shops), 1)
		do(t, acme.AddShop(t.Context(), Shop(shopB), Secret("2")))
		want(t, "another shop's", acme.RotateSecret(t.Context(), shopB, Secret("1")), store.ErrSecretUsed)
		do(t, acme.RotateSecret(t.Context(), shopA, Secret("3")))
		do(t, acme.RetireSecret(t.Context(), shopA))
		want(t, "a retired one", acme.RotateSecret(t.Context(), shopA, Secret("1")), store.ErrSecretUsed)
		want(t, "a retired one, elsewhere", acme.RotateSecret(t.Context(), shopB, Secret("1")), store.ErrSecretUsed)
	}},
	{"a fingerprint does not tell of the secret", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, name := range []string{"acme", "bell"} {
			do(t, Tenant(t, s, name).AddShop(t.Context(), Shop(shopA), Secret("shared")))
		}
		prints := column(t, raw(t, url), `SELECT fingerprint FROM shop_secret`)
		if prints[0] == prints[1] {
			t.Error("two tenants have the same fingerprint, so it is not keyed")
		}
	}},
	{"no weak secret is stored", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		for _, text := range []string{
			"", " ", "fifteen letters", strings.Repeat(" ", 40), strings.Repeat("\u00a0\n\t", 20), strings.Repeat("\x00", 64),
		} {
			want(t, fmt.Sprintf("rotate to %q", text), acme.RotateSecret(t.Context(), shopA, secret.New(text)), store.ErrWeakSecret)
			want(t, fmt.Sprintf("add with %q", text), acme.AddShop(t.Context(), Shop(shopB), secret.New(text)), store.ErrWeakSecret)
		}
		do(t, acme.RotateSecret(t.Context(), shopA, secret.New("sixteen letters!")))
	}},
}
