package demo_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const policy = "default-src 'none'; " +
	"script-src 'self' http://127.0.0.1:8080 http://127.0.0.1:8081 http://127.0.0.1:8082; " +
	"style-src 'self'; " +
	"connect-src 'self' http://127.0.0.1:8080 http://127.0.0.1:8081 http://127.0.0.1:8082 http://127.0.0.1:9; " +
	"img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func TestHeadersOfEveryAnswer(t *testing.T) {
	h := site(t, config(t))
	answers := map[string]*httptest.ResponseRecorder{
		"page": get(h, "/", first), "section": get(h, "/?section_id=shapestoken", first), "asset": get(h, "/demo/style.css", ""), "nothing": get(h, "/nothing", ""),
		"login": post(h, "/login", "customer="+first), "nobody": post(h, "/login", "customer=1"),
		"method": get(h, "/login", ""), "forged": post(h, "/login", "customer="+first, "Sec-Fetch-Site", "cross-site"),
	}
	want := map[string]string{
		"Content-Security-Policy": policy, "Referrer-Policy": "same-origin",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	}
	for name, w := range answers {
		got := map[string]string{}
		for header := range want {
			got[header] = w.Header().Get(header)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestPolicyNamesAnOriginOnce(t *testing.T) {
	c := config(t)
	c.Elsewhere, c.Brief = "http://127.0.0.1:8080/t/demo-elsewhere", "http://127.0.0.1:8080/t/demo-brief"
	got := get(site(t, c), "/", "").Header().Get("Content-Security-Policy")
	if !strings.Contains(got, "script-src 'self' http://127.0.0.1:8080; ") || !strings.Contains(got, "connect-src 'self' http://127.0.0.1:8080 http://127.0.0.1:9; ") {
		t.Error(got)
	}
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		method, target string
		status         int
		kind           string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8"},
		{"HEAD", "/", 200, "text/html; charset=utf-8"},
		{"GET", "/demo/style.css", 200, "text/css; charset=utf-8"},
		{"GET", "/demo/page.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/?section_id=shapestoken", 200, "text/html; charset=utf-8"},
		{"GET", "/?section_id=", 404, ""},
		{"GET", "/?section_id=header", 404, ""},
		{"GET", "/demo/", 404, ""},
		{"GET", "/demo/nothing.css", 404, ""},
		{"GET", "/demo/..%2fpage.go", 404, ""},
		{"GET", "/demo/%2e%2e", 404, ""},
		{"GET", "/index.html", 404, ""},
		{"GET", "/favicon.ico", 404, ""},
		{"POST", "/", 405, ""},
		{"GET", "/login", 405, ""},
		{"GET", "/logout", 405, ""},
		{"GET", "/slow/shopify/api/v1/auth/token", 405, ""},
		{"POST", "/slow", 404, ""},
		{"GET", "/apps/nothing/token", 404, "text/html; charset=utf-8"},
		{"GET", "/apps/shapestoken", 404, ""},
		{"GET", "/apps/", 404, ""},
		{"POST", "/apps/shapestoken/token", 405, ""},
		{"PUT", "/login", 405, ""},
		{"POST", "/demo/page.js", 405, ""},
	}
	h := site(t, config(t))
	for _, test := range tests {
		t.Run(test.method+test.target, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(test.method, "http://localhost:8080"+test.target, nil))
			if w.Code != test.status || test.kind != "" && w.Header().Get("Content-Type") != test.kind {
				t.Errorf("status %d, %s", w.Code, w.Header().Get("Content-Type"))
			}
			if test.status == 405 && w.Header().Get("Allow") == "" {
				t.Error("no Allow header")
			}
		})
	}
}

// TestFilesAreThere follows every link to a file, in the page and in the scripts.
func TestFilesAreThere(t *testing.T) {
	h := site(t, config(t))
	links := regexp.MustCompile(`(?:href|src)="(/demo/[^"]+)"|from '\.(/[^']+)'`)
	seen := map[string]bool{}
	var follow func(target string)
	follow = func(target string) {
		if seen[target] {
			return
		}
		seen[target] = true
		w := get(h, target, "")
		if w.Code != http.StatusOK {
			t.Fatalf("%s: status %d", target, w.Code)
		}
		for _, link := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			if link[2] != "" {
				link[1] = "/demo" + link[2]
			}
			follow(link[1])
		}
	}
	follow("/")
	for _, trial := range trials {
		follow("/?try=" + trial)
	}
	if len(seen) < 24 {
		t.Errorf("only %d files: %v", len(seen), seen)
	}
}
