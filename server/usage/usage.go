// Package usage keeps how shops' themes sign where every server and command can
// see it: the counters of this process are added to the store's now and then,
// off the hot path's clock.
package usage

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Store adds to what is known.
type Store interface {
	AddUses(ctx context.Context, uses []broker.Uses) error
}

// Every is how often the counters are written. A secret that looks quiet may
// have been used that long ago.
const Every = 10 * time.Second

const (
	batched = 200
	patient = 5 * time.Second
)

// Flusher writes what has been counted since it last did.
type Flusher struct {
	store Store
	each  func(yield func(tenant, shop string, u *broker.Usage) bool)
	log   *slog.Logger
	now   func() time.Time
	told  map[*broker.Usage]tally // of shops that have been used
}

// tally is what the store has been told of a shop.
type tally struct {
	v1, v2  int64
	secrets map[int64]int64 // uses by number
}

// change is what it has not been told yet.
type change struct {
	usage *broker.Usage
	now   tally
	uses  broker.Uses
}

// New returns a flusher of the counters that each yields.
func New(s Store, each func(yield func(tenant, shop string, u *broker.Usage) bool), log *slog.Logger, now func() time.Time) *Flusher {
	return &Flusher{store: s, each: each, log: log, now: now, told: map[*broker.Usage]tally{}}
}

// Run writes every ten seconds until ctx ends, and once more then.
func (f *Flusher) Run(ctx context.Context) { regularly(ctx, f.flush) }

func regularly(ctx context.Context, flush func(context.Context)) {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			flush(ctx)
		case <-ctx.Done():
			flush(context.WithoutCancel(ctx))
			return
		}
	}
}

// flush writes in batches. What could not be written is written the next time.
func (f *Flusher) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for batch := range slices.Chunk(f.changes(), batched) {
		uses := make([]broker.Uses, len(batch))
		for i, c := range batch {
			uses[i] = c.uses
		}
		if err := f.store.AddUses(ctx, uses); err != nil {
			f.log.Warn("uses of secrets could not be recorded; they are the next time", "cause", err)
			return
		}
		for _, c := range batch {
			f.told[c.usage] = c.now
		}
	}
}

// changes are the shops that have been used since, and forgets those that are gone.
func (f *Flusher) changes() (list []change) {
	at, there := f.now(), make(map[*broker.Usage]tally, len(f.told))
	f.each(func(tenant, shop string, u *broker.Usage) bool {
		before, now := f.told[u], read(u)
		there[u] = before
		uses := broker.Uses{Tenant: tenant, Shop: shop, V1: now.v1 - before.v1, V2: now.v2 - before.v2, At: at}
		for number, n := range now.secrets {
			if n > before.secrets[number] {
				uses.Secrets = append(uses.Secrets, number)
			}
		}
		if uses.V1 > 0 || uses.V2 > 0 || len(uses.Secrets) > 0 {
			list = append(list, change{u, now, uses})
		}
		return true
	})
	f.told = there
	return list
}

func read(u *broker.Usage) tally {
	t := tally{v1: u.V1.Load(), v2: u.V2.Load(), secrets: map[int64]int64{}}
	for number, n := range u.Secrets {
		if n > 0 {
			t.secrets[number] = n
		}
	}
	return t
}
