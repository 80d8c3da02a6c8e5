package registry

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/shapestoken/shapestoken/server/broker"
)

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
	if r.land(e, f.err) {
		r.config.Log.Warn("a tenant can't be loaded", "tenant", e.name, "err", f.err)
	}
}

// land ends e's flight and keeps account of failures. It tells whether this is
// the first of a run, which is the one to log.
func (r *Registry) land(e *entry, err error) (first bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.flight = nil
	if err == nil || errors.Is(err, broker.ErrNoTenant) {
		e.trouble = nil
		return false
	}
	now := r.config.Now()
	first = e.trouble == nil
	if first {
		e.trouble = &trouble{since: now}
	}
	e.trouble.last, e.trouble.syncs = now, r.health.Load().syncs
	return first
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
