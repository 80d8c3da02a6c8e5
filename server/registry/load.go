package registry

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// pause is how long a tenant whose load has failed is left alone. A successful
// poll ends it.
const pause = time.Second

var errLagging = errors.New("the source shows an older revision than it had announced")

// flight is one load, shared by whoever waits for it. snap and err may be read
// once done is closed; both may be set, if snap is not as new as was wanted.
type flight struct {
	want mark // when it began
	done chan struct{}
	snap *snapshot
	err  error
}

func (f *flight) wait(ctx context.Context) bool {
	select {
	case <-f.done:
		return true
	case <-ctx.Done():
		return false
	}
}

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

// fly loads e. It belongs to no caller, so that one who goes away doesn't end
// it for the others.
func (r *Registry) fly(e *entry, f *flight) {
	defer close(f.done)
	f.snap, f.err = r.load(e, f.want.era)
	if errors.Is(f.err, broker.ErrNoTenant) {
		r.forget(e, f.want)
	} else if f.err == nil {
		r.hold(e, f.snap)
		if !f.snap.shows(f.want) {
			f.err = errLagging
		}
	}
	r.land(e, f.err)
}

// land ends e's flight and keeps account of failures. Only the first of a run
// is logged.
func (r *Registry) land(e *entry, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.flight = nil
	if err == nil || errors.Is(err, broker.ErrNoTenant) {
		e.trouble = nil
		return
	}
	now := r.config.Now()
	if e.trouble == nil {
		e.trouble = &trouble{since: now}
		r.config.Log.Warn("a tenant can't be loaded", "tenant", e.name, "err", err)
	}
	e.trouble.last, e.trouble.syncs = now, r.health.Load().syncs
}

// load reads e and assembles it. era is that of the moment before.
func (r *Registry) load(e *entry, era int64) (s *snapshot, err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(context.Background(), r.config.LoadTimeout)
	defer cancel()
	rec, err := r.config.Source.Load(ctx, e.name)
	if err != nil {
		return nil, err
	}
	s = &snapshot{at: mark{era, rec.Revision}}
	if s.tenant, err = r.assemble(rec, e); err != nil {
		r.config.Log.Error("a tenant's record can't be used", "tenant", e.name, "revision", rec.Revision, "err", err)
		s.tenant, s.err = nil, errCorrupt
	}
	return s, nil
}

func (r *Registry) assemble(rec broker.Record, e *entry) (t *broker.Tenant, err error) {
	defer rescue(&err)
	return r.config.Assemble(rec, e.usage)
}

// rescue turns a panic into an error. What was thrown is named, not printed: it
// may quote anything.
func rescue(err *error) {
	switch thrown := recover().(type) {
	case nil:
	case runtime.Error:
		*err = thrown
	default:
		*err = fmt.Errorf("panic with a %T", thrown)
	}
}
