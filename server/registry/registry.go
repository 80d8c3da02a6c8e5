package registry

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Registry holds the tenants. It is safe for concurrent use.
type Registry struct {
	entries sync.Map // name -> *entry: all there are
	era     atomic.Int64
	health  atomic.Pointer[health]

	config Config // stands here to keep the lock off the cache line of what every call reads

	mu    sync.Mutex // guards which entries there are, what they want and what they hold
	count int        // of entries
	round int        // of listing them
	held  clock      // those that hold a snapshot

	feed feed // Start's and Run's own
}

// health is what the last poll found.
type health struct {
	away   bool
	synced time.Time // when the last successful poll began; zero: none yet
	syncs  int64     // how many there were
}

// State is a registry as readiness and metrics see it.
type State struct {
	LastSync time.Time // when the last successful poll began; zero: none yet
	Away     bool      // the last poll failed, or there was none
	Tenants  int       // names known
	Loaded   int       // tenants held ready
}

var (
	errAway = broker.Refuse(broker.Unavailable,
		"this tenant can't be served while the database does not answer; try again").After(time.Second)
	errCorrupt = broker.Refuse(broker.ServerError,
		"this tenant's configuration can't be used; the service's log says why")
)

// New makes a registry that knows no tenant before Start.
func New(c Config) *Registry {
	r := &Registry{config: c.withDefaults()}
	r.health.Store(&health{away: true})
	return r
}

// Tenant returns the tenant of that name as the last poll knew it, or newer.
//
// The error is broker.ErrNoTenant, or an *broker.Error: Unavailable with
// RetryAfter while it can't be known, ServerError if its record can't be used.
// ctx bounds only this caller's wait; a load goes on for the others. name is
// not kept.
func (r *Registry) Tenant(ctx context.Context, name string) (*broker.Tenant, error) {
	found, ok := r.entries.Load(name)
	if !ok {
		return nil, r.unknown()
	}
	e := found.(*entry)
	e.touch()
	if s := e.snap.Load(); s.shows(r.wanted(e)) {
		return s.tenant, s.err
	}
	return r.refresh(ctx, e)
}

// unknown says why there is no entry: no such tenant, or nobody could tell us.
func (r *Registry) unknown() error {
	if r.health.Load().away {
		return errAway
	}
	return broker.ErrNoTenant
}

// Usages calls yield with the counters of every shop that has been used since
// the start, in no order, until yield returns false. They belong to the name:
// they are there while the tenant is not held, and end when it is deleted.
func (r *Registry) Usages(yield func(tenant, shop string, u *broker.Usage) bool) {
	r.entries.Range(func(_, value any) bool {
		e := value.(*entry)
		for shop, u := range e.used() {
			if !yield(e.name, shop, u) {
				return false
			}
		}
		return true
	})
}

// State returns what the last poll found and how much is held.
func (r *Registry) State() State {
	h := r.health.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	return State{LastSync: h.synced, Away: h.away, Tenants: r.count, Loaded: len(r.held.ring)}
}
