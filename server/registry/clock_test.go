package registry_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/registry"
)

func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase()
		for i := range 10 {
			db.put(fmt.Sprint("t", i))
		}
		h := open(t, db, bound(3))
		for round := range 3 {
			for i := range 10 {
				h.shows(fmt.Sprint("t", i), int64(i+1))
				if s := h.State(); s.Loaded > 3 || s.Tenants != 10 {
					t.Fatalf("round %d, tenant %d: %+v", round, i, s)
				}
			}
		}
	})
}

// Who is asked for between the hand's visits stays.
func TestSecondChance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("busy")
		for i := range 20 {
			db.put(fmt.Sprint("t", i))
		}
		h := open(t, db, bound(4))
		for i := range 20 {
			h.shows("busy", 1)
			h.shows(fmt.Sprint("t", i), int64(i+2))
		}
		// The first time round everybody has been asked for, so busy may go once.
		if n := db.count("load busy"); n > 2 {
			t.Errorf("a tenant in constant use was loaded %d times", n)
		}
		if n := db.loads(); n > 22 {
			t.Errorf("%d loads of 21 tenants asked for in turn", n)
		}
	})
}

// The clock lets go of tenants, not of those that only their callers still hold.
func TestBoundOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), bound(1))
		for range 3 {
			h.shows("acme", 1)
			h.shows("bolt", 2)
		}
		if s := h.State(); s.Loaded != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBoundThatIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), bound(-1))
		h.shows("acme", 1)
		h.shows("bolt", 2)
		if s := h.State(); s.Loaded != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestDeletedMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core", "dune"), bound(3))
		h.shows("acme", 1)
		h.shows("bolt", 2)
		h.shows("core", 3)
		h.db.drop("acme")
		h.polled()
		h.shows("dune", 4)
		h.shows("bolt", 2)
		h.shows("core", 3)
		if s, n := h.State(), h.db.loads(); s.Loaded != 3 || n != 4 {
			t.Errorf("%d loads, %+v", n, s)
		}
	})
}

// Loads that were under way when the database went away let nobody go, even
// though they are above the bound; afterwards the bound counts again.
func TestNobodyMakesRoomWhileAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core"), bound(1),
			func(c *registry.Config) { c.LoadTimeout = time.Minute })
		h.shows("acme", 1)
		g := hold(h.db, "bolt")
		bolt := h.ask(t.Context(), "bolt")
		synctest.Wait()
		before := h.db.after
		h.db.on(failing("revision"), before)
		h.polled()
		if !h.State().Away {
			t.Fatal("not away")
		}
		close(g.open)
		if a := <-bolt; a.err != nil {
			t.Fatal(a.err)
		}
		h.shows("acme", 1)
		h.shows("bolt", 2)
		if s := h.State(); s.Loaded != 2 {
			t.Errorf("while away: %+v", s)
		}
		h.back()
		h.shows("core", 3)
		if s := h.State(); s.Loaded != 1 {
			t.Errorf("afterwards: %+v", s)
		}
	})
}

func usages(r *registry.Registry) map[string]int64 {
	got := map[string]int64{}
	r.Usages(func(tenant, shop string, u *broker.Usage) bool {
		got[tenant+"/"+shop] = u.V1.Load()*100 + u.V2.Load()
		return true
	})
	return got
}

func (h *house) count(name string, m broker.Method) {
	h.t.Helper()
	tenant, err := h.Tenant(h.t.Context(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	tenant.Shops["shop"].Usage.Count(m, false)
}

func TestUsageOutlivesSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core"), bound(1))
		h.count("acme", broker.HMAC)
		h.count("bolt", broker.HMAC2) // acme is not held any more
		h.shows("core", 3)            // seen, never used
		h.count("acme", broker.HMAC)
		h.db.put("acme")
		h.polled()
		h.count("acme", broker.HMAC2) // another snapshot
		want := map[string]int64{"acme/shop": 201, "bolt/shop": 1}
		if diff := cmp.Diff(want, usages(h.Registry)); diff != "" {
			t.Error(diff)
		}

		var seen int
		h.Usages(func(string, string, *broker.Usage) bool { seen++; return false })
		if seen != 1 {
			t.Errorf("%d yields after the one that said stop", seen)
		}

		h.db.drop("acme")
		h.polled()
		if diff := cmp.Diff(map[string]int64{"bolt/shop": 1}, usages(h.Registry)); diff != "" {
			t.Error(diff)
		}
	})
}
