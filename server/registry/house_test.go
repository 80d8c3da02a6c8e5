package registry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	poll    = 250 * time.Millisecond
	timeout = time.Second
	day     = 24 * time.Hour
)

// house is a registry that has been started and polls until the test ends. Its
// test must be in a bubble.
type house struct {
	*registry.Registry
	t   testing.TB
	db  *database
	log *logbook
}

func open(t testing.TB, db *database, set ...func(*registry.Config)) *house {
	t.Helper()
	h := &house{t: t, db: db, log: &logbook{}}
	c := registry.Config{Source: db, Assemble: assemble, Log: slog.New(slog.NewTextHandler(h.log, nil))}
	for _, s := range set {
		s(&c)
	}
	h.Registry = registry.New(c)
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { time.Sleep(time.Hour) }) // for loads that are still under way
	go func() {
		if err := h.Run(t.Context()); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	return h
}

// polled lets one poll pass, of a database that answers.
func (h *house) polled() {
	time.Sleep(poll)
	synctest.Wait()
}

// unavailable lets the registry notice that the database is away.
func (h *house) unavailable() {
	h.t.Helper()
	h.db.down()
	h.polled()
	if !h.State().Away {
		h.t.Fatal("a poll failed, and the database isn't away")
	}
}

// back lets the database answer again, and the registry notice.
func (h *house) back() {
	h.t.Helper()
	h.db.up()
	for range 8 { // 2 s
		h.polled()
		if !h.State().Away {
			return
		}
	}
	h.t.Fatal("still away 2 s after the database is back")
}

func (h *house) shows(name string, version int64) {
	h.t.Helper()
	got, err := h.Tenant(context.Background(), name)
	if err != nil {
		h.t.Fatalf("%s: %v, want version %d", name, err, version)
	}
	if got.Name != name || got.TokenTTL != time.Duration(version) {
		h.t.Fatalf("%s version %d, want %s version %d", got.Name, got.TokenTTL, name, version)
	}
}

func (h *house) unknown(name string) {
	h.t.Helper()
	if got, err := h.Tenant(context.Background(), name); !errors.Is(err, broker.ErrNoTenant) {
		h.t.Fatalf("%s: %v, %v, want ErrNoTenant", name, got, err)
	}
}

func (h *house) refuses(name string, code broker.Code) {
	h.t.Helper()
	got, err := h.Tenant(context.Background(), name)
	var e *broker.Error
	if !errors.As(err, &e) || e.Code != code {
		h.t.Fatalf("%s: %v, %v, want %s", name, got, err, code)
	}
	if code == broker.Unavailable && e.RetryAfter <= 0 {
		h.t.Errorf("%s: no advice when to try again", name)
	}
}

// logbook keeps what was logged.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), text)
}

func bound(n int) func(*registry.Config) {
	return func(c *registry.Config) { c.Bound = n }
}

func staleFor(d time.Duration) func(*registry.Config) {
	return func(c *registry.Config) { c.StaleFor = d }
}
