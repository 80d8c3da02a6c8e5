package registry_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// gate holds up loads of one tenant, after they have read.
type gate struct{ open chan struct{} }

func hold(db *database, name string) gate {
	g := gate{make(chan struct{})}
	db.on(nil, func(ctx context.Context, call string) error {
		if call != "load "+name {
			return nil
		}
		select {
		case <-g.open:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return g
}

type answer struct {
	tenant *broker.Tenant
	err    error
	took   time.Duration
}

// ask asks in the background.
func (h *house) ask(ctx context.Context, name string) <-chan answer {
	answers := make(chan answer, 1)
	began := time.Now()
	go func() {
		t, err := h.Tenant(ctx, name)
		answers <- answer{t, err, time.Since(began)}
	}()
	return answers
}

func TestOneLoadForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		g := hold(h.db, "acme")
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { h.shows("acme", 1) })
		}
		synctest.Wait()
		close(g.open)
		wg.Wait()
		if n := h.db.count("load acme"); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

// The same without holding the load up, so that some callers come just after it.
func TestOneLoadForAllInARush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { h.shows("acme", 1) })
		}
		wg.Wait()
		if n := h.db.count("load acme"); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

func TestColdTenantsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"))
		g := hold(h.db, "acme")
		acme := h.ask(t.Context(), "acme")
		synctest.Wait()
		h.shows("bolt", 2)
		close(g.open)
		if a := <-acme; a.err != nil {
			t.Error(a.err)
		}
	})
}

// Who goes away ends only its own waiting: the load it began goes on.
func TestCallerGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		g := hold(h.db, "acme")
		ctx, cancel := context.WithCancel(t.Context())
		first := h.ask(ctx, "acme")
		synctest.Wait()
		second := h.ask(t.Context(), "acme")
		synctest.Wait()

		cancel()
		if a := <-first; broker.AsError(a.err).Code != broker.Unavailable || a.took != 0 {
			t.Errorf("the one who went away: %v after %v", a.err, a.took)
		}
		close(g.open)
		if a := <-second; a.err != nil {
			t.Errorf("the one who stayed: %v", a.err)
		}
		if n := h.db.count("load acme"); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

func TestCallerWhoGoesAwayGetsWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.shows("acme", 1)
		v := h.db.put("acme")
		h.polled()
		g := hold(h.db, "acme")
		ctx, cancel := context.WithCancel(t.Context())
		a := h.ask(ctx, "acme")
		synctest.Wait()
		cancel()
		if a := <-a; a.err != nil || a.tenant.TokenTTL != 1 {
			t.Errorf("%+v, want version 1", a)
		}
		close(g.open)
		synctest.Wait()
		h.shows("acme", v)
	})
}

// A load that read before a change must not pass for one that shows it, neither
// to who began it nor to who comes after the poll.
func TestLoadFromBeforeTheChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		g := hold(h.db, "acme")
		before := h.ask(t.Context(), "acme")
		synctest.Wait()
		v := h.db.put("acme")
		h.polled()
		after := h.ask(t.Context(), "acme")
		synctest.Wait()
		close(g.open)
		for _, asked := range []<-chan answer{before, after} {
			if a := <-asked; a.err != nil || a.tenant.TokenTTL != time.Duration(v) {
				t.Errorf("%+v, want version %d", a, v)
			}
		}
		h.shows("acme", v)
		if n := h.db.count("load acme"); n != 2 {
			t.Errorf("%d loads, want the early one and one for both", n)
		}
	})
}

// The same across epochs, where the early load has the larger revision.
func TestLoadFromBeforeTheRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core"))
		g := hold(h.db, "acme")
		before := h.ask(t.Context(), "acme")
		synctest.Wait()
		h.db.restore("second", 1)
		h.polled()
		close(g.open)
		if a := <-before; a.err != nil || a.tenant.TokenTTL != time.Duration(h.db.version("acme")) {
			t.Errorf("%+v", a)
		}
		h.shows("acme", h.db.version("acme"))
	})
}

// A load that began before a restore and read after it is from the right
// database, but nobody can know: it is made again.
func TestLoadAcrossTheRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.db.on(func(ctx context.Context, call string) error {
			if call == "load acme" && h.db.count(call) == 1 {
				time.Sleep(poll + 1)
			}
			return nil
		}, nil)
		a := h.ask(t.Context(), "acme")
		synctest.Wait()
		h.db.restore("second", 9)
		h.polled()
		h.db.put("bolt") // so that the first load's revision is larger than wanted
		if a := <-a; a.err != nil || a.tenant.TokenTTL != time.Duration(h.db.version("acme")) {
			t.Errorf("%+v", a)
		}
		if n := h.db.count("load acme"); n != 2 {
			t.Errorf("%d loads, want 2", n)
		}
	})
}

func TestSourceKnowsOfDeletionBeforeThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"))
		h.db.drop("acme")
		h.unknown("acme")
		h.unknown("acme")
		if s, n := h.State(), h.db.count("load acme"); s.Tenants != 1 || n != 1 {
			t.Errorf("%d loads, %+v", n, s)
		}
	})
}

// The load finds nothing, then the tenant is made and polled, and only then the
// load returns: the new tenant must not be removed with the old one.
func TestMadeAnewWhileALoadFindsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.db.drop("acme")
		g := hold(h.db, "acme")
		a := h.ask(t.Context(), "acme")
		synctest.Wait()
		v := h.db.put("acme")
		h.polled()
		close(g.open)
		if a := <-a; a.err != nil || a.tenant.TokenTTL != time.Duration(v) {
			t.Errorf("%+v, want version %d", a, v)
		}
		h.shows("acme", v)
	})
}

// A poll removes the tenant, and so does a load that found nothing; that is one
// tenant less, not two.
func TestRemovedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core"))
		g := hold(h.db, "acme")
		held := h.db.after
		h.db.on(nil, func(ctx context.Context, call string) error {
			if call == "changes" { // of which the deletion isn't one yet
				h.db.drop("acme")
				h.ask(t.Context(), "acme")
				time.Sleep(time.Nanosecond) // until it has found nothing
			}
			return held(ctx, call)
		})
		h.db.put("bolt")
		h.polled()
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if s := h.State(); s.Tenants != 2 {
			t.Fatalf("after the poll: %+v", s)
		}
		close(g.open)
		synctest.Wait()
		if s := h.State(); s.Tenants != 2 {
			t.Errorf("after the load: %+v", s)
		}
	})
}

// What is loaded for a name that has been deleted meanwhile isn't held.
func TestDeletedWhileItLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		g := hold(h.db, "acme")
		a := h.ask(t.Context(), "acme")
		synctest.Wait()
		h.db.drop("acme")
		h.polled()
		close(g.open)
		<-a
		h.unknown("acme")
		if s := h.State(); s.Loaded != 0 || s.Tenants != 0 {
			t.Errorf("%+v", s)
		}
	})
}
