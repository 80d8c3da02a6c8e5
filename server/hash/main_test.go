package hash

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/shapestoken/shapestoken/server/secret"
)

// ledger has the cost of every evaluation since it was last read.
type ledger struct {
	mu    sync.Mutex
	costs []Cost
}

func (l *ledger) note(c Cost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.costs = append(l.costs, c)
}

func (l *ledger) read() []Cost {
	l.mu.Lock()
	defer l.mu.Unlock()
	costs := slices.Clone(l.costs)
	l.costs = nil
	return costs
}

// answer is what Verify returns.
type answer struct {
	OK, Again bool
	Err       error
}

func verify(p *Passwords, phc, password string) answer {
	ok, again, err := p.Verify(context.Background(), phc, secret.New(password))
	return answer{ok, again, err}
}

func hashed(tb testing.TB, p *Passwords, password string) string {
	tb.Helper()
	phc, err := p.Hash(context.Background(), secret.New(password))
	if err != nil {
		tb.Fatal(err)
	}
	return phc
}
