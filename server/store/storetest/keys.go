package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var keys = []promise{
	{"keys rotate", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		later := Noon.Add(time.Hour)
		third := Key("3", broker.Next)
		third.Published, third.Algorithm = later, broker.EdDSA
		do(t, acme.PromoteKey(t.Context(), "acme-2", third, later))
		first, second := Key("acme-1", broker.Retired), Key("acme-2", broker.Current)
		first.Retired, second.Activated = later, later
		same(t, "keys", get[[]broker.SigningKey](t)(acme.Keys(t.Context())), []broker.SigningKey{first, second, third})
		same(t, "loaded", load(t, acme).Keys, []broker.SigningKey{first, second, third})
	}},
	{"only the next key is promoted", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		before := load(t, acme).Keys
		for _, kid := range []string{"acme-1", "acme-9", "", "bell-2"} {
			err := acme.PromoteKey(t.Context(), kid, Key("3", broker.Next), Noon)
			want(t, "promote "+kid, err, store.ErrConflict)
			want(t, "replace "+kid, acme.ReplaceNext(t.Context(), kid, Key("3", broker.Next)), store.ErrConflict)
		}
		for _, kid := range []string{"acme-1", "acme-2"} {
			err := acme.PromoteKey(t.Context(), "acme-2", Key(kid, broker.Next), Noon)
			want(t, "a known key as the next", err, store.ErrExists)
		}
		same(t, "keys", load(t, acme).Keys, before)
	}},
	{"of many promotions at once one happens", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		Tenant(t, s, "acme")
		stores := []*store.Store{s, other}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").PromoteKey(t.Context(), "acme-2", Key(fmt.Sprintf("acme-3-%d", i), broker.Next), Noon)
		}), store.ErrConflict)
		states := map[broker.KeyState]int{}
		for _, k := range load(t, s.In("acme")).Keys {
			states[k.State]++
		}
		same(t, "states", states, map[broker.KeyState]int{broker.Retired: 1, broker.Current: 1, broker.Next: 1})
	}},
	{"whatever state a key is said to have, its place decides", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.PromoteKey(t.Context(), "acme-2", Key("3", broker.Current), Noon))
		do(t, acme.ReplaceNext(t.Context(), "3", Key("4", broker.Current)))
		same(t, "states", states(t, acme), []string{"acme-1 retired", "acme-2 active", "4 next"})
		do(t, acme.ReplaceKeys(t.Context(), Key("5", broker.Next), Key("6", broker.Retired)))
		same(t, "states", states(t, acme), []string{"5 active", "6 next"})
	}},
	{"after an emergency every old key is gone", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.PromoteKey(t.Context(), "acme-2", Key("3", broker.Next), Noon))
		active, next := Key("4", broker.Current), Key("5", broker.Next)
		do(t, acme.ReplaceKeys(t.Context(), active, next))
		same(t, "keys", load(t, acme).Keys, []broker.SigningKey{active, next})
	}},
	{"a tenant has one active and one next key, whatever happens", func(t *testing.T, url string) {
		Tenant(t, Open(t, url), "acme")
		for _, state := range []string{"active", "next"} {
			_, err := raw(t, url).ExecContext(t.Context(), `INSERT INTO signing_key (tenant, kid, algorithm, state, private, published)
				SELECT tenant, $1, algorithm, state, private, published FROM signing_key WHERE state = $2`, "another "+state, state)
			if err == nil {
				t.Errorf("there is a second %s key", state)
			}
		}
	}},
	{"due keys are found", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, d := range dueCases {
			settings, active, next := Settings(d.name), Key(d.name+"-1", broker.Current), Key(d.name+"-2", broker.Next)
			settings.KeyTTL, settings.JWKSMaxAge, settings.Algorithm = d.keyTTL, time.Hour, d.algorithm
			active.Activated, next.Published = Noon.Add(-d.active), Noon.Add(-d.published)
			do(t, s.CreateTenant(t.Context(), store.NewTenant{Settings: settings, Keys: []broker.SigningKey{active, next}}))
		}
		var due []string
		for _, d := range dueCases {
			if d.due {
				due = append(due, d.name)
			}
		}
		got := get[[]string](t)(s.DueKeys(t.Context(), Noon, 100))
		slices.Sort(got)
		same(t, "due", got, due)
		same(t, "the most overdue", get[[]string](t)(s.DueKeys(t.Context(), Noon, 1)), []string{"e-long-overdue"})
		same(t, "none", get[[]string](t)(s.DueKeys(t.Context(), Noon, 0)), nil)
	}},
}

var dueCases = []struct {
	name                      string
	keyTTL, active, published time.Duration
	algorithm                 broker.Algorithm
	due                       bool
}{
	{"a-old-enough", day, day, time.Hour, broker.ES256, true},
	{"b-a-moment-too-young", day, day - time.Microsecond, time.Hour, broker.ES256, false},
	{"c-next-not-yet-known", day, day, time.Hour - time.Microsecond, broker.ES256, false},
	{"d-never-by-itself", 0, 1000 * day, time.Hour, broker.ES256, false},
	{"e-long-overdue", day, 30 * day, time.Hour, broker.ES256, true},
	{"f-other-algorithm", 0, 0, time.Hour, broker.EdDSA, true},
	{"g-other-algorithm-not-yet-known", 0, 0, 0, broker.EdDSA, false},
}

const day = 24 * time.Hour

func states(t *testing.T, tenant store.Tenant) (list []string) {
	t.Helper()
	for _, k := range load(t, tenant).Keys {
		list = append(list, k.KID+" "+string(k.State))
	}
	slices.SortFunc(list, func(a, b string) int { return order[a[len(a)-4:]] - order[b[len(b)-4:]] })
	return list
}

// order is that of a key's life, by the end of the state's name.
var order = map[string]int{"ired": 0, "tive": 1, "next": 2}
