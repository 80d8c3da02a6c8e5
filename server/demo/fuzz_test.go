package demo_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzAddress lets anybody write the address and the cookie: the page is there,
// shows no secret, and its forms lead to the same page again.
func FuzzAddress(f *testing.F) {
	f.Add("break=wrong-secret&version=v1", first)
	f.Add("break=&metafield=bare&metafield=value", second)
	f.Add("%zz;version=v1&&=", "\x00")
	f.Add("try=slow-network&debug=on&break=x", first)
	f.Fuzz(func(t *testing.T, query, cookie string) {
		h := site(t, config(t))
		r := httptest.NewRequest(http.MethodGet, "http://localhost:8080/", nil)
		r.URL.RawQuery = query
		r.Header.Set("Cookie", "demo_customer="+cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		page := w.Body.String()
		known := w.Code == http.StatusOK || r.URL.Query().Has("section_id") && w.Code == http.StatusNotFound
		if !known || strings.Contains(page, "canary-") {
			t.Fatalf("status %d", w.Code)
		}

		out := httptest.NewRequest(http.MethodPost, "http://localhost:8080/logout", nil)
		out.URL.RawQuery = query
		w = httptest.NewRecorder()
		h.ServeHTTP(w, out)
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != http.StatusSeeOther || to.Host != "" || to.Scheme != "" || to.Path != "/" {
			t.Fatalf("status %d to %q", w.Code, to)
		}
		again := post(h, to.Path+"logout?"+to.RawQuery, "")
		if got := again.Header().Get("Location"); got != to.String() {
			t.Fatalf("%q becomes %q", to, got)
		}
	})
}
