package registry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// slowest is the longest time between two polls while the database is away.
const slowest = time.Second

var errNotStarted = errors.New("registry: Run before Start")

// feed is where in the source's changes the registry stands.
type feed struct {
	begun  bool
	epoch  string
	n      int64
	lapsed bool // the tenants have been away for longer than they may be served
}

// Start reads all names for the first time. It fails if the source does, and
// may then be called again.
func (r *Registry) Start(ctx context.Context) error {
	began := r.config.Now()
	if err := r.sync(ctx); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	r.recovered(began)
	return nil
}

// Run follows the changes until ctx ends, and then returns nil. It must come
// after a Start that succeeded, and run once at a time.
func (r *Registry) Run(ctx context.Context) error {
	if !r.feed.begun {
		return errNotStarted
	}
	delay, wait := r.config.Poll, r.config.Poll
	for pass(ctx, wait) {
		began := time.Now()
		if r.poll(ctx) {
			delay = r.config.Poll
		} else {
			delay = r.retreat(delay)
		}
		// What a hanging poll has taken counts as waiting: the database may be
		// back on another address by now.
		wait = max(delay-time.Since(began), r.config.Poll)
	}
	return nil
}

// pass lets time pass. It returns false once ctx has ended.
func pass(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retreat returns how long to wait after another poll that failed: more than
// the last time, and not what every other server waits.
func (r *Registry) retreat(delay time.Duration) time.Duration {
	longest := min(2*delay, max(slowest, r.config.Poll))
	return longest/2 + rand.N(longest/2+1)
}

// poll looks at the feed once and tells whether the source answered.
func (r *Registry) poll(ctx context.Context) bool {
	began := r.config.Now()
	err := r.sync(ctx)
	switch {
	case err == nil:
		r.recovered(began)
	case ctx.Err() == nil:
		r.lost(err)
	}
	return err == nil
}

// recovered notes a poll that has gone well. What it found is in force already.
func (r *Registry) recovered(began time.Time) {
	old := r.health.Load()
	if old.away && old.syncs > 0 {
		r.config.Log.Info("the database answers again", "away", r.config.Now().Sub(old.synced).Round(time.Millisecond).String())
	}
	r.health.Store(&health{synced: began, syncs: old.syncs + 1})
	r.feed.lapsed = false
}

// lost notes a poll that has failed. Only the change is logged.
func (r *Registry) lost(err error) {
	h := *r.health.Load()
	if !h.away {
		r.config.Log.Error("the database is away, tenants are served from memory", "err", err)
		h.away = true
		r.health.Store(&h)
	}
	if !r.feed.lapsed && r.config.Now().Sub(h.synced) >= r.config.StaleFor {
		r.config.Log.Error("the database has been away for too long, no tenant is served", "since", h.synced)
		r.lapse()
	}
}

// lapse begins a new era, which ends the service of everything that is held
// without another check on the hot path.
func (r *Registry) lapse() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.era.Add(1)
	r.feed.lapsed = true
}

// sync takes over what has changed at the source, or nothing if it fails on the way.
func (r *Registry) sync(ctx context.Context) (err error) {
	defer rescue(&err)
	epoch, n, err := r.revision(ctx)
	if err != nil {
		return err
	}
	f := &r.feed
	switch {
	case !f.begun || epoch != f.epoch || n < f.n:
		err = r.reset(ctx, n)
	case n > f.n:
		err = r.follow(ctx, n)
	}
	if err == nil {
		f.begun, f.epoch, f.n = true, epoch, n
	}
	return err
}

// follow takes over the changes up to n. The names are read too, because a
// change doesn't tell that a tenant was deleted; they are read last, so that
// they show at least what the changes do.
func (r *Registry) follow(ctx context.Context, n int64) error {
	changed, complete, err := r.changes(ctx)
	if err != nil {
		return err
	}
	if !complete {
		return r.reset(ctx, n)
	}
	names, err := r.names(ctx)
	if err != nil {
		return err
	}
	r.apply(names, changed, n, false)
	return nil
}

// reset takes over everything. What is held can still be served stale.
func (r *Registry) reset(ctx context.Context, n int64) error {
	names, err := r.names(ctx)
	if err != nil {
		return err
	}
	r.apply(names, names, n, true)
	return nil
}
