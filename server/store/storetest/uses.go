package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var uses = []promise{
	{"uses add up, and the last of them is known", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		r := revision(t, s)
		later := Noon.Add(time.Hour)
		do(t, s.AddUses(t.Context(), []broker.Uses{{Tenant: "acme", Shop: shopA, V1: 3, V2: 4, At: later}}))
		do(t, other.AddUses(t.Context(), []broker.Uses{{Tenant: "acme", Shop: shopA, V2: 5, At: Noon}}))
		same(t, "signed", get[[]broker.Signed](t)(acme.Signed(t.Context(), shopA)), []broker.Signed{
			{Signature: "v1", Uses: 3, Last: later}, {Signature: "v2", Uses: 9, Last: later},
		})
		same(t, "the revision", revision(t, s), r)
	}},
	{"a rotation sees when its secrets were last used", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, _ := rotating(t, s)
		use := func(number int64, at time.Time) {
			do(t, s.AddUses(t.Context(), []broker.Uses{{Tenant: "acme", Shop: shopA, Secrets: []int64{number}, At: at}}))
		}
		use(1, Noon.Add(time.Minute))
		use(2, Noon.Add(time.Hour))
		use(2, Noon) // by a process that is slower to tell
		r := get[broker.Rotation](t)(acme.Rotation(t.Context(), shopA))
		same(t, "used", []time.Time{r.OlderUsed, r.NewerUsed}, []time.Time{Noon.Add(time.Minute), Noon.Add(time.Hour)})
		same(t, "of the secret", load(t, acme).Shops[0].Secrets[1].Used, Noon.Add(time.Hour))
	}},
	{"what is gone is not counted", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, s.AddUses(t.Context(), []broker.Uses{
			{Tenant: "gone", Shop: shopA, V1: 1, Secrets: []int64{1}, At: Noon}, {Tenant: "acme", Shop: shopA, V1: 1, At: Noon},
		}))
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		same(t, "signed", get[[]broker.Signed](t)(acme.Signed(t.Context(), shopA)), nil)
	}},
	{"processes that count at the same time lose nothing", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		for _, shop := range []string{shopA, shopB} {
			do(t, acme.AddShop(t.Context(), Shop(shop), Secret(shop)))
		}
		a, b := broker.Uses{Tenant: "acme", Shop: shopA, V1: 1, At: Noon}, broker.Uses{Tenant: "acme", Shop: shopB, V1: 1, At: Noon}
		batches := [][]broker.Uses{{a, b}, {b, a}}
		stores := []*store.Store{s, other}
		for _, err := range crowd(16, func(i int) error {
			return stores[i%2].AddUses(t.Context(), append([]broker.Uses(nil), batches[i%2]...))
		}) {
			do(t, err)
		}
		same(t, "signed", get[[]broker.Signed](t)(acme.Signed(t.Context(), shopB))[0].Uses, 16)
	}},
}
