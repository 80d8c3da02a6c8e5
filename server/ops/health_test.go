package ops

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// server is everything a Health asks, as plain values to be set.
type server struct {
	state    State
	sign     error
	signed   int
	draining bool
	now      time.Time
	log      pipe
	flush    func()
}

// well is a server nothing is wrong with.
func well() *server {
	return &server{now: noon, state: State{LastSync: noon.Add(-time.Second), Known: 3, Loaded: 2}}
}

func (s *server) handler() http.Handler {
	var log *slog.Logger
	log, s.flush = NewLogger(&s.log, slog.LevelInfo)
	return Handler(Health{
		State:      func() State { return s.state },
		Sign:       func() error { s.signed++; return s.sign },
		Draining:   func() bool { return s.draining },
		StaleAfter: 24 * time.Hour,
		Log:        log,
		Now:        func() time.Time { return s.now },
	}, http.NotFoundHandler())
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestReadiness(t *testing.T) {
	broken := errors.New("canary: the key is bad")
	stale := noon.Add(-24 * time.Hour)
	cases := []struct {
		name   string
		change func(*server)
		code   int
		status status
	}{
		{"all is well", func(*server) {}, 200, healthy},
		{"no tenant yet", func(s *server) { s.state.Known, s.state.Loaded = 0, 0 }, 200, healthy},
		{"none in memory, but the database is there", func(s *server) { s.state.Loaded = 0 }, 200, healthy},
		{"the database is away", func(s *server) { s.state.Away = true }, 200, degraded},
		{"away for nearly a day", func(s *server) { s.state.Away, s.state.LastSync = true, stale.Add(time.Nanosecond) }, 200, degraded},
		{"away for a day", func(s *server) { s.state.Away, s.state.LastSync = true, stale }, 503, unavailable},
		{"away with no tenant in memory", func(s *server) { s.state.Away, s.state.Loaded = true, 0 }, 503, unavailable},
		{"away from the start", func(s *server) { s.state = State{Away: true} }, 503, unavailable},
		{"not asked yet", func(s *server) { s.state = State{} }, 503, unavailable},
		{"no answer for a day, and nobody noticed", func(s *server) { s.state.LastSync = stale }, 503, unavailable},
		{"a signature fails", func(s *server) { s.sign = broken }, 503, unavailable},
		{"a signature fails and the database is away", func(s *server) { s.sign, s.state.Away = broken, true }, 503, unavailable},
		{"draining", func(s *server) { s.draining = true }, 503, draining},
		{"draining with all else broken", func(s *server) { s.draining, s.sign, s.state = true, broken, State{Away: true} }, 503, draining},
		{"the clock went back", func(s *server) { s.now = noon.Add(-time.Hour) }, 200, healthy},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := well()
			c.change(s)
			w := get(s.handler(), "/readyz")
			var r report
			if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.code || r.Status != c.status {
				t.Errorf("%d %s, want %d %s", w.Code, r.Status, c.code, c.status)
			}
			if strings.Contains(w.Body.String(), "canary") {
				t.Errorf("the cause was answered: %s", w.Body)
			}
		})
	}
}

func TestReadinessBody(t *testing.T) {
	cases := []struct {
		change func(*server)
		want   string
	}{
		{func(*server) {},
			`{"status":"ok","database":"up","last_sync":"2026-11-21T11:59:59Z","tenants":3,"loaded":2,"signing":"ok"}`},
		{func(s *server) { s.state.Away = true },
			`{"status":"degraded","database":"away","last_sync":"2026-11-21T11:59:59Z","tenants":3,"loaded":2,"signing":"ok"}`},
		{func(s *server) { s.state, s.sign = State{Away: true}, errors.New("x") },
			`{"status":"unavailable","database":"away","last_sync":null,"tenants":0,"loaded":0,"signing":"failed"}`},
	}
	for _, c := range cases {
		s := well()
		c.change(s)
		w := get(s.handler(), "/readyz")
		if diff := cmp.Diff(c.want+"\n", w.Body.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("Content-Type %q", got)
		}
	}
}

func TestLiveWhateverElse(t *testing.T) {
	s := &server{sign: errors.New("x"), draining: true, state: State{Away: true}}
	if w := get(s.handler(), "/healthz"); w.Code != 200 || w.Body.String() != "ok" {
		t.Errorf("%d %q, want 200 ok", w.Code, w.Body)
	}
	if s.signed > 0 {
		t.Error("a signature was made to find out whether the process lives")
	}
}

func TestSignatureIsTriedOnceASecond(t *testing.T) {
	s := well()
	h := s.handler()
	probe := func(after time.Duration) int {
		s.now = s.now.Add(after)
		return get(h, "/readyz").Code
	}
	probe(0)
	probe(999 * time.Millisecond)
	if s.signed != 1 {
		t.Fatalf("%d signatures within a second, want 1", s.signed)
	}
	s.sign = errors.New("x")
	if code := probe(time.Millisecond); s.signed != 2 || code != 503 {
		t.Fatalf("after a second: %d signatures and %d, want 2 and 503", s.signed, code)
	}
	s.sign = nil
	if code := probe(time.Second); code != 200 {
		t.Fatalf("once signing works again: %d, want 200", code)
	}
	probe(-time.Hour)
	if s.signed != 4 {
		t.Errorf("when the clock went back %d signatures had been made, want 4", s.signed)
	}
}

func TestDrainingIsSaidAtOnce(t *testing.T) {
	s := well()
	h := s.handler()
	get(h, "/readyz")
	s.draining = true
	if code := get(h, "/readyz").Code; code != 503 {
		t.Errorf("right after the drain began: %d, want 503", code)
	}
}

func TestReadinessIsLoggedWhenItChanges(t *testing.T) {
	s := well()
	h := s.handler()
	for _, change := range []func(){
		func() {}, func() {},
		func() { s.state.Away = true }, func() {},
		func() { s.sign, s.now = errors.New("the key is bad"), s.now.Add(time.Second) }, func() {},
		func() { s.sign, s.state.Away, s.now = nil, false, s.now.Add(time.Second) },
	} {
		change()
		get(h, "/readyz")
	}
	s.flush()
	var got []fields
	for _, o := range objects(t, s.log.String()) {
		delete(o, "time")
		got = append(got, o)
	}
	want := []fields{
		{"level": "INFO", "msg": "readiness", "from": "", "to": "ok"},
		{"level": "WARN", "msg": "readiness", "from": "ok", "to": "degraded"},
		{"level": "WARN", "msg": "readiness", "from": "degraded", "to": "unavailable", "cause": "the key is bad"},
		{"level": "INFO", "msg": "readiness", "from": "unavailable", "to": "ok"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
