package usage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// book is a store that keeps what it is told, or fails.
type book struct {
	told    []broker.Uses
	batches int
	fail    error
}

func (b *book) AddUses(_ context.Context, uses []broker.Uses) error {
	b.batches++
	if b.fail == nil {
		b.told = append(b.told, uses...)
	}
	return b.fail
}

// shops are the counters there are.
type shops map[string]*broker.Usage

func (s shops) each(yield func(tenant, shop string, u *broker.Usage) bool) {
	for name, u := range s {
		if !yield("acme", name, u) {
			return
		}
	}
}

func use(u *broker.Usage, m broker.Method, secret int64) {
	broker.Identity{Shop: &broker.Shop{Usage: u}, Method: m, Uses: u.Secret(secret)}.Used()
}

func TestFlush(t *testing.T) {
	u, b := new(broker.Usage), &book{}
	f := New(b, shops{"a": u, "idle": new(broker.Usage)}.each, slog.New(slog.DiscardHandler), func() time.Time { return noon })
	check := func(what string, want ...broker.Uses) {
		t.Helper()
		b.told = nil
		f.flush(t.Context())
		if diff := cmp.Diff(want, b.told); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	u.Secret(2) // is live, and has signed nothing
	check("nothing yet")
	use(u, broker.HMAC, 1)
	use(u, broker.HMAC2, 1)
	check("both", broker.Uses{Tenant: "acme", Shop: "a", V1: 1, V2: 1, Secrets: []int64{1}, At: noon})
	check("nothing new")
	use(u, broker.HMAC2, 2)
	b.fail = errors.New("away")
	check("the store is away")
	b.fail = nil
	use(u, broker.HMAC2, 2)
	check("and back", broker.Uses{Tenant: "acme", Shop: "a", V2: 2, Secrets: []int64{2}, At: noon})
}

// A shop that was deleted and made again has other counters, which begin at zero.
func TestFlushForgetsWhoIsGone(t *testing.T) {
	all, b := shops{"a": new(broker.Usage)}, &book{}
	f := New(b, all.each, slog.New(slog.DiscardHandler), time.Now)
	use(all["a"], broker.HMAC, 1)
	f.flush(t.Context())
	all["a"] = new(broker.Usage)
	f.flush(t.Context())
	if len(f.told) != 1 {
		t.Errorf("%d shops are remembered", len(f.told))
	}
	use(all["a"], broker.HMAC, 1)
	f.flush(t.Context())
	if len(b.told) != 2 || b.told[1].V1 != 1 {
		t.Errorf("told %+v", b.told)
	}
}

func TestFlushInBatches(t *testing.T) {
	all, b := shops{}, &book{}
	for i := range 2*batched + 1 {
		u := new(broker.Usage)
		use(u, broker.HMAC2, 1)
		all[fmt.Sprint(i)] = u
	}
	New(b, all.each, slog.New(slog.DiscardHandler), time.Now).flush(t.Context())
	if b.batches != 3 || len(b.told) != 2*batched+1 {
		t.Errorf("%d shops in %d batches", len(b.told), b.batches)
	}
}

// What is counted stands in the store after ten seconds, and after the end.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, b := new(broker.Usage), &book{}
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			New(b, shops{"a": u}.each, slog.New(slog.DiscardHandler), time.Now).Run(ctx)
			close(done)
		}()
		use(u, broker.HMAC, 1)
		time.Sleep(Every + time.Second)
		synctest.Wait()
		if len(b.told) != 1 {
			t.Errorf("after ten seconds: %+v", b.told)
		}
		use(u, broker.HMAC, 1)
		end()
		<-done
		if len(b.told) != 2 {
			t.Errorf("after the end: %+v", b.told)
		}
	})
}

func TestTroubleIsTold(t *testing.T) {
	var log strings.Builder
	u := new(broker.Usage)
	use(u, broker.HMAC, 1)
	New(&book{fail: errors.New("disk on fire")}, shops{"a": u}.each, slog.New(slog.NewTextHandler(&log, nil)), time.Now).flush(t.Context())
	if !strings.Contains(log.String(), "disk on fire") {
		t.Errorf("log: %s", &log)
	}
}
