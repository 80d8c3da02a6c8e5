// Package limit refuses who asks too often: limit.go whoever asks for storefront
// tokens without end, guess.go whoever guesses passwords and client secrets.
//
// The former is counted in this process alone and forgets the longest unused
// first, so that its memory is bounded whoever asks. Guesses are counted in the
// store, for all processes.
package limit

import (
	"context"
	"hash/maphash"
	"net/netip"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	burstSeconds = 5       // a client address may ask this many seconds' worth at once
	replayRate   = 1       // exchanges a second with one and the same signature
	replayBurst  = 30      // as many may come at once: open tabs, a reload, a page that retries
	defaultSize  = 1 << 16 // 13 MB for addresses and 13 MB for signatures, when both are full
)

// Config says what is limited.
type Config struct {
	// Rate is how many exchanges a second one client address may ask for on
	// average; five times as many may come at once. An IPv6 client is known by
	// its /64. 0 turns every storefront limit off. It must be finite and not negative.
	Rate float64
	// Size is how many addresses, and how many signatures, are remembered. 0: 65,536 of each.
	Size int
	// Ledger keeps wrong guesses. Nil: nobody guesses, because nothing can be
	// guessed at.
	Ledger Ledger
	// Held is how long whoever guesses too often waits for being told so. 0: 250 ms.
	Held time.Duration
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// New makes the limiter. It is safe for concurrent use.
func New(c Config) broker.Limiter {
	if c.Size <= 0 {
		c.Size = defaultSize
	}
	if c.Held <= 0 {
		c.Held = usualHeld
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return byGrant{storefront: newStorefront(c), guesses: newGuesses(c)}
}

// byGrant sends what is asked with credentials one way, and the rest the other.
type byGrant struct{ storefront, guesses broker.Limiter }

// Allow implements broker.Limiter.
func (l byGrant) Allow(ctx context.Context, t *broker.Tenant, r *broker.Request) (func(error) error, error) {
	switch r.Grant {
	case broker.Storefront, broker.AppProxy, broker.SessionToken, broker.Webhook, broker.Install:
		return l.storefront.Allow(ctx, t, r)
	}
	return l.guesses.Allow(ctx, t, r)
}

func newStorefront(c Config) broker.Limiter {
	if c.Rate == 0 {
		return open{}
	}
	return &storefront{
		now:     c.Now,
		seed:    maphash.MakeSeed(),
		clients: newBuckets(c.Rate, burstSeconds*c.Rate, c.Size),
		replays: newBuckets(replayRate, replayBurst, c.Size),
	}
}

// open lets everybody in.
type open struct{}

func (open) Allow(context.Context, *broker.Tenant, *broker.Request) (func(error) error, error) {
	return same, nil
}

// storefront counts by address and by signature. Every key is hashed with a
// seed of this process: no address and no signature is kept, and nobody can
// choose keys that meet in one bucket.
type storefront struct {
	now     func() time.Time
	seed    maphash.Seed
	clients *buckets
	replays *buckets
}

// Allow implements broker.Limiter. The outcome makes no difference: a refused
// exchange has cost as much as a granted one.
func (s *storefront) Allow(_ context.Context, t *broker.Tenant, r *broker.Request) (func(error) error, error) {
	now := s.now()
	if wait := s.byAddress(r.Addr, now); wait > 0 {
		return nil, errAddress.After(wait)
	}
	if wait := s.bySignature(t.Name, r.Customer, now); wait > 0 {
		return nil, errSignature.After(wait)
	}
	return same, nil
}

func (s *storefront) byAddress(a netip.Addr, now time.Time) time.Duration {
	if !a.IsValid() {
		return 0
	}
	return s.clients.take(maphash.Comparable(s.seed, client(a)), now)
}

// bySignature gives each pair of id and signature its own bucket. So a captured
// pair cannot mint without end, and whoever sends rubbish for somebody else's id
// empties the rubbish's bucket. What is missing is the proof's to refuse: all
// who send nothing would share one bucket here.
func (s *storefront) bySignature(tenant string, e broker.Evidence, now time.Time) time.Duration {
	if e.ID == "" || e.Signature == "" {
		return 0
	}
	return s.replays.take(maphash.Comparable(s.seed, replay{tenant, e.ID, e.Signature}), now)
}

// replay is what stays the same when a signature is used again.
type replay struct{ tenant, id, signature string }

// client is whom an address belongs to: an IPv4 address, however written, or
// the /64 of an IPv6 one, which is what a single household gets.
func client(a netip.Addr) [16]byte {
	k := a.As16()
	if !a.Unmap().Is4() {
		clear(k[8:])
	}
	return k
}

// same leaves an outcome as it is.
func same(outcome error) error { return outcome }

var (
	errAddress = broker.Refuse(broker.RateLimited,
		"too many token requests from this network address; keep each token until it expires, and try again after the seconds in Retry-After")
	errSignature = broker.Refuse(broker.RateLimited,
		"this signature was used too often in a short time; keep its token until it expires instead of asking at every step, and try again after the seconds in Retry-After")
)
