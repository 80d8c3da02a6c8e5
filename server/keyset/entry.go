package keyset

import (
	"crypto"
	"sync"
	"time"
)

const (
	// pauseKnown is the least time between two requests while a set is fresh and
	// somebody asks for a key that is not in it.
	pauseKnown = time.Minute
	// pauseAway is the same after an attempt that failed, while there is no fresh set.
	pauseAway = 10 * time.Second
	// stale is how long a set that is no longer fresh is used while its issuer is away.
	stale = time.Hour
)

// entry is one issuer: what was read last, and how the last attempt went.
type entry struct {
	url    string
	mu     sync.Mutex
	set    *set          // nil: never read
	err    error         // of the last attempt
	tried  time.Time     // when it began
	flight chan struct{} // one that is under way; closed when it has ended
}

// refresh returns a flight to wait for, or nil if what is known must do. There
// is one at a time, and it belongs to no caller, so that one who goes away
// doesn't end it for the others.
func (s *Sets) refresh(e *entry, w wanted, now time.Time) <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	pause := pauseAway
	if e.set.fresh(now) {
		if e.set.find(w) != nil {
			return nil
		}
		pause = pauseKnown
	}
	switch {
	case e.flight != nil:
		return e.flight
	case now.Before(e.tried.Add(pause)):
		return nil
	}
	e.flight, e.tried = make(chan struct{}), now
	go s.fly(e)
	return e.flight
}

func (s *Sets) fly(e *entry) {
	found, err := s.fetch(e.url)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err = err; err == nil {
		e.set = found
	}
	close(e.flight)
	e.flight = nil
}

// answer is for when there is nothing to wait for any more. A key that is
// missing is unknown only if the last attempt has shown it: the issuer may have
// published it since the one before.
func (e *entry) answer(w wanted, now time.Time) (crypto.PublicKey, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set == nil || !now.Before(e.set.until.Add(stale)) {
		return nil, away(e.err)
	}
	switch found := e.set.find(w); {
	case found != nil:
		return found, nil
	case e.err != nil:
		return nil, away(e.err)
	case len(e.set.keys) == 0:
		return nil, away(errNoneFits)
	}
	return nil, ErrUnknownKey
}
