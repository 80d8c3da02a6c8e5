package main

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
	"github.com/shapestoken/shapestoken/server/upkeep"
)

// drainLimit is how long requests under way may take to finish after the listener has closed.
const drainLimit = 10 * time.Second

// run serves until ctx ends or a listener fails, then lets what is under way
// finish. private may be nil: the demo has no operations listener.
func (s *service) run(ctx context.Context, private net.Listener, drainDelay time.Duration) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	background.Go(func() { s.registry.Run(work) })
	background.Go(func() { s.seen.Run(work) })
	background.Go(func() { s.usage.Run(work) })
	background.Go(func() { s.keeper.Run(work) })
	background.Go(func() { s.inbox.Run(work) })
	background.Go(func() { s.audit.Run(work) })
	background.Go(func() { s.tokens.Run(work) })
	background.Go(func() { upkeep.Run(work, s.upkeep()) })
	defer s.watcher.Close()
	defer s.child.Close()
	defer background.Wait()
	defer stop()

	failed := make(chan error, 2)
	go func() { failed <- s.api.Serve(s.config.Public) }()
	if private != nil {
		operations := ops.NewServer(s.operations(), s.config.Log)
		go func() { failed <- operations.Serve(private) }()
		defer operations.Close()
	}
	select {
	case err := <-failed:
		return errors.Join(err, s.close())
	case <-ctx.Done():
		s.drain(ctx, drainDelay)
		return s.close()
	}
}

// drain says at /readyz that this server is going, and goes on serving for as
// long as load balancers take to notice. Whoever presses Ctrl-C has none.
func (s *service) drain(ctx context.Context, delay time.Duration) {
	s.draining.Store(true)
	var sig signaled
	if errors.As(context.Cause(ctx), &sig) && sig.Signal == syscall.SIGTERM {
		s.config.Log.Info("draining", "delay", delay.String())
		time.Sleep(delay)
	}
}

func (s *service) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	return s.api.Shutdown(ctx)
}

func (s *service) upkeep() upkeep.Config {
	return upkeep.Config{
		Store:  s.config.Store,
		Rotate: func(ctx context.Context, tenant string) error { return rotateDue(ctx, s.config.Store, tenant) },
		Log:    s.config.Log,
		Now:    time.Now,
	}
}

// rotateDue replaces a key that is due. Another server may have been first, or
// the key is not published long enough yet: the next round looks again.
func rotateDue(ctx context.Context, s *store.Store, tenant string) error {
	err := rotateKey(ctx, sayingBy(itself, s, tenant, "key rotate", nil))
	var early *token.TooSoon
	if errors.Is(err, store.ErrConflict) || errors.As(err, &early) {
		return nil
	}
	return err
}
