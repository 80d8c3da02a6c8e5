package usage

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// TokenStore notes when API tokens were last used.
type TokenStore interface {
	UseAPITokens(ctx context.Context, uses []broker.TokenUse) error
}

// Tokens is a broker.Recorder of the API tokens that are used. How many there
// can be at once is bounded by how many there are.
type Tokens struct {
	store TokenStore
	log   *slog.Logger
	now   func() time.Time

	mu   sync.Mutex
	used map[used]time.Time
}

type used struct{ tenant, id string }

// NewTokens returns a recorder that writes when it runs.
func NewTokens(s TokenStore, log *slog.Logger, now func() time.Time) *Tokens {
	return &Tokens{store: s, log: log, now: now, used: map[used]time.Time{}}
}

// Record implements broker.Recorder. Who asks what a token says does not use it.
func (r *Tokens) Record(e broker.Event) {
	token := e.Identity.Token
	if e.Identity.Actor != nil {
		token = e.Identity.Actor.Token
	}
	if e.Err != nil || token == nil || token.Kind != broker.AnAPIToken || e.Grant == broker.Introspection || e.Grant == broker.Revocation {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used[used{e.Tenant, token.ID}] = r.now()
}

// Run writes every ten seconds until ctx ends, and once more then.
func (r *Tokens) Run(ctx context.Context) { regularly(ctx, r.flush) }

// flush forgets what it cannot write: the next use comes.
func (r *Tokens) flush(ctx context.Context) {
	r.mu.Lock()
	list := make([]broker.TokenUse, 0, len(r.used))
	for u, at := range r.used {
		list = append(list, broker.TokenUse{Tenant: u.tenant, ID: u.id, At: at})
	}
	clear(r.used)
	r.mu.Unlock()
	if len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	if err := r.store.UseAPITokens(ctx, list); err != nil {
		r.log.Warn("the last use of API tokens could not be recorded", "cause", err)
	}
}
