package demo

import (
	"embed"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

// kinds are spelled out: the machine's own table may differ, and browsers are
// told not to guess.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
}

func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /demo/{file}", asset)
	mux.HandleFunc("POST /slow"+exchange, s.slow)
	mux.HandleFunc("GET "+proxies+"{app}/token", s.proxy)
	return s.secured(http.NewCrossOriginProtection().Handler(mux))
}

func asset(w http.ResponseWriter, r *http.Request) {
	body, err := assets.ReadFile("assets/" + r.PathValue("file"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kinds[path.Ext(r.PathValue("file"))])
	_, _ = w.Write(body) // who went away needs no answer
}

// secured gives every answer the headers that keep a page to itself.
func (s *site) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.policy)
		// Not no-referrer: that makes the Origin of a form's POST "null".
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// policy allows what the snippet needs, and the demo's own files. A shop with a
// policy of its own adds the service's origin to script-src and connect-src, and
// 'self' to the latter, for the section.
func policy(c Config) string {
	service, other := origin(c.Endpoint), origin(c.Elsewhere)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' " + unique(service, other, origin(c.Brief)),
		"style-src 'self'",
		"connect-src 'self' " + unique(service, other, origin(c.Brief), origin(c.Nowhere)),
		"img-src 'self' data:",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}

func unique(origins ...string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(origins))), " ")
}
