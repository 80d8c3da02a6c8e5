package hash

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
)

// works are Passwords whose evaluations take until they are released.
type works struct {
	*Passwords
	ledger
	release chan struct{}
}

func newWorks(atOnce, waiting int) *works {
	w := &works{release: make(chan struct{})}
	w.Passwords = NewPasswords(Config{AtOnce: atOnce, Waiting: waiting, WeakForTests: true, Watch: func(c Cost) {
		w.note(c)
		<-w.release
	}})
	return w
}

// start verifies in the background and returns when that can get no further.
func (w *works) start(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, _, err := w.Verify(ctx, "", secret.New("x"))
		done <- err
	}()
	synctest.Wait()
	return done
}

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(2, 3)
		var let []<-chan error
		for range 5 {
			let = append(let, w.start(t.Context()))
		}
		if n := len(w.read()); n != 2 {
			t.Errorf("%d at work, want 2", n)
		}
		if err := <-w.start(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("the sixth: %v, want ErrBusy", err)
		}
		if _, err := w.Hash(t.Context(), secret.New("x")); !errors.Is(err, ErrBusy) {
			t.Errorf("a new hash: %v, want ErrBusy", err)
		}
		w.release <- struct{}{}
		synctest.Wait()
		if n := len(w.read()); n != 1 {
			t.Errorf("one done, %d more at work, want 1", n)
		}
		let = append(let, w.start(t.Context())) // there is room again
		close(w.release)
		for i, done := range let {
			if err := <-done; err != nil {
				t.Errorf("number %d: %v", i, err)
			}
		}
		empty(t, w.gate)
	})
}

func TestWhoGivesUpMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(1, 1)
		first := w.start(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		second := w.start(ctx)
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up: %v, want context.Canceled", err)
		}
		third := w.start(t.Context())
		close(w.release)
		if err := errors.Join(<-first, <-third); err != nil {
			t.Error(err)
		}
		if n := len(w.read()); n != 2 {
			t.Errorf("%d evaluations, want 2: none for whom nobody waits", n)
		}
		empty(t, w.gate)
	})
}

// A free place and an ended context are both ready at once, and select tosses a coin.
func TestEndedBefore(t *testing.T) {
	var l ledger
	p := NewPasswords(Config{AtOnce: 1, Waiting: 1, WeakForTests: true, Watch: l.note})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 64 {
		if _, _, err := p.Verify(ctx, "", secret.New("x")); !errors.Is(err, context.Canceled) {
			t.Fatalf("Verify says %v, want context.Canceled", err)
		}
		if _, err := p.Hash(ctx, secret.New("x")); !errors.Is(err, context.Canceled) {
			t.Fatalf("Hash says %v, want context.Canceled", err)
		}
	}
	if n := len(l.read()); n != 0 {
		t.Errorf("%d evaluations, want none", n)
	}
	empty(t, p.gate)
}

func TestFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const crowd = 20
		g := newGate(1, crowd)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order, want []int
		for n := range crowd {
			want = append(want, n)
			go func() {
				if err := g.enter(t.Context()); err != nil {
					t.Error(err)
				}
				order = append(order, n)
				g.leave()
			}()
			synctest.Wait()
		}
		g.leave()
		synctest.Wait()
		if diff := cmp.Diff(want, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDefaults(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	type size struct{ Work, Room int }
	tests := []struct {
		processors int
		config     Config
		want       size
	}{
		{1, Config{}, size{1, 33}},
		{2, Config{}, size{1, 33}},
		{4, Config{}, size{2, 66}},
		{9, Config{}, size{4, 132}},
		{4, Config{AtOnce: 3}, size{3, 99}},
		{4, Config{Waiting: 5}, size{2, 7}},
		{4, Config{AtOnce: -1, Waiting: -1}, size{2, 66}},
	}
	for _, tt := range tests {
		runtime.GOMAXPROCS(tt.processors)
		g := NewPasswords(tt.config).gate
		if diff := cmp.Diff(tt.want, size{cap(g.work), cap(g.room)}); diff != "" {
			t.Errorf("%d processors, %d at once, %d waiting:\n%s", tt.processors, tt.config.AtOnce, tt.config.Waiting, diff)
		}
	}
}

func empty(t *testing.T, g *gate) {
	t.Helper()
	if diff := cmp.Diff([]int{0, 0}, []int{len(g.work), len(g.room)}); diff != "" {
		t.Errorf("everybody has left, and at work and inside are\n%s", diff)
	}
}
