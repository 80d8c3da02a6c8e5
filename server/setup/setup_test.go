package setup_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/setup"
)

func newDesk(t *testing.T, allow ...netip.Prefix) *setup.Desk {
	t.Helper()
	c := outbound.New(outbound.Config{Allow: allow}).Apart(setup.Time, setup.Bytes)
	t.Cleanup(c.Close)
	return setup.New(setup.Config{Client: c, Refused: outbound.ErrRefused, TooLarge: outbound.ErrTooLarge})
}

// What apps answer, and what a person is told: nothing of the answer.
func TestFinished(t *testing.T) {
	var elsewhere atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer target.Close()
	here := newDesk(t, netip.MustParsePrefix("127.0.0.0/8"))
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   *broker.Error // nil: set up
	}{
		{"done", 200, `{"is_setup_completed":true}`, nil},
		{"done, and more", 201, ` {"is_setup_completed": true, "canary": [1]} `, nil},
		{"not done", 200, `{"is_setup_completed":false}`, broker.ErrSetupOpen},
		{"nothing said", 200, `{}`, broker.ErrSetupOpen},
		{"null", 200, `{"is_setup_completed":null}`, broker.ErrSetupOpen},
		{"a text", 200, `{"is_setup_completed":"true"}`, broker.ErrSetupOpen},
		{"a number", 200, `{"is_setup_completed":1}`, broker.ErrSetupOpen},
		{"another word", 200, `{"IS_SETUP_COMPLETED":true,"is_setup_complete":true}`, broker.ErrSetupOpen},
		{"a list", 200, `[true]`, broker.ErrSetupAnswer},
		{"a word", 200, `true`, broker.ErrSetupAnswer},
		{"null alone", 200, `null`, broker.ErrSetupAnswer},
		{"no JSON", 200, `<html>canary`, broker.ErrSetupAnswer},
		{"nothing", 204, ``, broker.ErrSetupAnswer},
		{"half", 200, `{"is_setup_completed":true`, broker.ErrSetupAnswer},
		{"two", 200, `{"is_setup_completed":true} {}`, broker.ErrSetupAnswer},
		{"too large", 200, `{"is_setup_completed":true,"canary":"` + strings.Repeat("a", setup.Bytes) + `"}`, broker.ErrSetupAnswer},
		{"elsewhere", 302, `{"is_setup_completed":true}`, broker.ErrSetupAway},
		{"for good", 308, `{"is_setup_completed":true}`, broker.ErrSetupAway},
		{"not there", 404, `{"is_setup_completed":true}`, broker.ErrSetupAway},
		{"broken", 500, `{"is_setup_completed":true}`, broker.ErrSetupAway},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked += r.Method + " " + r.RequestURI
				for _, name := range []string{"Cookie", "Authorization", "Referer"} {
					if r.Header.Get(name) != "" {
						t.Errorf("%s was sent", name)
					}
				}
				w.Header().Set("Location", target.URL)
				w.WriteHeader(row.status)
				_, _ = io.WriteString(w, row.body)
			}))
			defer server.Close()
			says(t, here.Finished(t.Context(), "acme", server.URL+"/setup?uid=u1"), row.want)
			if asked != "GET /setup?uid=u1" {
				t.Errorf("asked %q", asked)
			}
		})
	}
	if n := elsewhere.Load(); n > 0 {
		t.Errorf("followed %d times", n)
	}
}

func says(t *testing.T, err error, want *broker.Error) {
	t.Helper()
	switch e := broker.AsError(err); {
	case want == nil && err != nil:
		t.Errorf("got %v", err)
	case want != nil && (err == nil || e.Code != want.Code || e.Message != want.Message):
		t.Errorf("got %v, want %v", err, want)
	case err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "u1")):
		t.Errorf("quotes: %v", err)
	}
}

// Nobody is sent where nobody may go: no packet leaves.
func TestRefused(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	d := newDesk(t)
	for _, address := range []string{
		server.URL, "https://" + strings.TrimPrefix(server.URL, "http://"), "https://localhost/", "https://127.0.0.1/", "https://127.1/", "https://[::1]/",
		"https://169.254.169.254/latest/meta-data", "https://user:canary@app.example/", "file:///etc/passwd", "gopher://app.example/",
	} {
		says(t, d.Finished(t.Context(), "acme", address), broker.ErrSetupOpen)
	}
	says(t, d.Finished(t.Context(), "acme", "https://%zz/canary"), broker.ErrSetupAway)
	if n := asked.Load(); n > 0 {
		t.Errorf("asked %d times", n)
	}
}

// slow is an app that answers when it is let.
type slow struct {
	mu        sync.Mutex
	now, most map[string]int
	release   chan struct{}
}

func (s *slow) Do(r *http.Request) (*http.Response, error) {
	count := func(n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now[r.URL.Host] += n
		s.most[r.URL.Host] = max(s.most[r.URL.Host], s.now[r.URL.Host])
	}
	count(1)
	defer count(-1)
	select {
	case <-s.release:
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"is_setup_completed":true}`))}, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// Of one tenant's people one is asked about at a time, of others' meanwhile; and
// nobody waits longer than three seconds, for whatever it is.
func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &slow{now: map[string]int{}, most: map[string]int{}, release: make(chan struct{})}
		d := setup.New(setup.Config{Client: app, Refused: errors.New("refused"), TooLarge: errors.New("large")})
		began := time.Now()
		var all sync.WaitGroup
		var done, away atomic.Int64
		for i := range 30 {
			tenant := []string{"acme", "bell"}[i%2]
			all.Go(func() {
				err := d.Finished(context.Background(), tenant, "https://"+tenant+".example/")
				switch {
				case err == nil:
					done.Add(1)
				case broker.AsError(err).Message == broker.ErrSetupAway.Message:
					away.Add(1)
				}
			})
		}
		synctest.Wait()
		app.release <- struct{}{}
		app.release <- struct{}{}
		all.Wait()
		if took := time.Since(began); took != setup.Time || done.Load() != 2 || away.Load() != 28 {
			t.Errorf("%s, %d done, %d away", took, done.Load(), away.Load())
		}
		if app.most["acme.example"] != 1 || app.most["bell.example"] != 1 {
			t.Errorf("at the same time: %v", app.most)
		}
		go func() { app.release <- struct{}{} }()
		if err := d.Finished(context.Background(), "acme", "https://acme.example/"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
