package registry_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/registry"
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

func TestFailedLoadServesStaleAndBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), slowPoll)
		h.shows("acme", 1)
		h.db.put("acme")
		time.Sleep(minute)
		synctest.Wait()

		h.db.down() // and the next poll is a minute away
		for range 100 {
			h.shows("acme", 1)
			h.refuses("bolt", broker.Unavailable)
		}
		if a, b := h.db.count("load acme"), h.db.count("load bolt"); a != 2 || b != 1 {
			t.Errorf("a dead database was asked %d and %d times", a-1, b)
		}
		time.Sleep(time.Second - 1)
		h.shows("acme", 1)
		if n := h.db.count("load acme"); n != 2 {
			t.Errorf("asked again before a second was over")
		}
		time.Sleep(1)
		h.shows("acme", 1)
		if n := h.db.count("load acme"); n != 3 {
			t.Errorf("not asked again when a second was over")
		}
		if n := h.log.count("can't be loaded"); n != 2 {
			t.Errorf("%d lines in the log, want one for each tenant", n)
		}
		h.db.up()
		time.Sleep(time.Second)
		h.shows("acme", 3)
		h.shows("bolt", 2)
	})
}

const minute = time.Minute

// slowPoll leaves a minute in which a dead database has not been noticed.
func slowPoll(c *registry.Config) { c.Poll = minute }

func TestPollEndsTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.shows("acme", 1)
		v := h.db.put("acme")
		h.polled()
		h.db.down()
		h.shows("acme", 1)
		h.db.up()
		h.polled()
		h.shows("acme", v)
	})
}

// A tenant that can't be loaded while the polls go well isn't served for ever.
func TestOwnFailuresAreBoundedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), slowPoll)
		h.shows("acme", 1)
		h.shows("bolt", 2)
		v := h.db.put("acme")
		time.Sleep(minute)
		synctest.Wait()
		h.db.on(failing("load acme"), nil)
		h.shows("acme", 1)
		time.Sleep(day - 1)
		h.shows("acme", 1)
		time.Sleep(1)
		h.refuses("acme", broker.Unavailable)
		h.shows("bolt", 2)
		h.db.up()
		time.Sleep(minute)
		synctest.Wait()
		h.shows("acme", v)
	})
}

// lagging answers from a past that the feed is ahead of.
type lagging struct {
	*database
	behind int64
}

func (l *lagging) Load(ctx context.Context, name string) (broker.Record, error) {
	rec, err := l.database.Load(ctx, name)
	rec.Revision -= l.behind
	return rec, err
}

func TestLaggingSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &lagging{database: newDatabase("acme")}
		h := open(t, source.database, func(c *registry.Config) { c.Source = source; c.Poll = minute })
		h.shows("acme", 1)
		v := h.db.put("acme")
		time.Sleep(minute)
		synctest.Wait()
		source.behind = 1
		for range 100 {
			h.shows("acme", 1) // not newer than what is held: kept
		}
		if n := h.db.count("load acme"); n != 2 {
			t.Errorf("a lagging source was asked %d times", n-1)
		}
		source.behind = 0
		time.Sleep(time.Second)
		h.shows("acme", v)
	})
}

func TestUnusableRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"))
		h.shows("acme", 1)
		h.db.spoil("acme")
		h.polled()
		for range 100 {
			h.refuses("acme", broker.ServerError)
			h.shows("bolt", 2)
		}
		if n := h.db.count("load acme"); n != 2 {
			t.Errorf("an unusable record was read %d times", n-1)
		}
		if n := h.log.count(errBadRecord.Error()); n != 1 {
			t.Errorf("%d lines in the log, want 1", n)
		}
		if _, err := h.Tenant(t.Context(), "acme"); errors.Is(err, errBadRecord) {
			t.Errorf("what was wrong is said again with every answer: %v", err)
		}
		h.unavailable()
		h.refuses("acme", broker.ServerError)
		h.back()
		v := h.db.put("acme")
		h.polled()
		h.shows("acme", v)
	})
}

func TestPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), func(c *registry.Config) {
			c.Assemble = func(rec broker.Record, usage func(string) *broker.Usage) (*broker.Tenant, error) {
				if rec.Settings.Name == "acme" {
					panic("secret")
				}
				return assemble(rec, usage)
			}
		})
		h.refuses("acme", broker.ServerError)
		h.db.on(func(_ context.Context, call string) error {
			var names []string
			_ = names[len(call)]
			return nil
		}, nil)
		h.refuses("bolt", broker.Unavailable)
		h.polled()
		if !h.State().Away {
			t.Error("a poll that panics is no poll")
		}
		h.back()
		h.shows("bolt", 2)
		if h.log.count("secret") != 0 || h.log.count("panic with a string") != 1 || h.log.count("out of range") != 2 {
			t.Errorf("logged: %s", h.log.buf.String())
		}
	})
}
