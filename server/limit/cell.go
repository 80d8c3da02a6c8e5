package limit

import (
	"context"
	"time"
)

// cell keeps whoever is refused waiting for a moment, so that a flood of guesses
// is as slow as it has connections, and storefronts do not feel it. It holds so
// many at the same time; others are refused at once.
type cell struct {
	places chan struct{}
	time   time.Duration
}

const (
	usualHeld = 250 * time.Millisecond
	mostHeld  = 256
)

func newCell(held time.Duration) *cell {
	return &cell{places: make(chan struct{}, mostHeld), time: held}
}

func (c *cell) hold(ctx context.Context) {
	select {
	case c.places <- struct{}{}:
	default:
		return
	}
	defer func() { <-c.places }()
	timer := time.NewTimer(c.time)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
