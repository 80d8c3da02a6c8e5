package seen

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// shelf is a store that keeps what it is given, or fails.
type shelf struct {
	mu      sync.Mutex
	kept    []broker.Sighting
	batches int
	fail    error
}

func (s *shelf) RecordProfiles(_ context.Context, batch []broker.Sighting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	if s.fail == nil {
		s.kept = append(s.kept, batch...)
	}
	return s.fail
}

func (s *shelf) set(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *shelf) count() (kept, batches int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept), s.batches
}

func event(tenant, customer string) broker.Event {
	return broker.Event{Tenant: tenant, Identity: broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: customer}, Shop: &broker.Shop{Name: "a.myshopify.com"}, PID: "pid-" + tenant + customer,
	}}
}

// running runs a recorder in a bubble of its own clock, and ends it before the test does.
func running(t *testing.T, s *shelf, log *strings.Builder, use func(r *Recorder)) {
	synctest.Test(t, func(t *testing.T) {
		r := New(s, slog.New(slog.NewTextHandler(log, nil)), time.Now)
		ctx, end := context.WithCancel(context.Background())
		var done sync.WaitGroup
		done.Go(func() { r.Run(ctx) })
		use(r)
		end()
		done.Wait()
	})
}

func TestEachCustomerIsWrittenOnce(t *testing.T) {
	var s shelf
	running(t, &s, &strings.Builder{}, func(r *Recorder) {
		for range 3 {
			r.Record(event("acme", "1"))
		}
		r.Record(event("umbra", "1"))
		time.Sleep(2 * every)
		r.Record(event("acme", "1"))
		time.Sleep(2 * every)
	})
	want := []broker.Profile{
		{PID: "pid-acme1", Customer: broker.CustomerRef{Shop: "a.myshopify.com", ID: "1"}},
		{PID: "pid-umbra1", Customer: broker.CustomerRef{Shop: "a.myshopify.com", ID: "1"}},
	}
	var got []broker.Profile
	for _, k := range s.kept {
		if k.FirstSeen.IsZero() {
			t.Error("no time")
		}
		k.FirstSeen = time.Time{}
		got = append(got, k.Profile)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlySuccessesOfCustomers(t *testing.T) {
	var s shelf
	running(t, &s, &strings.Builder{}, func(r *Recorder) {
		refused := event("acme", "1")
		refused.Err = errors.New("no")
		r.Record(refused)
		r.Record(broker.Event{Tenant: "acme"})
		time.Sleep(2 * every)
	})
	if kept, _ := s.count(); kept != 0 {
		t.Errorf("kept %v", s.kept)
	}
}

func TestBatches(t *testing.T) {
	var s shelf
	running(t, &s, &strings.Builder{}, func(r *Recorder) {
		for i := range 1000 {
			r.Record(event("acme", fmt.Sprint(i)))
		}
		time.Sleep(5 * every)
	})
	if kept, batches := s.count(); kept < 990 || batches > 5 { // a few share a slot, and come again another time
		t.Errorf("%d customers in %d batches", kept, batches)
	}
}

// A rush is written bit by bit, and loses nobody who found room.
func TestRush(t *testing.T) {
	var s shelf
	running(t, &s, &strings.Builder{}, func(r *Recorder) {
		for i := range waiting {
			r.Record(event("acme", fmt.Sprint(i)))
		}
		time.Sleep(every + every/2)
		if kept, batches := s.count(); batches != 1 || kept != batched {
			t.Errorf("after one second %d customers in %d batches", kept, batches)
		}
	})
	if kept, _ := s.count(); kept < waiting-waiting/100 {
		t.Errorf("kept %d in the end", kept)
	}
}

// What the store did not take is seen again, and an operator is told.
func TestFailureIsNotTheEnd(t *testing.T) {
	var s shelf
	var log strings.Builder
	s.fail = errors.New("disk on fire")
	running(t, &s, &log, func(r *Recorder) {
		r.Record(event("acme", "1"))
		time.Sleep(2 * every)
		s.set(nil)
		r.Record(event("acme", "1"))
		time.Sleep(2 * every)
	})
	if kept, _ := s.count(); kept != 1 {
		t.Errorf("kept %d", kept)
	}
	if !strings.Contains(log.String(), "disk on fire") || strings.Contains(log.String(), "pid-") {
		t.Errorf("log: %s", &log)
	}
}

// What is waiting when the server stops is written.
func TestLastOnes(t *testing.T) {
	var s shelf
	running(t, &s, &strings.Builder{}, func(r *Recorder) { r.Record(event("acme", "1")) })
	if kept, _ := s.count(); kept != 1 {
		t.Errorf("kept %d", kept)
	}
}

// Record never waits, whatever the store does.
func TestFull(t *testing.T) {
	r := New(&shelf{}, slog.New(slog.DiscardHandler), time.Now)
	for i := range 2 * waiting {
		r.Record(event("acme", fmt.Sprint(i)))
	}
	if len(r.queue) != waiting {
		t.Errorf("%d are waiting", len(r.queue))
	}
}

func BenchmarkRecordKnown(b *testing.B) {
	r := New(&shelf{}, slog.New(slog.DiscardHandler), time.Now)
	e := event("acme", "1")
	b.ReportAllocs()
	for b.Loop() {
		r.Record(e)
	}
}
