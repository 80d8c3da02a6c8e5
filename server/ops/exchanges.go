package ops

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Outcomes that are no error code.
const (
	granted = "ok"
	other   = "other" // stands for a name that is not on its list, so that labels stay few
)

// codes are all the outcomes a refusal can have.
var codes = []broker.Code{
	broker.InvalidRequest, broker.InvalidSignature, broker.SecretMissing, broker.SignatureExpired,
	broker.SignatureVersion, broker.OriginNotAllowed, broker.RateLimited, broker.AccessDenied,
	broker.InvalidScope, broker.InvalidClient, broker.InvalidGrant, broker.InvalidTarget, broker.Unauthorized,
	broker.UnsupportedGrant, broker.InvalidToken, broker.LacksScope, broker.NotFound,
	broker.InvalidRedirect, broker.InvalidMetadata, broker.UnsupportedResponse, broker.UnsupportedObject, broker.UnsupportedReference,
	broker.NeedsSignIn, broker.NeedsConsent, broker.ServerError, broker.Unavailable,
}

// exchanges counts passes through the broker's pipeline. Every series is made
// beforehand: it costs no look-up by label, and a rate of refusals starts at 0
// instead of with the first one.
type exchanges struct {
	total   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	grants  map[broker.GrantType]grantSeries
}

// grantSeries are the series of one grant.
type grantSeries struct {
	outcomes map[broker.Code]prometheus.Counter // and granted and other
	seconds  prometheus.Observer
}

func newExchanges() *exchanges {
	x := &exchanges{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shapestoken_exchanges_total",
			Help: "Exchanges by grant and outcome: ok or the error code.",
		}, []string{"grant", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "shapestoken_exchange_seconds",
			Help:    "How long exchanges took, whatever their outcome, without reading the request and writing the answer.",
			Buckets: []float64{.00005, .0001, .0002, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1},
		}, []string{"grant"}),
		grants: make(map[broker.GrantType]grantSeries),
	}
	for _, g := range append([]broker.GrantType{other}, broker.GrantTypes...) {
		x.grants[g] = x.series(g)
	}
	return x
}

func (x *exchanges) series(g broker.GrantType) grantSeries {
	s := grantSeries{
		outcomes: make(map[broker.Code]prometheus.Counter),
		seconds:  x.seconds.WithLabelValues(string(g)),
	}
	for _, c := range append([]broker.Code{granted, other}, codes...) {
		s.outcomes[c] = x.total.WithLabelValues(string(g), string(c))
	}
	return s
}

func (x *exchanges) collectors() []prometheus.Collector {
	return []prometheus.Collector{x.total, x.seconds}
}

// count adds one event with this outcome.
func (x *exchanges) count(e broker.Event, outcome broker.Code) {
	s, listed := x.grants[e.Grant]
	if !listed {
		s = x.grants[other]
	}
	c, listed := s.outcomes[outcome]
	if !listed {
		c = s.outcomes[other]
	}
	c.Inc()
	s.seconds.Observe(e.Took.Seconds())
}
