package ops

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// State is what the server has of the database at one moment.
type State struct {
	LastSync time.Time // when the database last answered; zero: not yet
	Away     bool      // the last attempt to reach it failed
	Known    int       // tenants there are
	Loaded   int       // tenants in memory, which are served without the database
}

// Sources are what a scrape asks for at the moment it comes. The funcs must be
// safe for concurrent use and quick; all are required.
type Sources struct {
	Version string
	State   func() State
	Usage   func(yield func(tenant, shop string, u *broker.Usage) bool) // every shop that has been loaded since the start
	Dropped func() int64                                                // lost log lines
}

// Metrics is all that is counted in one process. Make it with [NewMetrics]; it
// is safe for concurrent use.
type Metrics struct {
	registry  *prometheus.Registry
	exchanges *exchanges
	requests  *requests
	proxies   prometheus.Counter
	origins   prometheus.Counter
}

// NewMetrics makes a registry of its own; two in one process don't meet.
func NewMetrics(s Sources) *Metrics {
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		exchanges: newExchanges(),
		requests:  newRequests(),
		proxies: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "shapestoken_unconfigured_proxy_requests_total",
			Help: "Requests not limited by address, because they came through a proxy that --trusted-proxy does not name.",
		}),
	}
	m.origins = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "shapestoken_refused_origins_total",
		Help: "Requests and preflights from pages whose origin is not on the tenant's list.",
	})
	m.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		buildInfo(s.Version), m.proxies, m.origins, shops{s.Usage})
	m.registry.MustRegister(m.exchanges.collectors()...)
	m.registry.MustRegister(m.requests.collectors()...)
	m.registry.MustRegister(gauges(s)...)
	return m
}

// RefusedOrigin counts a request from a page that is not on the tenant's list.
func (m *Metrics) RefusedOrigin() { m.origins.Inc() }

// UnconfiguredProxy counts a request from a proxy somebody forgot to configure.
func (m *Metrics) UnconfiguredProxy() { m.proxies.Inc() }

// Observe counts one answered HTTP request. Route is its pattern, never its
// path; empty where there is none. Strings may be reused by the caller.
func (m *Metrics) Observe(route, method string, status int, took time.Duration) {
	m.requests.observe(route, method, status, took)
}

// Handler answers scrapes, a few at a time.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError, // one bad shop must not hide the rest
		Registry:            m.registry,               // and is counted
		MaxRequestsInFlight: 4,
		Timeout:             scrapeTimeout,
	})
}

func buildInfo(version string) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "shapestoken_build_info",
		Help:        "1, with what this program was built from as labels.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	g.Set(1)
	return g
}

// gauges are read when they are asked for.
func gauges(s Sources) []prometheus.Collector {
	gauge := func(name, help string, read func(State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return read(s.State()) })
	}
	return []prometheus.Collector{
		gauge("shapestoken_tenants_known", "Tenants there are.", func(st State) float64 { return float64(st.Known) }),
		gauge("shapestoken_tenants_loaded", "Tenants in memory, which are served even without the database.",
			func(st State) float64 { return float64(st.Loaded) }),
		gauge("shapestoken_database_up", "1 if the database answered when it was last asked, else 0.", func(st State) float64 {
			if st.Away {
				return 0
			}
			return 1
		}),
		gauge("shapestoken_last_sync_timestamp_seconds", "When the database last answered, in Unix seconds; 0: not yet.", func(st State) float64 {
			if st.LastSync.IsZero() {
				return 0
			}
			return float64(st.LastSync.UnixMilli()) / 1000
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "shapestoken_log_lines_dropped_total",
			Help: "Log lines that were lost because they could not be written in time.",
		}, func() float64 { return float64(s.Dropped()) }),
	}
}
