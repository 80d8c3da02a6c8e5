package registry_test
import ("testing";"github.com/hashicorp/golang-lru/v2";"fmt";"sync/atomic";"math/rand/v2";"context";"github.com/shapestoken/shapestoken/server/broker")
func BenchmarkCOWMap(b *testing.B) {
	for _, n := range []int{1, 50_000} {
		b.Run(fmt.Sprint("tenants=", n), func(b *testing.B) {
			r, _, names := warm(b, n)
			type snap struct { t *broker.Tenant; era, rev int64 }
			type ent struct { name string; s atomic.Pointer[snap]; want atomic.Int64; asked atomic.Bool }
			m := map[string]*ent{}
			for _, name := range names {
				t, _ := r.Tenant(context.Background(), name)
				e := &ent{name: name}
				e.s.Store(&snap{t: t})
				m[name] = e
			}
			var p atomic.Pointer[map[string]*ent]
			p.Store(&m)
			names = shuffled(names)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := rand.N(n); pb.Next(); {
					e := (*p.Load())[names[i%n]]
					if !e.asked.Load() { e.asked.Store(true) }
					s := e.s.Load()
					if s == nil || s.rev < e.want.Load() {
						b.Error("lost")
					}
					i += 1 + int(s.t.TokenTTL>>62)
				}
			})
		})
	}
}

func BenchmarkDepTenant(b *testing.B) {
	for _, n := range []int{1, 50_000} {
		b.Run(fmt.Sprint("tenants=", n), func(b *testing.B) {
			r, _, names := warm(b, n)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := rand.N(n); pb.Next(); {
					t, err := r.Tenant(context.Background(), names[i%n])
					if err != nil { b.Error(err) }
					i += 1 + int(t.TokenTTL>>62)
				}
			})
		})
	}
}
func BenchmarkDepLRU(b *testing.B) {
	for _, n := range []int{1, 50_000} {
		b.Run(fmt.Sprint("tenants=", n), func(b *testing.B) {
			r, _, names := warm(b, n)
			cache, _ := lru.New[string, *broker.Tenant](n)
			for _, name := range names {
				t, _ := r.Tenant(context.Background(), name)
				cache.Add(name, t)
			}
			names = shuffled(names)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := rand.N(n); pb.Next(); {
					t, ok := cache.Get(names[i%n])
					if !ok { b.Error("lost") }
					i += 1 + int(t.TokenTTL>>62)
				}
			})
		})
	}
}
