package storetest

import (
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

var shopApps = []promise{
	{"an app keeps its newest client secret and the one before", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.AddShop(t.Context(), Shop(shopB), Secret("b")))
		for _, next := range []struct {
			client, secret string
			want           []string
		}{
			{"app-one", "first", []string{"first"}},
			{"app-one", "second", []string{"first", "second"}},
			{"app-one", "third", []string{"second", "third"}},
			{"app-two", "fourth", []string{"fourth"}},
		} {
			do(t, acme.SetApp(t.Context(), shopA, next.client, Secret(next.secret)))
			app := load(t, acme).Shops[0].App
			same(t, "client id", app.ClientID, next.client)
			var texts []string
			for _, s := range app.Secrets {
				texts = append(texts, s.Text.Reveal())
			}
			var want []string
			for _, name := range next.want {
				want = append(want, Secret(name).Reveal())
			}
			same(t, "client secrets", texts, want)
		}
		same(t, "the other shop's app", load(t, acme).Shops[1].App, broker.ShopifyAppRecord{})
	}},
	{"an app is of a shop, and has a secret", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		want(t, "no shop", acme.SetApp(t.Context(), shopA, "app-one", Secret("first")), store.ErrNotFound)
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		want(t, "no secret", acme.SetApp(t.Context(), shopA, "app-one", secret.Text{}), store.ErrWeakSecret)
		same(t, "the app", load(t, acme).Shops[0].App, broker.ShopifyAppRecord{})
	}},
	{"a client secret counts for its own place alone", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, shop := range []string{shopA, shopB} {
			do(t, acme.AddShop(t.Context(), Shop(shop), Secret(shop)))
			do(t, acme.SetApp(t.Context(), shop, "app-one", Secret("first")))
		}
		tamper(t, url, `UPDATE app_secret SET sealed = (SELECT sealed FROM app_secret other WHERE other.shop = $1) WHERE shop = $2`, shopA, shopB)
		if _, err := acme.Load(t.Context()); err == nil {
			t.Error("a secret moved to another shop was opened")
		}
	}},
}
