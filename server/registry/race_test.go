package registry_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Many callers at once, while tenants are changed, deleted, made and evicted:
// nobody ever sees a tenant go back, or one that is not what was asked for.
func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var names []string
		for i := range 20 {
			names = append(names, fmt.Sprint("t", i))
		}
		h := open(t, newDatabase(names...), bound(10))
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { h.watch(ctx, names) })
		}
		for i := range 40 {
			name := names[rand.N(len(names))]
			if i%5 == 0 {
				h.db.drop(name)
			}
			if i%10 != 0 {
				h.db.put(name)
			}
			h.polled()
		}
		stop()
		wg.Wait()
		for name, v := range h.db.all() {
			h.shows(name, v)
		}
		if s := h.State(); s.Loaded != 10 || s.Tenants != len(h.db.all()) {
			t.Errorf("%+v of %d tenants", s, len(h.db.all()))
		}
	})
}

// watch asks for tenants in bursts until ctx ends.
func (h *house) watch(ctx context.Context, names []string) {
	seen := map[string]time.Duration{}
	for ctx.Err() == nil {
		for range 50 {
			name := names[rand.N(len(names))]
			got, err := h.Tenant(context.Background(), name)
			switch {
			case errors.Is(err, broker.ErrNoTenant):
			case err != nil:
				h.t.Errorf("%s: %v", name, err)
			case got.Name != name || got.TokenTTL < seen[name]:
				h.t.Errorf("%s: %s version %d after version %d", name, got.Name, got.TokenTTL, seen[name])
			default:
				seen[name] = got.TokenTTL
			}
		}
		time.Sleep(poll / 5)
	}
}
