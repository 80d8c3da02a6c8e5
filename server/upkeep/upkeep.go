// Package upkeep is what a server does by itself: it sweeps what has expired
// and replaces signing keys that have grown old.
package upkeep

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Store says what is due.
type Store interface {
	// Sweep removes what nobody needs any more, in small batches.
	Sweep(ctx context.Context, now time.Time) error
	// DueKeys names tenants whose active signing key is to be replaced.
	DueKeys(ctx context.Context, now time.Time, limit int) ([]string, error)
}

// Config is what upkeep works with.
type Config struct {
	Store  Store
	Rotate func(ctx context.Context, tenant string) error // one tenant's key; a conflict with another server is no error
	Log    *slog.Logger
	Now    func() time.Time
}

const (
	period  = time.Minute
	atOnce  = 100 // keys replaced in one round
	patient = 30 * time.Second
)

// Run does a round about every minute until ctx ends. The first comes at a
// random moment, so that servers started together do not work together.
func Run(ctx context.Context, c Config) {
	wait := rand.N(period)
	for {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		Round(ctx, c)
		wait = period
	}
}

// Round does what is due now. Failures are logged; the next round tries again.
func Round(ctx context.Context, c Config) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	if err := c.Store.Sweep(ctx, c.Now()); err != nil {
		c.Log.Warn("sweep failed", "cause", err)
	}
	due, err := c.Store.DueKeys(ctx, c.Now(), atOnce)
	if err != nil {
		c.Log.Warn("signing keys could not be looked at", "cause", err)
		return
	}
	for _, tenant := range due {
		if err := c.Rotate(ctx, tenant); err != nil {
			c.Log.Warn("a signing key could not be replaced", "tenant", tenant, "cause", err)
			continue
		}
		c.Log.Info("signing key replaced", "tenant", tenant)
	}
}
