package limit

import (
	"context"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// BenchmarkAllow is the usual case: a client and a signature that are known and
// let in, from several goroutines at once.
func BenchmarkAllow(b *testing.B) {
	var seconds, worker atomic.Int64
	l := New(Config{Rate: 20, Now: func() time.Time { return time.Unix(seconds.Add(1), 0) }})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		n := int(worker.Add(1))
		r := signed("7", signature(n))
		r.Addr = netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})
		for pb.Next() {
			if _, err := l.Allow(context.Background(), acme, r); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkAllowNew is the worst case: every client is new and puts another one out.
func BenchmarkAllowNew(b *testing.B) {
	l := New(Config{Rate: 20, Now: time.Now})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		r := broker.Request{Grant: broker.Storefront, Addr: netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})}
		_, _ = l.Allow(context.Background(), acme, &r)
	}
}

func BenchmarkRefuse(b *testing.B) {
	l := New(Config{Rate: 1e-3, Now: time.Now})
	r := from("203.0.113.7")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = l.Allow(context.Background(), acme, r)
	}
}
