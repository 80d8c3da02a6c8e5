package ops

import (
	"log/slog"
	"net/http"
	"time"
)

// scrapeTimeout is what a scrape may take; the server's own timeout lies above it.
const scrapeTimeout = 10 * time.Second

// Handler serves /healthz, /readyz and /metrics, and nothing else: 404 for any
// other path and 405 for any method but GET and HEAD.
func Handler(h Health, metrics http.Handler) http.Handler {
	return routes{
		"/healthz": http.HandlerFunc(live),
		"/readyz":  &readiness{Health: h},
		"/metrics": metrics,
	}
}

// routes are exact paths. (http.ServeMux would redirect those that are nearly right.)
type routes map[string]http.Handler

func (rs routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	route, known := rs[r.URL.Path]
	switch {
	case !known:
		http.Error(w, "not found", http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	default:
		route.ServeHTTP(w, r)
	}
}

// NewServer makes the server of the operations listener, with every limit set.
// The caller brings the listener, which there is no login for, and ends the server.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  5 * time.Second,
		WriteTimeout:                 scrapeTimeout + 5*time.Second,
		IdleTimeout:                  60 * time.Second,
		MaxHeaderBytes:               8 << 10,
		DisableGeneralOptionsHandler: true, // else OPTIONS * is answered before routes is asked
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
