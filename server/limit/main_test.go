package limit

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

var acme = &broker.Tenant{Name: "acme"}

// clock is a time that moves only when it is told to.
type clock struct{ now time.Time }

func newClock() *clock {
	return &clock{time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
}
func (c *clock) Now() time.Time       { return c.now }
func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }
func signature(n int) string          { return fmt.Sprintf("%064x", n) }
func from(addr string) *broker.Request {
	return &broker.Request{Grant: broker.Storefront, Addr: netip.MustParseAddr(addr)}
}
func signed(id, sig string) *broker.Request {
	return &broker.Request{Grant: broker.Storefront, Customer: broker.Evidence{ID: id, Signature: sig}}
}

// wait asks once and returns zero if it was let in, and otherwise what the refusal advises.
func wait(tb testing.TB, l broker.Limiter, t *broker.Tenant, r *broker.Request) time.Duration {
	tb.Helper()
	done, err := l.Allow(context.Background(), t, r)
	if err == nil {
		done(nil)
		return 0
	}
	var refusal *broker.Error
	if !errors.As(err, &refusal) || refusal.Code != broker.RateLimited {
		tb.Fatalf("refused with %v; want a *broker.Error with code %s", err, broker.RateLimited)
	}
	if done != nil {
		tb.Fatal("a refusal came with a done func")
	}
	return refusal.RetryAfter
}

// admitted asks n times and counts how often it was let in.
func admitted(tb testing.TB, l broker.Limiter, t *broker.Tenant, r *broker.Request, n int) (in int) {
	tb.Helper()
	for range n {
		if wait(tb, l, t, r) == 0 {
			in++
		}
	}
	return in
}
