package registry

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// mark says what a snapshot shows, or must show. Revisions are comparable
// within one era only.
type mark struct{ era, revision int64 }

// snapshot is a tenant as one load found it. It never changes.
type snapshot struct {
	at     mark
	tenant *broker.Tenant
	err    error // in place of the tenant: its record can't be used
}

// shows tells whether s is new enough. A nil s shows nothing.
func (s *snapshot) shows(want mark) bool {
	return s != nil && s.at.era == want.era && s.at.revision >= want.revision
}

// entry is one name. It stays while its snapshots come and go. What every call
// reads stands first, on one cache line.
type entry struct {
	snap  atomic.Pointer[snapshot] // nil: not held. Written under Registry.mu
	want  atomic.Int64             // the revision a snapshot must show. Written under Registry.mu
	asked atomic.Bool              // since the clock's hand last came by
	gone  atomic.Bool              // no longer in the registry. Written under Registry.mu
	name  string

	// Guarded by Registry.mu.
	slot  int // place in the clock's ring, while held
	round int // of the listing that last named it

	mu      sync.Mutex
	flight  *flight                  // the load that is under way
	trouble *trouble                 // nil: the last load went well
	usages  map[string]*broker.Usage // by shop
}

// touch gives e its second chance. It writes only where that changes something,
// so that the processors asking for one tenant can all keep its cache line.
func (e *entry) touch() {
	if !e.asked.Load() {
		e.asked.Store(true)
	}
}

// usage returns a shop's counters, which are made when it is first seen.
func (e *entry) usage(shop string) *broker.Usage {
	e.mu.Lock()
	defer e.mu.Unlock()
	u := e.usages[shop]
	if u == nil {
		if e.usages == nil {
			e.usages = map[string]*broker.Usage{}
		}
		u = new(broker.Usage)
		e.usages[shop] = u
	}
	return u
}

// used returns the counters that have counted anything.
func (e *entry) used() map[string]*broker.Usage {
	e.mu.Lock()
	defer e.mu.Unlock()
	var used map[string]*broker.Usage
	for shop, u := range e.usages {
		if u.V1.Load()+u.V2.Load() == 0 {
			continue
		}
		if used == nil {
			used = map[string]*broker.Usage{}
		}
		used[shop] = u
	}
	return used
}

// trouble is a run of failed loads.
type trouble struct {
	since time.Time // the first of the run
	last  time.Time
	syncs int64 // health.syncs at the last
}

// wanted is what a snapshot of e must show. The era is read first: whoever sees
// a new one then sees what it wants of e.
func (r *Registry) wanted(e *entry) mark {
	era := r.era.Load()
	return mark{era, e.want.Load()}
}
