package registry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/registry"
)

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
		time.Sleep(time.Nanosecond)
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
		time.Sleep(time.Nanosecond)
		h.refuses("acme", broker.Unavailable)
		h.shows("bolt", 2)
		h.db.up()
		time.Sleep(minute)
		synctest.Wait()
		h.shows("acme", v)

		// That it can be loaded again makes the next failure a first one.
		h.db.put("acme")
		time.Sleep(minute)
		synctest.Wait()
		h.db.on(failing("load acme"), nil)
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

		// What hasn't been held is served for want of anything better.
		v = h.db.put("bolt")
		time.Sleep(minute)
		synctest.Wait()
		source.behind = 1
		h.shows("bolt", v)
		time.Sleep(time.Second)
		h.shows("bolt", v)
		if n := h.db.count("load bolt"); n != 2 {
			t.Errorf("a tenant older than announced was loaded %d times, want once a second", n)
		}
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
