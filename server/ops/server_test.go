package ops

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// start runs the real server on loopback and returns its address.
func start(t *testing.T) string {
	t.Helper()
	health := Health{
		State:      func() State { return well().state },
		Sign:       func() error { return nil },
		Draining:   func() bool { return false },
		Log:        slog.New(slog.DiscardHandler),
		Now:        func() time.Time { return noon },
		StaleAfter: time.Hour,
	}
	srv := NewServer(Handler(health, NewMetrics(quiet()).Handler()), slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listener) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return listener.Addr().String()
}

// ask sends one request as raw bytes and returns what comes back, all of it.
func ask(t *testing.T, addr, requestLine string) (code int, header http.Header, body string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, requestLine+" HTTP/1.1\r\nHost: ops\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(requestLine, " ")
	r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(text)
}

func TestRoutes(t *testing.T) {
	addr := start(t)
	cases := []struct {
		request string
		code    int
		body    string // the start of it
	}{
		{"GET /healthz", 200, "ok"},
		{"HEAD /healthz", 200, ""},
		{"GET /healthz?verbose=1", 200, "ok"},
		{"GET /readyz", 200, `{"status":"ok"`},
		{"HEAD /readyz", 200, ""},
		{"GET /metrics", 200, "# HELP go_"},
		{"GET /", 404, ""},
		{"GET /healthz/", 404, ""},
		{"GET //healthz", 404, ""},
		{"GET /x/../healthz", 404, ""},
		{"GET /Healthz", 404, ""},
		{"GET /debug/pprof/", 404, ""},
		{"GET /debug/vars", 404, ""},
		{"GET /shopify/api/v1/auth/token", 404, ""},
		{"POST /elsewhere", 404, ""},
		{"OPTIONS *", 404, ""},
		{"POST /healthz", 405, ""},
		{"PUT /readyz", 405, ""},
		{"DELETE /metrics", 405, ""},
		{"OPTIONS /healthz", 405, ""},
		{"TRACE /healthz", 405, ""},
		{"CANARY /healthz", 405, ""},
	}
	for _, c := range cases {
		t.Run(c.request, func(t *testing.T) {
			code, header, body := ask(t, addr, c.request)
			if code != c.code || !strings.HasPrefix(body, c.body) {
				t.Errorf("%d %.80q, want %d %q", code, body, c.code, c.body)
			}
			allow := ""
			if c.code == 405 {
				allow = "GET, HEAD"
			}
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
				"Allow": allow, "Server": "", "X-Powered-By": "",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if strings.Contains(body, "CANARY") {
				t.Errorf("the answer quotes the request: %q", body)
			}
		})
	}
}

func TestEveryLimitIsSet(t *testing.T) {
	srv := NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, d := range map[string]time.Duration{
		"ReadHeaderTimeout": srv.ReadHeaderTimeout, "ReadTimeout": srv.ReadTimeout,
		"WriteTimeout": srv.WriteTimeout, "IdleTimeout": srv.IdleTimeout,
	} {
		if d <= 0 || d > time.Minute {
			t.Errorf("%s is %v, want something up to a minute", name, d)
		}
	}
	if srv.WriteTimeout <= scrapeTimeout {
		t.Errorf("the answer is cut off after %v, before a scrape gives up after %v", srv.WriteTimeout, scrapeTimeout)
	}
	if srv.MaxHeaderBytes <= 0 || srv.MaxHeaderBytes > 16<<10 {
		t.Errorf("headers may have %d bytes", srv.MaxHeaderBytes)
	}
}

// TestPanicIsLoggedAndSurvived breaks a handler: the process lives and the log says why.
func TestPanicIsLoggedAndSurvived(t *testing.T) {
	var p pipe
	log, flush := NewLogger(&p, slog.LevelInfo)
	srv := NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the state is gone") }), log)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listener) }()
	for range 2 {
		if r, err := http.Get("http://" + listener.Addr().String() + "/readyz"); err == nil {
			_ = r.Body.Close()
			t.Errorf("answered %d", r.StatusCode)
		}
	}
	_ = srv.Close()
	<-done
	flush()
	all := objects(t, p.String())
	if len(all) != 2 || !strings.Contains(all[0]["msg"].(string), "the state is gone") {
		t.Errorf("logged %v", all)
	}
}
