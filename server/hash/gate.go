package hash

import (
	"context"
	"errors"
	"fmt"
)

// ErrBusy is returned to whom there is no room to wait. No password was looked
// at, and it says nothing about the user: known or unknown, all pass this gate.
var ErrBusy = errors.New("hash: too many passwords are being checked at this moment; try again in a second")

// gate lets a few at a time to work, and a bounded number wait for that. Who
// waits is let in by order of arrival: a channel hands the place that comes
// free to whoever has waited longest, and no newcomer gets in between.
type gate struct {
	room chan struct{} // holds one for everybody inside, at work or waiting
	work chan struct{} // holds one for everybody at work
}

func newGate(atOnce, waiting int) *gate {
	return &gate{room: make(chan struct{}, atOnce+waiting), work: make(chan struct{}, atOnce)}
}

// enter waits for a place at work, until ctx ends. Whoever got one calls leave.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.room <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case g.work <- struct{}{}:
	case <-ctx.Done():
		<-g.room
		return gaveUp(ctx)
	}
	if ctx.Err() != nil { // both were ready: do no work for whom nobody waits
		g.leave()
		return gaveUp(ctx)
	}
	return nil
}

func (g *gate) leave() {
	<-g.work
	<-g.room
}

func gaveUp(ctx context.Context) error {
	return fmt.Errorf("hash: the request ended before its password was looked at; try again: %w", ctx.Err())
}
