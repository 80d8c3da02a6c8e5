package ops

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Health is what the answer to "should requests be sent here?" depends on. All
// fields are required; the funcs must be safe for concurrent use and quick.
type Health struct {
	State      func() State
	Sign       func() error  // makes one real signature with a loaded tenant's key; nil where none is loaded
	Draining   func() bool   // the process is about to end
	StaleAfter time.Duration // how long tenants are served without the database
	Log        *slog.Logger  // is told when the answer changes
	Now        func() time.Time
}

// A status is the one word an operator reads first.
type status string

const (
	healthy     status = "ok"
	degraded    status = "degraded"    // exchanges work, the database doesn't
	unavailable status = "unavailable" // nothing can be served
	draining    status = "draining"
)

// live answers /healthz: the process can still answer.
func live(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok"))
}

// readiness answers /readyz.
type readiness struct {
	Health
	signing trial
	mu      sync.Mutex
	last    status
}

// report is the body of /readyz.
type report struct {
	Status   status     `json:"status"`
	Database string     `json:"database"`  // up or away
	LastSync *time.Time `json:"last_sync"` // null: not yet
	Tenants  int        `json:"tenants"`
	Loaded   int        `json:"loaded"`
	Signing  string     `json:"signing"` // ok or failed
}

// ServeHTTP says 200 while exchanges work, and else 503. A dead database alone
// is no reason for 503: all processes share it, and to take them all out would
// log every storefront out.
func (h *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	state, failure := h.State(), h.signing.run(h.Now(), h.Sign)
	now := h.judge(state, failure)
	h.tell(now, failure)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if now == unavailable || now == draining {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(summary(now, state, failure)) // fails only if the caller has gone
}

// judge goes from what ends everything to what is merely a pity.
func (h *readiness) judge(s State, signing error) status {
	switch {
	case h.Draining():
		return draining
	case signing != nil, s.Away && s.Loaded == 0, h.Now().Sub(s.LastSync) >= h.StaleAfter:
		return unavailable
	case s.Away:
		return degraded
	}
	return healthy
}

// tell logs the status when it differs from the one before.
func (h *readiness) tell(now status, signing error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now == h.last {
		return
	}
	attrs := []any{"from", string(h.last), "to", string(now)}
	if signing != nil {
		attrs = append(attrs, "cause", signing)
	}
	if h.last = now; now == healthy {
		h.Log.Info("readiness", attrs...)
	} else {
		h.Log.Warn("readiness", attrs...)
	}
}

func summary(now status, s State, signing error) report {
	r := report{Status: now, Database: "up", Tenants: s.Known, Loaded: s.Loaded, Signing: "ok"}
	if s.Away {
		r.Database = "away"
	}
	if !s.LastSync.IsZero() {
		at := s.LastSync.UTC()
		r.LastSync = &at
	}
	if signing != nil {
		r.Signing = "failed"
	}
	return r
}

// trialEvery bounds how often a signature is made just to see whether one can be.
const trialEvery = time.Second

// trial remembers for a second how a test went.
type trial struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

func (t *trial) run(now time.Time, test func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() || now.Sub(t.at) >= trialEvery || now.Before(t.at) {
		t.at, t.err = now, test()
	}
	return t.err
}
