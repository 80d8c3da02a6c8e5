package registry_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestAwayAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"))
		h.shows("acme", 1)
		h.polled()
		last := time.Now()
		v := h.db.put("acme")
		h.unavailable()
		loads := h.db.loads()

		time.Sleep(time.Hour)
		h.shows("acme", 1)
		h.refuses("bolt", broker.Unavailable)   // known, not loaded
		h.refuses("nobody", broker.Unavailable) // nobody can tell
		if n := h.db.loads() - loads; n != 0 {
			t.Errorf("a dead database was asked for %d tenants", n)
		}
		if s := h.State(); !s.Away || !s.LastSync.Equal(last) {
			t.Errorf("%+v, want away since %v", s, last)
		}
		if n := h.log.count("is away"); n != 1 {
			t.Errorf("%d lines in the log for an hour away, want 1", n)
		}

		h.back()
		h.shows("acme", v)
		h.shows("bolt", 2)
		h.unknown("nobody")
		if n := h.log.count("answers again"); n != 1 {
			t.Errorf("%d lines in the log for coming back, want 1", n)
		}
		h.unavailable()
		if n := h.log.count("is away"); n != 2 {
			t.Errorf("the second time is not logged")
		}
	})
}

// Loaded but told of a change: the last thing the database said before it died.
func TestOutdatedIsServedWhileAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.shows("acme", 1)
		h.db.put("acme")
		h.polled()
		h.unavailable()
		h.shows("acme", 1)
	})
}

func TestRetriesAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.unavailable()
		time.Sleep(time.Minute) // long enough for the longest wait
		before := h.db.count("revision")
		time.Sleep(time.Minute)
		// Between half a second and a second apart, and hardly ever at either end.
		if n := h.db.count("revision") - before; n < 62 || n > 118 {
			t.Errorf("%d polls in a minute", n)
		}
	})
}

// What a hanging poll takes is part of the wait for the next one.
func TestHangingPollsAreBounded(t *testing.T) {
	for call, longest := range map[string]time.Duration{
		"revision": timeout, "changes": timeout, "names": 10 * timeout,
	} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, newDatabase("acme"))
				h.db.put("acme")
				h.db.on(func(ctx context.Context, c string) error {
					if c == call {
						return hang(ctx, c)
					}
					return nil
				}, nil)
				time.Sleep(poll + longest - 1)
				if h.State().Away {
					t.Error("given up too early")
				}
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				if !h.State().Away {
					t.Error("still waiting")
				}
				before := h.db.count("revision")
				time.Sleep(10 * (longest + poll))
				synctest.Wait()
				if n := h.db.count("revision") - before; n != 10 {
					t.Errorf("%d polls in the time of 10", n)
				}
			})
		})
	}
}

func TestHangingSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt", "core"))
		h.shows("acme", 1)
		h.shows("bolt", 2)
		h.db.put("acme")
		h.polled()
		h.db.hangs()

		acme, core := h.ask(t.Context(), "acme"), h.ask(t.Context(), "core")
		synctest.Wait()
		h.shows("bolt", 2) // nobody else waits
		if a := <-acme; a.err != nil || a.tenant.TokenTTL != 1 || a.took != timeout {
			t.Errorf("loaded: %+v", a)
		}
		if a := <-core; broker.AsError(a.err).Code != broker.Unavailable || a.took != timeout {
			t.Errorf("not loaded: %+v", a)
		}
		for range 100 { // and the next ones don't wait at all
			began := time.Now()
			h.shows("acme", 1)
			h.refuses("core", broker.Unavailable)
			if took := time.Since(began); took != 0 {
				t.Fatalf("waited again, %v", took)
			}
			time.Sleep(poll)
		}
		if !h.State().Away {
			t.Error("a database that hangs is not away")
		}
		h.back()
		h.shows("acme", 4)
	})
}

// A caller who waits for a second load, because its first came too early, waits
// no longer in all.
func TestWaitIsBoundedInAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		g := hold(h.db, "acme")
		a := h.ask(t.Context(), "acme")
		synctest.Wait()
		h.db.put("acme")
		time.Sleep(timeout * 9 / 10)
		synctest.Wait()
		h.db.hangs()
		close(g.open)
		if a := <-a; a.took != timeout || a.err != nil || a.tenant.TokenTTL != 1 {
			t.Errorf("%+v", a)
		}
		h.back()
	})
}

func TestStaleForIsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme", "bolt"), staleFor(time.Hour))
		h.shows("acme", 1)
		h.shows("bolt", 2)
		h.unavailable()
		last := h.State().LastSync

		time.Sleep(time.Until(last.Add(time.Hour - 1)))
		h.shows("acme", 1)
		time.Sleep(2 * time.Second) // at the next poll
		h.refuses("acme", broker.Unavailable)
		h.refuses("bolt", broker.Unavailable)
		if n := h.log.count("too long"); n != 1 {
			t.Errorf("%d lines in the log, want 1", n)
		}
		time.Sleep(time.Hour)
		h.refuses("acme", broker.Unavailable)
		if n := h.log.count("too long"); n != 1 {
			t.Errorf("%d lines in the log an hour later, want 1", n)
		}

		h.back()
		loads := h.db.loads()
		h.shows("acme", 1)
		if h.db.loads() != loads+1 {
			t.Error("after so long, what was held is believed")
		}
		// What nobody has asked for since can be served through the next outage.
		h.unavailable()
		h.shows("bolt", 2)
		h.shows("acme", 1)
		time.Sleep(time.Hour + time.Second)
		h.refuses("acme", broker.Unavailable)
		h.refuses("bolt", broker.Unavailable)
		if n := h.log.count("too long"); n != 2 {
			t.Error("the second end is not logged")
		}
	})
}

// A failed load of long ago doesn't count in an outage that began just now.
func TestStaleForBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"), staleFor(time.Hour))
		h.shows("acme", 1)
		h.db.put("acme")
		h.polled()
		h.db.down()
		h.shows("acme", 1) // its load fails, and then nobody asks again
		h.polled()
		time.Sleep(30 * time.Minute)
		h.back()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		h.unavailable()
		time.Sleep(30 * time.Minute)
		h.shows("acme", 1)
	})
}

// An outdated tenant doesn't even wait for the poll that notices.
func TestStaleForIsExactForTheOutdated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"), staleFor(time.Hour))
		h.shows("acme", 1)
		h.db.put("acme")
		h.polled()
		last := time.Now()
		h.unavailable()
		time.Sleep(time.Until(last.Add(time.Hour - 1)))
		h.shows("acme", 1)
		time.Sleep(time.Nanosecond)
		h.refuses("acme", broker.Unavailable)
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, newDatabase("acme"))
		h.db.hangs()
		h.polled() // in the middle of a poll; the bubble waits for Run to return
		if h.log.count("is away") != 0 {
			t.Error("logged too early")
		}
		t.Cleanup(func() {
			synctest.Wait()
			if n := h.log.count("is away"); n != 0 {
				t.Error("a poll that we ended ourselves was taken for an outage")
			}
		})
	})
}
