package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var (
	jane = broker.CustomerRef{Shop: shopA, ID: "7001001"}
	june = broker.CustomerRef{Shop: shopA, ID: "7001002"}
)

var profiles = []promise{
	{"who has been seen is known from then on", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		before := revision(t, s)
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p1", Noon), seen("acme", june, "p2", Noon)}))
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p1", Noon.Add(day))}))
		profile := broker.Profile{PID: "p1", Customer: jane, FirstSeen: Noon}
		same(t, "profile of", get[broker.Profile](t)(profileOf(t, acme, jane)), profile)
		same(t, "profile", get[[]broker.Profile](t)(acme.Profile(t.Context(), "p1")), []broker.Profile{profile})
		same(t, "the revision", revision(t, s), before)
		_, err := acme.Profile(t.Context(), "p3")
		want(t, "unknown profile", err, store.ErrNotFound)
		_, err = profileOf(t, acme, broker.CustomerRef{Shop: shopB, ID: jane.ID})
		want(t, "unknown customer", err, store.ErrNotFound)
	}},
	{"a batch is as long as it likes, and what is wrong in it is left out", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		var batch []broker.Sighting
		for i := range 501 {
			c := broker.CustomerRef{Shop: shopA, ID: fmt.Sprint(i + 1)}
			batch = append(batch, seen("acme", c, fmt.Sprint("p", i), Noon), seen("gone", c, "p", Noon))
		}
		do(t, s.RecordProfiles(t.Context(), batch))
		do(t, s.RecordProfiles(t.Context(), nil))
		same(t, "profiles", column(t, raw(t, url), `SELECT COUNT(*) FROM profile`), []string{"501"})
		get[broker.Profile](t)(profileOf(t, acme, broker.CustomerRef{Shop: shopA, ID: "501"}))
	}},
	{"a link overrides the derived profile id until it is undone", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		derived := derive(t, acme, jane)
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, derived, Noon.Add(-day))}))
		for _, pid := range []string{"first", "second"} {
			do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: jane, PID: pid}))
			same(t, "links", load(t, acme).Links, []broker.Link{{Customer: jane, PID: pid}})
		}
		check := func(pid string) {
			t.Helper()
			same(t, "profile", get[broker.Profile](t)(profileOf(t, acme, jane)),
				broker.Profile{PID: pid, Customer: jane, FirstSeen: Noon.Add(-day)})
		}
		check("second")
		// A server that has not heard of the link yet.
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, derived, Noon)}))
		check("second")
		do(t, acme.UnlinkProfile(t.Context(), jane))
		same(t, "links", load(t, acme).Links, nil)
		check(derived)
		// One that has not heard that it was undone, and one that has.
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "second", Noon)}))
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, derived, Noon)}))
		check(derived)
	}},
	{"a linked customer is known without having been seen", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: jane, PID: "both"}))
		do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: june, PID: "both"}))
		same(t, "merged", get[[]broker.Profile](t)(acme.Profile(t.Context(), "both")), []broker.Profile{
			{PID: "both", Customer: jane, FirstSeen: Noon}, {PID: "both", Customer: june, FirstSeen: Noon},
		})
		unknown := broker.Link{Customer: broker.CustomerRef{Shop: shopB, ID: "1"}, PID: "p"}
		want(t, "an unknown shop's", acme.LinkProfile(t.Context(), unknown), store.ErrNotFound)
	}},
	{"of a blocked customer only a keyed hash is kept", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddShop(t.Context(), Shop(shopA), Secret("a")))
		do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: jane, PID: "p-of-jane"}))
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", june, "p-of-june", Noon)}))
		if !holds(contents(t, url), jane.ID) {
			t.Error("a search that does not find what is there proves nothing")
		}
		do(t, acme.Block(t.Context(), jane))
		do(t, acme.Block(t.Context(), jane))
		if all := contents(t, url); holds(all, jane.ID) || holds(all, "p-of-jane") {
			t.Error("the customer still stands in the database")
		}
		r := load(t, acme)
		key := pseudonyms(t, r)
		same(t, "blocked", r.Blocked, []broker.Digest{broker.BlockDigest(key, jane.Shop, jane.ID)})
		same(t, "links", r.Links, nil)
		want(t, "link", acme.LinkProfile(t.Context(), broker.Link{Customer: jane, PID: "p"}), store.ErrBlocked)
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p", Noon)}))
		_, err := profileOf(t, acme, jane)
		want(t, "profile", err, store.ErrNotFound)
		get[broker.Profile](t)(profileOf(t, acme, june))
		do(t, acme.Unblock(t.Context(), jane))
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p", Noon)}))
		get[broker.Profile](t)(profileOf(t, acme, jane))
	}},
	{"a customer blocked while being recorded is not recorded", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := Tenant(t, s, "acme")
		for n := range 30 {
			customer := broker.CustomerRef{Shop: shopA, ID: fmt.Sprint(n + 1)}
			for _, err := range crowd(2, func(i int) error {
				if i == 0 {
					return acme.Block(t.Context(), customer)
				}
				return other.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", customer, "p", Noon)})
			}) {
				want(t, "block or record", err, nil)
			}
		}
		same(t, "profiles", column(t, raw(t, url), `SELECT COUNT(*) FROM profile`), []string{"0"})
	}},
}

func seen(tenant string, c broker.CustomerRef, pid string, at time.Time) broker.Sighting {
	return broker.Sighting{Tenant: tenant, Profile: broker.Profile{PID: pid, Customer: c, FirstSeen: at}}
}

func pseudonyms(t *testing.T, r broker.Record) *hmac.Key {
	t.Helper()
	return get[*hmac.Key](t)(hmac.NewKey([]byte(r.Pseudonyms.Reveal())))
}

func derive(t *testing.T, tenant store.Tenant, c broker.CustomerRef) string {
	t.Helper()
	return broker.DerivePID(pseudonyms(t, load(t, tenant)), c.Shop, c.ID)
}

// profileOf is that of one customer of one shop.
func profileOf(t *testing.T, tenant store.Tenant, c broker.CustomerRef) (broker.Profile, error) {
	t.Helper()
	list, err := tenant.ProfilesOf(t.Context(), c)
	if err != nil {
		return broker.Profile{}, err
	}
	return list[0], nil
}
