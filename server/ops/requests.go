package ops

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// maxRoutes is how many pairs of route and method get series of their own; far
// more than there are, unless a path is taken for a pattern.
const maxRoutes = 256

// methods are those that may become a label; a caller can send any word.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// requests counts HTTP requests. Series are made when a route is first seen and
// found again in a map that is replaced, never changed: finding takes no lock.
type requests struct {
	total   *prometheus.CounterVec
	seconds *prometheus.HistogramVec

	known  atomic.Pointer[map[route]*routeSeries]
	adding sync.Mutex
}

type route struct{ pattern, method string }

// routeSeries are the series of one route and method.
type routeSeries struct {
	classes [6]prometheus.Counter // by the status's first digit; 0: not an HTTP status
	seconds prometheus.Observer
}

func newRequests() *requests {
	r := &requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shapestoken_http_requests_total",
			Help: "Answered HTTP requests by route, method and class of status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "shapestoken_http_seconds",
			Help:    "How long HTTP requests took by route and method.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method"}),
	}
	r.known.Store(&map[route]*routeSeries{})
	return r
}

func (r *requests) collectors() []prometheus.Collector {
	return []prometheus.Collector{r.total, r.seconds}
}

func (r *requests) observe(pattern, method string, status int, took time.Duration) {
	at := route{pattern, listed(method)}
	s, seen := (*r.known.Load())[at]
	if !seen {
		s = r.add(at)
	}
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	s.classes[class].Inc()
	s.seconds.Observe(took.Seconds())
}

func listed(method string) string {
	if i := slices.Index(methods, method); i >= 0 {
		return methods[i] // not the caller's, which may be overwritten
	}
	return other
}

// add makes the series of a route that is seen for the first time. Those that
// have no pattern, and those beyond all measure, share one.
func (r *requests) add(at route) *routeSeries {
	r.adding.Lock()
	defer r.adding.Unlock()
	known := *r.known.Load()
	at.pattern = strings.Clone(strings.ToValidUTF8(at.pattern, "?"))
	label := at
	if at.pattern == "" || len(known) >= maxRoutes {
		label.pattern = other
	}
	s := r.series(label)
	if len(known) < maxRoutes {
		more := maps.Clone(known)
		more[at] = s
		r.known.Store(&more)
	}
	return s
}

func (r *requests) series(at route) *routeSeries {
	s := &routeSeries{seconds: r.seconds.WithLabelValues(at.pattern, at.method)}
	for class := range s.classes {
		label := other
		if class > 0 {
			label = strconv.Itoa(class) + "xx"
		}
		s.classes[class] = r.total.WithLabelValues(at.pattern, at.method, label)
	}
	return s
}
