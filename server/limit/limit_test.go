package limit

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestAddressBoundary(t *testing.T) {
	cases := []struct {
		rate  float64
		burst int
		retry time.Duration
	}{
		{rate: 20, burst: 100, retry: time.Second},
		{rate: 1, burst: 5, retry: time.Second},
		{rate: 0.5, burst: 3, retry: 2 * time.Second},
		{rate: 0.01, burst: 1, retry: 100 * time.Second},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.rate), func(t *testing.T) {
			now := newClock()
			l := New(Config{Rate: c.rate, Now: now.Now})
			if in := admitted(t, l, acme, from("203.0.113.7"), c.burst); in != c.burst {
				t.Fatalf("%d of the first %d were let in", in, c.burst)
			}
			if got := wait(t, l, acme, from("203.0.113.7")); got != c.retry {
				t.Fatalf("after the burst: Retry-After %v, want %v", got, c.retry)
			}
			interval := time.Duration(float64(time.Second) / c.rate)
			now.pass(interval - time.Millisecond)
			if wait(t, l, acme, from("203.0.113.7")) == 0 {
				t.Fatal("let in a millisecond early")
			}
			now.pass(time.Millisecond)
			if in := admitted(t, l, acme, from("203.0.113.7"), 2); in != 1 {
				t.Fatalf("after one interval %d were let in, want 1", in)
			}
		})
	}
}

func TestWhoSharesAnAddress(t *testing.T) {
	cases := []struct {
		name, first, second string
		shared              bool
	}{
		{"the same IPv4 address", "203.0.113.7", "203.0.113.7", true},
		{"its neighbour", "203.0.113.7", "203.0.113.8", false},
		{"IPv4 written as IPv6", "203.0.113.7", "::ffff:203.0.113.7", true},
		{"two mapped neighbours", "::ffff:203.0.113.7", "::ffff:203.0.113.8", false},
		{"one /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"the next /64", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"a zone makes no other host", "fe80::1%eth0", "fe80::1%eth1", true},
		{"zeroes in both families", "0.0.0.0", "::", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := New(Config{Rate: 1, Now: newClock().Now})
			admitted(t, l, acme, from(c.first), 5)
			if shared := wait(t, l, acme, from(c.second)) > 0; shared != c.shared {
				t.Errorf("shared a bucket: %v, want %v", shared, c.shared)
			}
		})
	}
}

func TestAddressCountsAcrossTenants(t *testing.T) {
	l := New(Config{Rate: 1, Now: newClock().Now})
	admitted(t, l, acme, from("203.0.113.7"), 5)
	if wait(t, l, &broker.Tenant{Name: "other"}, from("203.0.113.7")) == 0 {
		t.Error("another tenant gave the same client a new bucket")
	}
}

func TestUnknownAddressIsNotLimited(t *testing.T) {
	l := New(Config{Rate: 1, Now: newClock().Now})
	for n := range 1000 {
		if wait(t, l, acme, signed("1", signature(n))) > 0 {
			t.Fatalf("request %d of no address was refused", n)
		}
	}
}

func TestReplayBoundary(t *testing.T) {
	now := newClock()
	l := New(Config{Rate: 1000, Now: now.Now})
	pair := signed("7", signature(7))
	if in := admitted(t, l, acme, pair, 31); in != 30 {
		t.Fatalf("a captured pair was let in %d times at once, want 30", in)
	}
	if got := wait(t, l, acme, pair); got != time.Second {
		t.Fatalf("Retry-After %v, want 1s", got)
	}
	now.pass(time.Second - time.Millisecond)
	if wait(t, l, acme, pair) == 0 {
		t.Fatal("let in a millisecond early")
	}
	now.pass(time.Millisecond)
	if in := admitted(t, l, acme, pair, 2); in != 1 {
		t.Fatalf("after a second %d were let in, want 1", in)
	}
}

func TestWhoSharesASignature(t *testing.T) {
	other := &broker.Tenant{Name: "other"}
	shop := signed("7", signature(7))
	shop.Customer.Shop, shop.Customer.Timestamp = "acme.myshopify.com", "1795200000"
	cases := []struct {
		name   string
		tenant *broker.Tenant
		second *broker.Request
		shared bool
	}{
		{"the same pair", acme, signed("7", signature(7)), true},
		{"the same pair with more beside it", acme, shop, true},
		{"rubbish for the same customer", acme, signed("7", signature(8)), false},
		{"the signature for another customer", acme, signed("8", signature(7)), false},
		{"another tenant's", other, signed("7", signature(7)), false},
		{"the same letters, divided elsewhere", acme, signed("70", signature(7)[1:]), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := New(Config{Rate: 1, Now: newClock().Now})
			admitted(t, l, acme, signed("7", signature(7)), 30)
			if shared := wait(t, l, c.tenant, c.second) > 0; shared != c.shared {
				t.Errorf("shared a bucket: %v, want %v", shared, c.shared)
			}
		})
	}
}

func TestNothingSentIsNoSignature(t *testing.T) {
	for _, r := range []*broker.Request{signed("", ""), signed("7", ""), signed("", signature(7))} {
		l := New(Config{Rate: 1, Now: newClock().Now})
		if in := admitted(t, l, acme, r, 100); in != 100 {
			t.Errorf("%+v: %d of 100 got through to the proof, which says what is missing", r.Customer, in)
		}
	}
}

