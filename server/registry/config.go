package registry

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Source is where tenants come from. Its calls are bounded by their context and
// may be made concurrently; what one call shows, every later call shows too.
type Source interface {
	// Names returns the name of every tenant.
	Names(ctx context.Context) ([]string, error)

	// Load reads one tenant. It returns broker.ErrNoTenant if there is none.
	// Record.Revision is that of the transaction the record was read in.
	Load(ctx context.Context, name string) (broker.Record, error)

	// Revision returns the number of the last change, and the epoch within
	// which such numbers can be compared.
	Revision(ctx context.Context) (epoch string, n int64, err error)

	// ChangesSince returns the tenants that were made, changed or deleted by
	// changes with a number above n. It is not complete if the feed doesn't
	// reach back that far.
	ChangesSince(ctx context.Context, n int64) (names []string, complete bool, err error)
}

// Assemble prepares a tenant for serving. It must not keep what it is given.
// usage returns the counters of a shop, which outlive the tenant it returns.
type Assemble func(rec broker.Record, usage func(shop string) *broker.Usage) (*broker.Tenant, error)

// Config is what a registry is made of. Source and Assemble are required; of
// everything else the zero value means the default.
type Config struct {
	Source   Source
	Assemble Assemble

	// Bound is how many tenants are held ready. Beyond it, those not asked for
	// lately make room, but never while the database is away. Default 100,000.
	Bound int

	// StaleFor is how long after the last successful poll tenants are still
	// served from memory. Default 24 h.
	StaleFor time.Duration

	// LoadTimeout bounds each query, and the time a caller waits for a tenant
	// in all; reading all the names may take ten times as long. Default 1 s.
	LoadTimeout time.Duration

	// Poll is the time between two looks at the change feed. Default 250 ms.
	Poll time.Duration

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default: nothing is logged
}

func (c Config) withDefaults() Config {
	c.Bound = cmp.Or(max(c.Bound, 0), 100_000)
	c.StaleFor = cmp.Or(c.StaleFor, 24*time.Hour)
	c.LoadTimeout = cmp.Or(c.LoadTimeout, time.Second)
	c.Poll = cmp.Or(c.Poll, 250*time.Millisecond)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
