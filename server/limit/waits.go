package limit

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/shapestoken/shapestoken/server/broker"
)

// waits are what this process has learnt of who has to wait, so that a flood of
// guesses is refused without asking the store.
type waits struct {
	mu    sync.Mutex
	until *simplelru.LRU[broker.Digest, time.Time]
}

func newWaits(size int) *waits {
	l, _ := simplelru.NewLRU[broker.Digest, time.Time](size, nil) // fails only for no size at all
	return &waits{until: l}
}

func (w *waits) note(key broker.Digest, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until.Add(key, until)
}

// wait is zero where nothing is known.
func (w *waits) wait(key broker.Digest, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	until, _ := w.until.Get(key)
	return max(0, until.Sub(now))
}
