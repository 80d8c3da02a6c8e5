package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var backoff = broker.Backoff{Free: 3, Base: time.Second, Max: time.Minute, Window: 15 * time.Minute}

func fail(t *testing.T, tenant store.Tenant, key string, now time.Time, b broker.Backoff) time.Duration {
	t.Helper()
	return max(0, get[time.Time](t)(tenant.Failed(t.Context(), *Sum(key), now, b)).Sub(now))
}

func wait(t *testing.T, tenant store.Tenant, now time.Time, keys ...string) time.Duration {
	t.Helper()
	var sums []broker.Digest
	for _, key := range keys {
		sums = append(sums, *Sum(key))
	}
	return get[time.Duration](t)(tenant.Attempt(t.Context(), now, sums...))
}

var attempts = []promise{
	{"who guesses wrongly waits longer and longer, but not for ever", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		const s = time.Second
		for name, row := range map[string]struct {
			b     broker.Backoff
			waits []time.Duration
		}{
			"usual":            {backoff, []time.Duration{0, 0, s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s}},
			"nothing free":     {broker.Backoff{Base: s, Max: 3 * s, Window: s}, []time.Duration{s, 2 * s, 3 * s, 3 * s}},
			"one free":         {broker.Backoff{Free: 1, Base: s, Max: 4 * s, Window: s}, []time.Duration{s, 2 * s, 4 * s, 4 * s}},
			"always the most":  {broker.Backoff{Free: 2, Base: 9 * s, Max: s, Window: s}, []time.Duration{0, s, s}},
			"the most at once": {broker.Backoff{Base: 9 * s, Max: s, Window: s}, []time.Duration{s, s}},
			"hours":            {broker.Backoff{Base: time.Hour, Max: 100 * time.Hour, Window: s}, []time.Duration{3600 * s, 7200 * s, 14400 * s}},
		} {
			for i, want := range row.waits {
				same(t, name, fail(t, acme, name, Noon, row.b), want)
				same(t, name, wait(t, acme, Noon, name), want)
				if i == len(row.waits)-1 {
					same(t, name+", after that", wait(t, acme, Noon.Add(want), name), 0)
				}
			}
		}
	}},
	{"a backoff that waits for ever is for ever within bounds", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		fail(t, acme, "key", Noon, backoff)
		tamper(t, url, `UPDATE attempt SET failed = 1000000000000`)
		same(t, "the wait", fail(t, acme, "key", Noon, backoff), time.Minute)
		long := broker.Backoff{Free: 1, Base: time.Nanosecond * 1500, Max: 1<<63 - 1 - 50*365*day, Window: time.Hour}
		for range 70 {
			if w := fail(t, acme, "long", Noon, long); w < 0 || w > long.Max {
				t.Errorf("waits %v", w)
			}
		}
	}},
	{"wrong guesses are forgotten a window after the last", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		at := Noon
		for range 4 {
			fail(t, acme, "key", at, backoff)
			at = at.Add(backoff.Window - time.Microsecond)
		}
		same(t, "a moment before", fail(t, acme, "key", at, backoff), 4*time.Second)
		do(t, s.Sweep(t.Context(), at.Add(backoff.Window-time.Microsecond)))
		same(t, "kept", column(t, raw(t, url), `SELECT failed FROM attempt`), []string{"5"})
		same(t, "a window later", fail(t, acme, "key", at.Add(backoff.Window), backoff), 0)
		same(t, "the next", fail(t, acme, "key", at.Add(backoff.Window), backoff), 0)
		fail(t, acme, "strict", at, strict)
		fail(t, acme, "strict", at, strict)
		same(t, "nothing free", fail(t, acme, "strict", at.Add(time.Minute), strict), time.Second)
		do(t, s.Sweep(t.Context(), at.Add(2*backoff.Window)))
		same(t, "swept", column(t, raw(t, url), `SELECT failed FROM attempt`), nil)
	}},
	{"a wait that is longer than the window is waited for", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		b := broker.Backoff{Base: time.Hour, Max: 2 * time.Hour, Window: time.Minute}
		fail(t, acme, "key", Noon, b)
		same(t, "after the window", fail(t, acme, "key", Noon.Add(time.Minute), b), 2*time.Hour)
	}},
	{"of many wrong guesses at once each counts", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		Tenant(t, s, "acme")
		for _, err := range crowd(64, func(i int) error {
			_, err := []*store.Store{s, other}[i%2].In("acme").Failed(t.Context(), *Sum("key"), Noon, backoff)
			return err
		}) {
			want(t, "failed", err, nil)
		}
		same(t, "counted", column(t, raw(t, url), `SELECT failed FROM attempt`), []string{"64"})
	}},
	{"a right guess forgets the wrong ones, unless there are too many by now", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		succeed := func(now time.Time) time.Duration {
			t.Helper()
			return get[time.Duration](t)(acme.Succeeded(t.Context(), *Sum("key"), now))
		}
		same(t, "at first", succeed(Noon), 0)
		for range 2 {
			fail(t, acme, "key", Noon, backoff)
			fail(t, acme, "key", Noon, backoff)
			same(t, "after two", succeed(Noon), 0)
		}
		for range 4 {
			fail(t, acme, "key", Noon, backoff)
		}
		same(t, "too early", succeed(Noon.Add(time.Second)), time.Second)
		same(t, "still", wait(t, acme, Noon, "key"), 2*time.Second)
		same(t, "in time", succeed(Noon.Add(2*time.Second)), 0)
		same(t, "anew", fail(t, acme, "key", Noon, backoff), 0)
	}},
	{"who is counted under several keys waits for the longest", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		for i, key := range []string{"a", "b", "c", "d"} {
			for range i + 1 {
				fail(t, acme, key, Noon, strict)
			}
		}
		for _, row := range []struct {
			keys []string
			wait time.Duration
		}{
			{nil, 0}, {[]string{"x"}, 0}, {[]string{"a"}, 1}, {[]string{"a", "b"}, 2}, {[]string{"b", "a"}, 2},
			{[]string{"a", "c", "b"}, 4}, {[]string{"c", "a", "b"}, 4}, {[]string{"a", "b", "c"}, 4},
			{[]string{"x", "y", "z", "d"}, 8}, {[]string{"d", "y", "z", "x"}, 8},
		} {
			same(t, "wait", wait(t, acme, Noon, row.keys...), row.wait*time.Second)
			same(t, "in another tenant", wait(t, bell, Noon, row.keys...), 0)
		}
	}},
	{"a backoff has all its times", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		for _, b := range []broker.Backoff{
			{}, {Base: time.Second, Max: time.Second}, {Base: time.Second, Window: time.Second}, {Max: time.Second, Window: time.Second},
		} {
			if _, err := acme.Failed(t.Context(), *Sum("key"), Noon, b); err == nil {
				t.Errorf("%+v is taken", b)
			}
		}
	}},
}
