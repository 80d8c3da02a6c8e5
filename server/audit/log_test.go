package audit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// book is an Appender that can be held up, and whose pages for some tenants are torn.
type book struct {
	mu      sync.Mutex
	batches [][]string // tenants, of each transaction that was kept
	torn    map[string]bool
	hold    chan struct{} // nil: it does not wait
	entered chan struct{}
}

var errTorn = errors.New("torn")

func (b *book) AppendAudit(ctx context.Context, writer string, lines []broker.AuditLine) error {
	if b.entered != nil {
		b.entered <- struct{}{}
	}
	if b.hold != nil {
		select {
		case <-b.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var tenants []string
	for _, l := range lines {
		if b.torn[l.Tenant] || writer != "w" || l.Line == "" || l.At.IsZero() {
			return errTorn
		}
		tenants = append(tenants, l.Tenant)
	}
	b.batches = append(b.batches, tenants)
	return nil
}

func issued(ctx context.Context, l *Log, tenant string) error {
	return l.Issued(ctx, &broker.Tenant{Name: tenant}, broker.Want{})
}

// running lets the log run until stop is called.
func running(l *Log) (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { l.Run(ctx); close(done) }()
	return func() { end(); <-done }
}

func newLog(b *book) *Log { return New(Config{Store: b, Writer: "w", Now: time.Now}) }

// While one transaction is written the next gathers, and everybody is told.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{hold: make(chan struct{})}
		l := newLog(b)
		defer running(l)()
		errs := make(chan error, 100)
		ask := func(n int) {
			for i := range n {
				go func() { errs <- issued(t.Context(), l, []string{"acme", "bell"}[i%2]) }()
			}
			synctest.Wait()
		}
		ask(1)
		ask(50)
		close(b.hold)
		for range 51 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if len(b.batches) != 2 || len(b.batches[0]) != 1 || len(b.batches[1]) != 50 {
			t.Errorf("batches of %d", len(b.batches))
		}
	})
}

// Where several come, the next are waited for a moment; whoever comes alone is not
// kept waiting.
func TestGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{}
		l := newLog(b)
		defer running(l)()
		ask := func() (took time.Duration) {
			began := time.Now()
			if err := issued(t.Context(), l, "acme"); err != nil {
				t.Error(err)
			}
			return time.Since(began)
		}
		if took := ask() + ask(); took != 0 {
			t.Errorf("alone it took %s", took)
		}
		var all sync.WaitGroup
		l.busy = true // as after a batch of several
		for range 5 {
			all.Go(func() { ask() })
			time.Sleep(gather / 10)
		}
		all.Wait()
		if n := len(b.batches[2]); n != 5 {
			t.Errorf("%d were gathered", n)
		}
		if took := ask(); took != gather {
			t.Errorf("after several it took %s", took)
		}
		if took := ask(); took != 0 {
			t.Errorf("after one it took %s", took)
		}
	})
}

// One tenant's torn page keeps no other from writing.
func TestTornPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{hold: make(chan struct{}), torn: map[string]bool{"torn": true}}
		l := newLog(b)
		defer running(l)()
		go issued(t.Context(), l, "first")
		synctest.Wait()
		type told struct {
			tenant string
			err    error
		}
		errs := make(chan told, 10)
		for _, tenant := range []string{"acme", "torn", "bell", "torn", "acme"} {
			go func() { errs <- told{tenant, issued(t.Context(), l, tenant)} }()
		}
		synctest.Wait()
		close(b.hold)
		for range 5 {
			if e := <-errs; (e.err != nil) != (e.tenant == "torn") {
				t.Errorf("%s: %v", e.tenant, e.err)
			}
		}
		kept := map[string]int{}
		for _, tenants := range b.batches {
			for _, tenant := range tenants {
				kept[tenant]++
			}
		}
		if diff := cmp.Diff(map[string]int{"first": 1, "acme": 2, "bell": 1}, kept); diff != "" {
			t.Error(diff)
		}
	})
}

// Alone, a torn page is tried once.
func TestTornAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{torn: map[string]bool{"torn": true}, entered: make(chan struct{}, 10)}
		l := newLog(b)
		defer running(l)()
		if err := issued(t.Context(), l, "torn"); !errors.Is(err, errTorn) || len(b.entered) != 1 {
			t.Errorf("%v, after %d tries", err, len(b.entered))
		}
	})
}

// A flood is refused, and nobody waits longer than they want to, nor the log than
// it may.
func TestNoRoomAndNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{hold: make(chan struct{})}
		l := newLog(b)
		defer running(l)()
		began := time.Now()
		first := make(chan error, 1)
		go func() { first <- issued(t.Context(), l, "acme") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range waiting {
			all.Go(func() {
				if err := issued(ctx, l, "acme"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		if err := issued(ctx, l, "acme"); !errors.Is(err, ErrFull) {
			t.Errorf("one more: %v", err)
		}
		all.Wait()
		if err := <-first; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != patient {
			t.Errorf("a transaction that does not end: %v after %s", err, time.Since(began))
		}
		close(b.hold)
	})
}

// What waits when the service ends is written all the same.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &book{}
		l := newLog(b)
		ctx, end := context.WithCancel(t.Context())
		errs := make(chan error, most+10)
		for range most + 10 {
			go func() { errs <- issued(t.Context(), l, "acme") }()
		}
		synctest.Wait()
		end()
		l.Run(ctx)
		for range most + 10 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if sizes := []int{len(b.batches[0]), len(b.batches[1])}; !slices.Equal(sizes, []int{most, 10}) {
			t.Errorf("batches of %v", sizes)
		}
	})
}
