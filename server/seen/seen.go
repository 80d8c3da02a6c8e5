// Package seen remembers which customers exchanges have spoken for, off the hot
// path's clock: a customer is known once seen (contract section 3).
package seen

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Store keeps sightings; one it has already is left as it is.
type Store interface {
	RecordProfiles(ctx context.Context, batch []broker.Sighting) error
}

const (
	slots   = 1 << 20     // eight megabytes at the most, whatever the number of tenants
	waiting = 1 << 12     // sightings that wait to be written; more come again with the customer's next exchange
	batched = 256         // written at once, and no more of them
	every   = time.Second // so that a rush of new customers never takes the machine from exchanges
	patient = 5 * time.Second
)

// Recorder is a broker.Recorder. Run writes what it has seen.
type Recorder struct {
	store Store
	log   *slog.Logger
	now   func() time.Time
	seed  maphash.Seed
	queue chan broker.Sighting
	last  [slots]atomic.Uint64 // a hash of the customer last seen in each slot: most exchanges end here
}

// New returns a recorder that writes to s while Run runs.
func New(s Store, log *slog.Logger, now func() time.Time) *Recorder {
	return &Recorder{store: s, log: log, now: now, seed: maphash.MakeSeed(), queue: make(chan broker.Sighting, waiting)}
}

// Record implements broker.Recorder. It never waits: what finds no room is
// forgotten, and seen again another time.
func (r *Recorder) Record(e broker.Event) {
	if e.Err != nil || e.Identity.Subject.Kind != broker.Customer {
		return
	}
	s := broker.Sighting{Tenant: e.Tenant, Profile: broker.Profile{
		PID:      e.Identity.PID,
		Customer: broker.CustomerRef{Shop: e.Identity.Shop.Name, ID: e.Identity.Subject.ID},
	}}
	slot, hash := r.slot(s)
	if slot.Load() == hash {
		return
	}
	s.FirstSeen = r.now()
	select {
	case r.queue <- s:
		slot.Store(hash)
	default:
	}
}

func (r *Recorder) slot(s broker.Sighting) (*atomic.Uint64, uint64) {
	s.FirstSeen = time.Time{}
	hash := maphash.Comparable(r.seed, s)
	return &r.last[hash%slots], hash
}

// Run writes a batch of sightings every second until ctx ends, and what is left then.
func (r *Recorder) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.write(ctx, r.take())
		case <-ctx.Done():
			for r.write(context.WithoutCancel(ctx), r.take()) {
			}
			return
		}
	}
}

func (r *Recorder) take() []broker.Sighting {
	batch := make([]broker.Sighting, 0, min(len(r.queue), batched))
	for len(batch) < cap(batch) {
		batch = append(batch, <-r.queue)
	}
	return batch
}

// write tells whether it has written something. What could not be written is
// forgotten, and so seen again.
func (r *Recorder) write(ctx context.Context, batch []broker.Sighting) bool {
	if len(batch) == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	err := r.store.RecordProfiles(ctx, batch)
	if err == nil {
		return true
	}
	for _, s := range batch {
		slot, hash := r.slot(s)
		slot.CompareAndSwap(hash, 0)
	}
	r.log.Warn("customers seen could not be recorded; they are when they come again", "customers", len(batch), "cause", err)
	return false
}