func TestZeroRateIsOff(t *testing.T) {
	l := New(Config{})
	r := signed("7", signature(7))
	r.Addr = netip.MustParseAddr("203.0.113.7")
	if in := admitted(t, l, acme, r, 1000); in != 1000 {
		t.Errorf("%d of 1000 were let in", in)
	}
}

func TestDefaults(t *testing.T) {
	l := New(Config{Rate: 1e-3})
	if in := admitted(t, l, acme, from("203.0.113.7"), 2); in != 1 {
		t.Errorf("with the real clock and one request in 1000 seconds, %d of 2 were let in", in)
	}
	if n := l.(byGrant).storefront.(*storefront).clients.len(); n != 1 {
		t.Errorf("%d clients are remembered, want 1", n)
	}
}

func TestMessagesAreForPeople(t *testing.T) {
	l := New(Config{Rate: 1, Now: newClock().Now})
	admitted(t, l, acme, from("203.0.113.7"), 5)
	admitted(t, l, acme, signed("7", signature(7)), 30)
	for _, r := range []*broker.Request{from("203.0.113.7"), signed("7", signature(7))} {
		_, err := l.Allow(context.Background(), acme, r)
		refusal := broker.AsError(err)
		if !strings.Contains(refusal.Message, "keep") || !strings.Contains(refusal.Message, "Retry-After") {
			t.Errorf("%q doesn't say what to do", refusal.Message)
		}
		for _, sent := range []string{"203.0.113.7", signature(7)} {
			if strings.Contains(err.Error(), sent) {
				t.Errorf("%q quotes the request", err)
			}
		}
	}
}

func TestClockGoingBackLocksNobodyOut(t *testing.T) {
	now := newClock()
	l := New(Config{Rate: 1, Now: now.Now})
	admitted(t, l, acme, from("203.0.113.7"), 5)
	now.pass(-time.Hour)
	if got := wait(t, l, acme, from("203.0.113.7")); got != time.Second {
		t.Fatalf("Retry-After %v, want 1s", got)
	}
	now.pass(time.Hour + time.Second)
	if got := wait(t, l, acme, from("203.0.113.7")); got != 0 {
		t.Errorf("still refused a second later, for %v", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const size = 640
	l := New(Config{Rate: 1, Size: size, Now: newClock().Now}).(byGrant).storefront.(*storefront)
	for n := range 10 * size {
		r := signed("7", signature(n))
		r.Addr = netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)})
		wait(t, l, acme, r)
	}
	for name, b := range map[string]*buckets{"addresses": l.clients, "signatures": l.replays} {
		if n := b.len(); n > size {
			t.Errorf("%d %s are remembered, want at most %d", n, name, size)
		}
	}
}

func TestRecentlyUsedIsRemembered(t *testing.T) {
	l := New(Config{Rate: 1, Size: 128, Now: newClock().Now})
	for n := range 1000 {
		wait(t, l, acme, signed("8", signature(n)))
		if in := wait(t, l, acme, signed("7", signature(7))) == 0; n >= 30 && in {
			t.Fatalf("a pair in constant use was forgotten after %d others", n)
		}
	}
}

func (b *buckets) len() (n int) {
	for i := range b.shards {
		n += b.shards[i].recent.Len()
	}
	return n
}

// TestRateIsKept is the promise itself: whatever the timing, no more than the
// burst and what has grown since; and whoever waits as told is let in.
func TestRateIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, began := newClock(), newClock().now
		perSecond := rapid.Float64Range(0.05, 50).Draw(t, "rate")
		l := New(Config{Rate: perSecond, Now: now.Now})
		in := 0
		for range rapid.IntRange(1, 300).Draw(t, "requests") {
			now.pass(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			_, err := l.Allow(context.Background(), acme, from("203.0.113.7"))
			if err == nil {
				in++
				continue
			}
			now.pass(broker.AsError(err).RetryAfter)
			if _, err := l.Allow(context.Background(), acme, from("203.0.113.7")); err != nil {
				t.Fatalf("waited as told and was refused: %v", err)
			}
			in++
		}
		most := max(1, 5*perSecond+1) + perSecond*now.now.Sub(began).Seconds()
		if float64(in) > most+1e-6 {
			t.Fatalf("%d let in, at most %f were due", in, most)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	l := New(Config{Rate: 10, Size: 64, Now: newClock().Now})
	var in atomic.Int64
	var all sync.WaitGroup
	for g := range 16 {
		all.Go(func() {
			for n := range 500 {
				r := signed("7", signature(g*500+n))
				wait(t, l, acme, r)
				if wait(t, l, acme, from("203.0.113.7")) == 0 {
					in.Add(1)
				}
			}
		})
	}
	all.Wait()
	if in.Load() != 50 {
		t.Errorf("16 goroutines with one address were let in %d times, want the burst of 50", in.Load())
	}
}

func TestLettingInAllocatesNothing(t *testing.T) {
	r := signed("7", signature(7))
	r.Addr = netip.MustParseAddr("2001:db8::1")
	for name, l := range map[string]broker.Limiter{"on": New(Config{Rate: 1e6, Now: time.Now}), "off": New(Config{})} {
		wait(t, l, acme, r)
		if n := testing.AllocsPerRun(20, func() { wait(t, l, acme, r) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
