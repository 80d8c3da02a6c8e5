package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// Admin is access to an Admin API that expires an hour after Noon.
func Admin(name string) broker.Admin {
	return broker.Admin{
		Holder: broker.HeldByShop, Granted: Noon, Generation: 1,
		Token: Secret(name + " access"), Expires: Noon.Add(time.Hour),
		Refresh: Secret(name + " refresh"), RefreshExpires: Noon.Add(90 * 24 * time.Hour),
	}
}

var admins = []promise{
	{"access to an Admin API comes back as it was stored", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		_, err := acme.Admin(t.Context(), shopA)
		want(t, "before", err, store.ErrNotFound)
		short := Admin("short")
		long := broker.Admin{Holder: broker.HeldByApp, Token: Secret("long"), Granted: Noon.Add(time.Minute), Generation: 2}
		for _, a := range []broker.Admin{short, long} {
			do(t, acme.SetAdmin(t.Context(), shopA, a))
			same(t, "the access", get[broker.Admin](t)(acme.Admin(t.Context(), shopA)), a)
		}
		want(t, "unknown shop", acme.SetAdmin(t.Context(), shopB, short), store.ErrNotFound)
	}},
	{"of many refreshes at once one counts", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.SetAdmin(t.Context(), shopA, Admin("first")))
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").RefreshAdmin(t.Context(), shopA, Admin("second"))
		}), store.ErrConflict)
		second := Admin("second")
		second.Generation = 2
		same(t, "the access", get[broker.Admin](t)(acme.Admin(t.Context(), shopA)), second)
	}},
	{"a refresh keeps what the merchant has said", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		first := Admin("first")
		first.Holder = broker.HeldByApp
		do(t, acme.SetAdmin(t.Context(), shopA, first))
		do(t, acme.RefreshAdmin(t.Context(), shopA, broker.Admin{Token: Secret("second"), Generation: 1}))
		same(t, "the access", get[broker.Admin](t)(acme.Admin(t.Context(), shopA)),
			broker.Admin{Holder: broker.HeldByApp, Token: Secret("second"), Granted: Noon, Generation: 2})
	}},
	{"another holder leaves the access as it is", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, shop := range []string{shopA, shopB} {
			do(t, acme.AddShop(t.Context(), Shop(shop), Secret(shop)))
		}
		want(t, "no access", acme.SetHolder(t.Context(), shopA, broker.HeldByApp), store.ErrNotFound)
		do(t, acme.SetAdmin(t.Context(), shopA, Admin("a")))
		do(t, acme.SetAdmin(t.Context(), shopB, Admin("b")))
		do(t, acme.SetHolder(t.Context(), shopA, broker.HeldByApp))
		moved := Admin("a")
		moved.Holder = broker.HeldByApp
		same(t, "the access", get[broker.Admin](t)(acme.Admin(t.Context(), shopA)), moved)
		same(t, "another shop's", get[broker.Admin](t)(acme.Admin(t.Context(), shopB)), Admin("b"))
	}},
	{"another holder and refreshes at once are both kept", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.SetAdmin(t.Context(), shopA, Admin("first")))
		const refreshes = 16
		for _, err := range crowd(2, func(i int) (err error) {
			for n := range int64(refreshes) {
				if i == 0 {
					err = errors.Join(err, other.In("acme").SetHolder(t.Context(), shopA, broker.HeldByApp))
					continue
				}
				next := Admin("next")
				next.Generation += n
				err = errors.Join(err, acme.RefreshAdmin(t.Context(), shopA, next))
			}
			return err
		}) {
			do(t, err)
		}
		last := Admin("next")
		last.Holder, last.Generation = broker.HeldByApp, 1+refreshes
		same(t, "the access", get[broker.Admin](t)(acme.Admin(t.Context(), shopA)), last)
	}},
	{"what was granted since is not removed", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, shop := range []string{shopA, shopB} {
			do(t, acme.AddShop(t.Context(), Shop(shop), Secret(shop)))
			do(t, acme.SetAdmin(t.Context(), shop, Admin(shop)))
		}
		do(t, acme.RemoveAdmin(t.Context(), shopA, Noon))
		get[broker.Admin](t)(acme.Admin(t.Context(), shopA))
		do(t, acme.RemoveAdmin(t.Context(), shopA, Noon.Add(time.Second)))
		_, err := acme.Admin(t.Context(), shopA)
		want(t, "removed", err, store.ErrNotFound)
		get[broker.Admin](t)(acme.Admin(t.Context(), shopB))
		do(t, acme.RemoveAdmin(t.Context(), shopA, Noon.Add(time.Second)))
	}},
	{"access opens in its own place alone", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, shop := range []string{shopA, shopB} {
			do(t, acme.AddShop(t.Context(), Shop(shop), Secret(shop)))
		}
		for _, swap := range []string{
			`UPDATE shop_admin SET access = (SELECT access FROM shop_admin other WHERE other.shop = $1) WHERE shop = $2`,
			`UPDATE shop_admin SET refresh = (SELECT refresh FROM shop_admin other WHERE other.shop = $1) WHERE shop = $2`,
			`UPDATE shop_admin SET access = (SELECT refresh FROM shop_admin other WHERE other.shop = $2 AND other.shop <> $1) WHERE shop = $2`,
		} {
			do(t, acme.SetAdmin(t.Context(), shopA, Admin("a")))
			do(t, acme.SetAdmin(t.Context(), shopB, Admin("b")))
			tamper(t, url, swap, shopA, shopB)
			if _, err := acme.Admin(t.Context(), shopB); err == nil {
				t.Errorf("it opened after %s", swap)
			}
		}
	}},
}
