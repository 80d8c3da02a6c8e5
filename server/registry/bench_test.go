package registry_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/registry"
)

// warm returns a registry that holds n tenants, and their names in random order.
func warm(t testing.TB, n int) (*registry.Registry, *database, []string) {
	t.Helper()
	db := newDatabase()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("tenant-%d", i)
		db.put(names[i])
	}
	r := registry.New(registry.Config{Source: db, Assemble: assemble})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := r.Tenant(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	return r, db, shuffled(names)
}

// shuffled returns copies in an order that has nothing to do with where in
// memory things are: a request's name is in no cache either.
func shuffled(names []string) []string {
	c := make([]string, len(names))
	for i, at := range rand.Perm(len(names)) {
		c[at] = strings.Clone(names[i])
	}
	return c
}

// Nothing is allocated for a tenant that is held, nor for a name nobody has.
func TestNoAllocations(t *testing.T) {
	r, _, names := warm(t, 100)
	for _, name := range []string{names[0], string([]byte(names[1])), "nobody"} {
		allocs := testing.AllocsPerRun(1000, func() { r.Tenant(context.Background(), name) })
		if allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func BenchmarkTenant(b *testing.B) {
	for _, n := range []int{1, 50_000} {
		b.Run(fmt.Sprint("tenants=", n), func(b *testing.B) {
			r, _, names := warm(b, n)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := rand.N(n); pb.Next(); i++ {
					if _, err := r.Tenant(context.Background(), names[i%n]); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// A poll that finds one change among many tenants; all but the source's own work.
func BenchmarkPoll(b *testing.B) {
	r, db, names := warm(b, 50_000)
	b.ReportAllocs()
	for b.Loop() {
		db.put(names[0])
		db.trim(1)
		if err := r.Sync(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
