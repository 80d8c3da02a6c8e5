package outbound_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
)

// serve is a server on loopback; c may reach it as an exception, by http.
func serve(t *testing.T, h http.HandlerFunc, change func(*outbound.Config)) (c *outbound.Client, address string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	config := outbound.Config{Allow: loopback}
	if change != nil {
		change(&config)
	}
	c = outbound.New(config)
	t.Cleanup(c.Close)
	return c, s.URL
}

func get(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDo(t *testing.T) {
	c, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL, r.Header.Get("X-One"), body)
	}, nil)
	r := get(t, address+"/a?b=c")
	r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader("body"))
	r.Header.Set("X-One", "1")
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if got, want := string(body), "POST /a?b=c 1 body"; got != want || err != nil || answer.StatusCode != 200 {
		t.Errorf("%d %q, %v, want %q", answer.StatusCode, got, err, want)
	}
}

// The ordinary way: https, a name, port 443; only the address stands in for a
// public one.
func TestOrdinary(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }))
	t.Cleanup(s.Close)
	u, _ := url.Parse(s.URL)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	lookup := names(t, map[string][]string{"example.com": {"127.0.0.1"}})
	for name, trusted := range map[string]*x509.CertPool{"trusted": roots, "not trusted": nil} {
		c := outbound.New(outbound.Config{Allow: loopback, Roots: trusted, Lookup: lookup})
		answer, err := c.Do(get(t, "https://example.com:"+u.Port()+"/"))
		if (err == nil) != (trusted != nil) {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
		c.Close()
	}
}

func TestNothingIsFollowedOrRemembered(t *testing.T) {
	var seen []http.Header
	c, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header)
		w.Header().Set("Set-Cookie", "session=1; Path=/")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	}, nil)
	for range 2 {
		r := get(t, address)
		r.Header.Set("Cookie", "mine=1")
		r.Header.Set("Referer", "https://shop.example/secret")
		answer, err := c.Do(r)
		if err != nil || answer.StatusCode != http.StatusFound {
			t.Fatal(answer, err)
		}
		if r.Header.Get("Cookie") == "" {
			t.Error("the caller's own header was changed")
		}
	}
	if len(seen) != 2 {
		t.Errorf("%d requests came, want 2", len(seen))
	}
	for _, h := range seen {
		if h.Get("Cookie") != "" || h.Get("Referer") != "" {
			t.Errorf("sent along: %v", h)
		}
	}
}

// A proxy of the environment would be given the request unchecked. Go reads the
// environment once, so a process of its own asks.
func TestNoProxy(t *testing.T) {
	if os.Getenv("HTTP_PROXY") == "http://127.0.0.1:9" {
		c := outbound.New(outbound.Config{Allow: loopback, Lookup: names(t, map[string][]string{"hooks.internal": {"127.0.0.1"}})})
		_, err := c.Do(get(t, "http://hooks.internal:1/"))
		fmt.Println(err)
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoProxy$", "-test.v")
	child.Env = append(os.Environ(), "HTTP_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9", "NO_PROXY=", "no_proxy=")
	said, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "127.0.0.1:1: ") || strings.Contains(string(said), "proxy") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestTooLarge(t *testing.T) {
	size := 0
	c, address := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("a", size)) }, func(c *outbound.Config) { c.Bytes = 100 })
	rows := []struct {
		size int
		c    *outbound.Client
		fits bool
	}{{0, c, true}, {100, c, true}, {101, c, false}, {1 << 20, c, false}, {101, c.Within(0, 200), true}, {201, c.Within(0, 200), false}}
	for _, row := range rows {
		size = row.size
		answer, err := row.c.Do(get(t, address))
		if row.fits != (err == nil) || !row.fits && !errors.Is(err, outbound.ErrTooLarge) {
			t.Errorf("%d bytes: %v, %v", row.size, answer, err)
		}
	}
}

// The time covers the whole of it: the answer's head here, its body there.
func TestTime(t *testing.T) {
	release := make(chan struct{})
	c, address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
		}
		<-release
	}, nil)
	t.Cleanup(func() { close(release) })
	for _, path := range []string{"/head", "/body"} {
		_, err := c.Within(20*time.Millisecond, 0).Do(get(t, address+path))
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestCallerEnds(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	c, address := serve(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-release }, nil)
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if _, err := c.Do(get(t, address).WithContext(ctx)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAtOnce(t *testing.T) {
	arrived, release := make(chan struct{}, 8), make(chan struct{})
	c, address := serve(t, func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-release }, func(c *outbound.Config) { c.AtOnce = 2 })
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if _, err := c.Do(get(t, address)); err != nil {
				t.Error(err)
			}
		})
		<-arrived
	}
	_, err := c.Within(10*time.Millisecond, 0).Do(get(t, address)) // shares the bound
	if !errors.Is(err, outbound.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third: %v", err)
	}
	if len(arrived) != 0 {
		t.Error("the third arrived")
	}
	all.Go(func() {
		if _, err := c.Apart(0, 0).Do(get(t, address)); err != nil {
			t.Errorf("apart: %v", err)
		}
	})
	<-arrived
	close(release)
	all.Wait()
	if _, err := c.Do(get(t, address)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

type body struct{ closed bool }

func (*body) Read([]byte) (int, error) { return 0, io.EOF }
func (b *body) Close() error           { b.closed = true; return nil }

// What Do refuses is refused before anything goes out, and its body is closed.
func TestDoRefuses(t *testing.T) {
	rows := map[string]func(*http.Request){
		"another Host": func(r *http.Request) { r.Host = "internal.example" },
		"user name":    func(r *http.Request) { r.URL.User = url.User("u") },
		"opaque":       func(r *http.Request) { r.URL.Opaque = "//127.0.0.1/" },
		"plain http":   func(r *http.Request) { r.URL.Scheme = "http" },
		"fragment":     func(r *http.Request) { r.URL.Fragment = "x" },
		"port":         func(r *http.Request) { r.URL.Host += ":444"; r.Host = "" },
		"literal":      func(r *http.Request) { r.URL.Host, r.Host = "127.0.0.1", "" },
		"odd literal":  func(r *http.Request) { r.URL.Host, r.Host = "0x7f.1", "" },
	}
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			c := outbound.New(outbound.Config{Lookup: names(t, nil)})
			r, b := get(t, "https://hooks.example.com/?token=canary"), &body{}
			r.Body = b
			change(r)
			_, err := c.Do(r)
			if !errors.Is(err, outbound.ErrRefused) || !b.closed || strings.Contains(err.Error(), "canary") {
				t.Errorf("%v, closed %v", err, b.closed)
			}
		})
	}
}

func TestErrorsWithoutQuery(t *testing.T) {
	lookup := func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("no such host") }
	c := outbound.New(outbound.Config{Lookup: lookup})
	_, err := c.Do(get(t, "https://hooks.example.com/canary?token=canary"))
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "no such host") {
		t.Error(err)
	}
}
