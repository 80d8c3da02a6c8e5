package registry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// model is what the registry may answer, as a caller sees it. Nothing happens
// concurrently but the registry's own polls and loads.
type model struct {
	*house
	bound   int
	epochs  int
	healthy bool             // the database answers, and there was a poll since it does
	answers bool             // it answers everything
	synced  map[string]int64 // what the last successful poll could see
	at      time.Time        // of that poll

	shown     map[string]int64     // the newest version a caller has seen
	held      map[string]bool      // loaded, and not deleted since
	good      map[string]time.Time // when an answer last came while healthy
	spoiled   map[string]bool      // ever
	forgotten map[string]bool      // found deleted before a poll said so
}

const staleness = time.Minute

// TestModel lets anything happen in any order. Raise -rapid.checks for more of it.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var thrown any
		synctest.Test(t, func(t *testing.T) {
			defer func() { thrown = recover() }()
			newModel(t, rt).run(rt)
		})
		if thrown != nil {
			panic(thrown) // rapid's own, which must not end in the bubble
		}
	})
}

func newModel(t *testing.T, rt *rapid.T) *model {
	m := &model{
		bound: rapid.SampledFrom([]int{2, 100}).Draw(rt, "bound"), healthy: true, answers: true,
		shown: map[string]int64{}, held: map[string]bool{}, good: map[string]time.Time{},
		spoiled: map[string]bool{}, forgotten: map[string]bool{},
	}
	m.house = open(t, newDatabase("a", "b", "c"), bound(m.bound), staleFor(staleness))
	m.note()
	return m
}

func (m *model) run(rt *rapid.T) {
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	fault := func(set func()) func(*rapid.T) {
		return func(*rapid.T) { set(); m.healthy, m.answers = false, false }
	}
	rt.Repeat(map[string]func(*rapid.T){
		"":        m.check,
		"ask":     func(rt *rapid.T) { m.judge(rt, name.Draw(rt, "name")) },
		"ask all": m.judgeAll,
		"put":     func(rt *rapid.T) { m.db.put(name.Draw(rt, "name")) },
		"spoil":   func(rt *rapid.T) { n := name.Draw(rt, "name"); m.db.spoil(n); m.spoiled[n] = true },
		"drop":    func(rt *rapid.T) { m.db.drop(name.Draw(rt, "name")) },
		"trim":    func(*rapid.T) { m.db.trim(0) },
		"restore": func(rt *rapid.T) {
			m.epochs++
			m.db.restore(fmt.Sprint("epoch ", m.epochs), rapid.Int64Range(0, 20).Draw(rt, "n"))
			m.healthy = false // until the next poll, its revisions contradict its feed
		},
		"down":       fault(m.db.down),
		"hangs":      fault(m.db.hangs),
		"loads fail": fault(func() { m.db.on(noLoads, nil) }),
		"up":         func(*rapid.T) { m.db.up(); m.answers = true },
		"wait": func(rt *rapid.T) {
			m.wait(rapid.SampledFrom([]time.Duration{poll / 3, poll, 3 * time.Second, staleness / 2, staleness + 1}).Draw(rt, "time"))
		},
		"poll": func(*rapid.T) { m.wait(3 * time.Second) },
	})
}

func noLoads(_ context.Context, call string) error {
	switch call {
	case "names", "revision", "changes":
		return nil
	}
	return errDown
}

func (m *model) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	m.note()
}

// note takes down what a poll has seen; the database doesn't change while time passes.
func (m *model) note() {
	s := m.State()
	if s.LastSync.Equal(m.at) {
		return
	}
	m.at, m.synced = s.LastSync, m.db.all()
	m.healthy = m.answers
	clear(m.forgotten)
	for name := range m.held {
		m.held[name] = m.held[name] && m.synced[name] != 0
	}
}

func (m *model) check(rt *rapid.T) {
	s := m.State()
	if s.Loaded > m.bound || s.Loaded > s.Tenants {
		rt.Fatalf("too many held: %+v, bound %d", s, m.bound)
	}
	if m.healthy && !s.Away && len(m.forgotten) == 0 && s.Tenants != len(m.synced) {
		rt.Fatalf("%d names, the last poll saw %d", s.Tenants, len(m.synced))
	}
}

func (m *model) judgeAll(rt *rapid.T) {
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		m.judge(rt, name)
	}
}

// judge asks for a tenant and fails unless the answer is one of those it may be.
func (m *model) judge(rt *rapid.T, name string) {
	began, away := time.Now(), m.State().Away
	t, err := m.Tenant(m.t.Context(), name)
	if took := time.Since(began); took > timeout {
		rt.Fatalf("%s: %v", name, took)
	}
	synctest.Wait()
	m.note()
	var fault string
	switch code := broker.AsError(err).Code; {
	case err == nil:
		fault = m.served(name, int64(t.TokenTTL))
	case errors.Is(err, broker.ErrNoTenant):
		fault = m.denied(name, away)
	case code == broker.ServerError:
		fault = m.unusable(name)
	case code == broker.Unavailable:
		fault = m.unserved(name, began)
	default:
		fault = "no such error"
	}
	if fault != "" {
		rt.Fatalf("%s: %s (%v, %v; seen %v, shown %v, state %+v)", name, fault, t, err, m.synced, m.shown, m.State())
	}
	if m.healthy {
		m.good[name] = time.Now()
	}
}

func (m *model) served(name string, version int64) string {
	was := m.shown[name]
	m.shown[name], m.held[name] = version, true
	switch {
	case m.synced[name] == 0:
		return "served, though the last poll saw no such tenant"
	case version < was:
		return fmt.Sprintf("goes back from version %d", was)
	case m.healthy && version < m.synced[name]:
		return "older than the last poll"
	case version > m.db.version(name) && m.db.version(name) != 0:
		return "newer than there is"
	case time.Since(m.at) > staleness+2*time.Second:
		return "served for too long"
	case m.healthy && m.db.unusable(name) && m.synced[name] == m.db.version(name):
		return "served, though its record can't be used"
	}
	return ""
}

func (m *model) denied(name string, away bool) string {
	m.held[name] = false
	forgotten := m.forgotten[name]
	if m.synced[name] != 0 {
		m.forgotten[name] = true
	}
	switch {
	case away:
		return "denied, though nobody can know"
	case m.synced[name] != 0 && m.db.version(name) != 0 && !forgotten:
		return "denied, though it is there and the last poll saw it"
	}
	return ""
}

func (m *model) unusable(name string) string {
	m.held[name] = false
	switch {
	case !m.spoiled[name]:
		return "was never unusable"
	case m.healthy && !m.db.unusable(name) && m.synced[name] == m.db.version(name):
		return "still unusable after a poll"
	}
	return ""
}

func (m *model) unserved(name string, began time.Time) string {
	switch {
	case m.healthy:
		return "unavailable, though the database answers"
	case m.bound < 5 || !m.held[name] || time.Since(m.at) >= staleness:
		return ""
	case m.State().Away || began.Sub(m.good[name]) < staleness:
		return "unavailable, though it was loaded"
	}
	return ""
}
