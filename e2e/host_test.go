package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// host is every host of a vendor's: the service, and one resource in front of it.
// Only its own clients find it, under whatever name they call.
type host struct {
	t      *testing.T
	home   string       // with a .curlrc
	client *http.Client // of the tests
}

func newHost(t *testing.T, service string) *host {
	t.Helper()
	pass := passTo(service)
	mux := http.NewServeMux()
	mux.Handle("/", pass)
	mux.HandleFunc("GET /api/v3/profiles", func(w http.ResponseWriter, r *http.Request) {
		if ask(pass, r) == http.StatusOK {
			reply(w, object{"data": []any{}})
			return
		}
		r.URL.Path = "/api/v3/auth/verify" // the caller is told what the service says
		pass.ServeHTTP(w, r)
	})
	listener := httptest.NewTLSServer(mux)
	t.Cleanup(listener.Close)
	address := listener.Listener.Addr().String()
	h := &host{t: t, home: t.TempDir(), client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}}
	config := fmt.Sprintf("connect-to = \"::%s\"\ninsecure\nsilent\nshow-error\n", address)
	if err := os.WriteFile(filepath.Join(h.home, ".curlrc"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

// passTo is the service, asked under the host's own name: the tenant is in it.
func passTo(service string) *httputil.ReverseProxy {
	at := &url.URL{Scheme: "http", Host: service}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.Host = r.In.Host
	}}
}

// ask is what a resource does with a request: it asks whether the bearer may pass.
func ask(service http.Handler, r *http.Request) (status int) {
	question := r.Clone(r.Context())
	question.URL.Path = "/api/v3/auth/verify"
	answer := httptest.NewRecorder()
	service.ServeHTTP(answer, question)
	return answer.Code
}

// curl runs a shell's text with the real curl and a token in TOKEN.
func (h *host) curl(text, token string) string {
	h.t.Helper()
	c := exec.Command("sh", "-c", text)
	c.Env = append(os.Environ(), "CURL_HOME="+h.home, "TOKEN="+token)
	c.Stderr = h.t.Output()
	out, err := c.Output()
	if err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
