package registry

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// pause is how long a tenant whose load has failed is left alone. A successful
// poll ends it.
const pause = time.Second

// refresh waits until e shows what is wanted. Where that can't be had in time
// the answer is what it last showed.
func (r *Registry) refresh(ctx context.Context, e *entry) (*broker.Tenant, error) {
	if r.health.Load().away {
		return r.stale(e)
	}
	ctx, cancel := context.WithTimeout(ctx, r.config.LoadTimeout)
	defer cancel()
	for !e.gone.Load() {
		s, f := r.join(e)
		if s != nil {
			return s.tenant, s.err
		}
		if f == nil || !f.wait(ctx) {
			return r.stale(e)
		}
		switch {
		case errors.Is(f.err, broker.ErrNoTenant):
			// e has gone, unless it was made anew while we looked.
		case f.err != nil:
			return r.stale(e)
		case f.snap.shows(r.wanted(e)):
			return f.snap.tenant, f.snap.err // e may already have lost it to the clock
		}
	}
	return nil, broker.ErrNoTenant
}

// join returns what e shows, if that has become new enough; else the load that
// is under way, beginning one if need be; else nothing: e is to be left alone.
func (r *Registry) join(e *entry) (*snapshot, *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	want := r.wanted(e)
	if s := e.snap.Load(); s.shows(want) {
		return s, nil
	}
	if e.flight == nil && !r.resting(e.trouble) {
		e.flight = &flight{want: want, done: make(chan struct{})}
		go r.fly(e, e.flight)
	}
	return nil, e.flight
}

// resting tells whether a tenant in trouble is to be left alone.
func (r *Registry) resting(t *trouble) bool {
	return t != nil && t.syncs == r.health.Load().syncs && r.config.Now().Sub(t.last) < pause
}

// stale is the answer where nothing newer can be had.
func (r *Registry) stale(e *entry) (*broker.Tenant, error) {
	s := e.snap.Load()
	if s == nil || !r.bearable(e) {
		return nil, errAway
	}
	return s.tenant, s.err
}

// bearable bounds how long a tenant is served stale: by the last successful
// poll, and by how long its own loads have failed while the polls went well.
func (r *Registry) bearable(e *entry) bool {
	h, now := r.health.Load(), r.config.Now()
	if now.Sub(h.synced) >= r.config.StaleFor {
		return false
	}
	if h.away {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.trouble == nil || now.Sub(e.trouble.since) < r.config.StaleFor
}
