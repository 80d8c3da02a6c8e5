package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var plan = broker.Plan{Quiet: time.Hour, Longest: 24 * time.Hour}

// rotating is a tenant whose shop has begun to rotate.
func rotating(t *testing.T, s *store.Store) (store.Tenant, broker.Rotation) {
	t.Helper()
	acme := Tenant(t, s, "acme")
	do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("1")))
	do(t, acme.BeginRotation(t.Context(), shopA, Secret("2"), plan))
	return acme, get[broker.Rotation](t)(acme.Rotation(t.Context(), shopA))
}

func liveNumbers(t *testing.T, tenant store.Tenant) (numbers []int64) {
	t.Helper()
	for _, s := range load(t, tenant).Shops[0].Secrets {
		numbers = append(numbers, s.Number)
	}
	return numbers
}

var rotations = []promise{
	{"a rotation begins with its second secret", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, r := rotating(t, s)
		begun := broker.Rotation{Tenant: "acme", Shop: shopA, Number: 2, Plan: plan, Began: Noon, Due: Noon}
		same(t, "the rotation", r, begun)
		same(t, "live", liveNumbers(t, acme), []int64{1, 2})
		want(t, "another", acme.BeginRotation(t.Context(), shopA, Secret("3"), plan), store.ErrTwoLive)
		same(t, "the rotation", get[broker.Rotation](t)(acme.Rotation(t.Context(), shopA)), begun)
		_, err := acme.Rotation(t.Context(), shopB)
		want(t, "of another shop", err, store.ErrNotFound)
	}},
	{"rotations are found when they are due", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, r := rotating(t, s)
		due := func(at time.Time, limit int) int {
			return len(get[[]broker.Rotation](t)(s.DueRotations(t.Context(), at, limit)))
		}
		same(t, "before", due(Noon.Add(-time.Second), 9), 0)
		same(t, "at once", get[[]broker.Rotation](t)(s.DueRotations(t.Context(), Noon, 9)), []broker.Rotation{r})
		same(t, "none asked for", due(Noon, 0), 0)
		do(t, acme.Postpone(t.Context(), r, Noon.Add(time.Minute), "trouble"))
		same(t, "postponed", due(Noon, 9), 0)
		r.Due, r.Problem = Noon.Add(time.Minute), "trouble"
		same(t, "later", get[[]broker.Rotation](t)(s.DueRotations(t.Context(), r.Due, 9)), []broker.Rotation{r})
	}},
	{"of many who look at a rotation one goes on", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		_, r := rotating(t, s)
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").Postpone(t.Context(), r, Noon.Add(time.Duration(i+1)*time.Second), "")
		}), store.ErrConflict)
	}},
	{"a rotation remembers since when its secret is written", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, r := rotating(t, s)
		for _, at := range []time.Time{Noon.Add(time.Minute), Noon.Add(time.Hour)} {
			do(t, acme.Written(t.Context(), r, at))
			same(t, "written", get[broker.Rotation](t)(acme.Rotation(t.Context(), shopA)).Written, at)
		}
	}},
	{"a rotation ends once, with its older secret", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme, r := rotating(t, s)
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error { return stores[i%2].In("acme").EndRotation(t.Context(), r) }), store.ErrConflict)
		same(t, "live", liveNumbers(t, acme), []int64{2})
		_, err := acme.Rotation(t.Context(), shopA)
		want(t, "the rotation", err, store.ErrNotFound)
	}},
	{"who ends an earlier rotation leaves a later one alone", func(t *testing.T, url string) {
		acme, first := rotating(t, Open(t, url))
		do(t, acme.RetireSecret(t.Context(), shopA))
		do(t, acme.BeginRotation(t.Context(), shopA, Secret("3"), plan))
		want(t, "end", acme.EndRotation(t.Context(), first), store.ErrConflict)
		want(t, "postpone", acme.Postpone(t.Context(), first, Noon, ""), store.ErrConflict)
		want(t, "written", acme.Written(t.Context(), first, Noon), store.ErrConflict)
		same(t, "live", liveNumbers(t, acme), []int64{2, 3})
		same(t, "written", get[broker.Rotation](t)(acme.Rotation(t.Context(), shopA)).Written, time.Time{})
	}},
	{"retiring by hand ends the rotation", func(t *testing.T, url string) {
		acme, _ := rotating(t, Open(t, url))
		do(t, acme.RetireSecret(t.Context(), shopA))
		_, err := acme.Rotation(t.Context(), shopA)
		want(t, "the rotation", err, store.ErrNotFound)
	}},
	{"a secret is known for ever, by its own shop", func(t *testing.T, url string) {
		acme, r := rotating(t, Open(t, url))
		do(t, acme.EndRotation(t.Context(), r))
		do(t, acme.AddShop(t.Context(), Shop(shopB), Secret("b")))
		for name, known := range map[string]bool{"1": true, "2": true, "3": false, "b": false} {
			same(t, "secret "+name, get[bool](t)(acme.KnowsSecret(t.Context(), shopA, Secret(name))), known)
		}
	}},
}
