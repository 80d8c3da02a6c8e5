package ops

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/shapestoken/shapestoken/server/broker"
)

// shops collects how the customers of each shop sign, which says when v2 may be
// enforced and when the older secret may be retired.
type shops struct {
	each func(yield func(tenant, shop string, u *broker.Usage) bool)
}

var (
	shopExchanges = prometheus.NewDesc("shapestoken_shop_exchanges_total",
		"Successful exchanges by shop and version of the signature. No v1 for some days: v2-only will lock nobody out.",
		[]string{"tenant", "shop", "signature"}, nil)
	shopSecret = prometheus.NewDesc("shapestoken_shop_secret_total",
		"Successful exchanges by shop and which of its secrets had signed. No older for some days: it can be retired.",
		[]string{"tenant", "shop", "secret"}, nil)
)

// Describe implements prometheus.Collector.
func (shops) Describe(ch chan<- *prometheus.Desc) {
	ch <- shopExchanges
	ch <- shopSecret
}

// Collect implements prometheus.Collector. A shop nobody has used is left out.
func (s shops) Collect(ch chan<- prometheus.Metric) {
	count := func(desc *prometheus.Desc, n int64, labels ...string) {
		m, err := prometheus.NewConstMetric(desc, prometheus.CounterValue, float64(n), labels...)
		if err != nil {
			m = prometheus.NewInvalidMetric(desc, err)
		}
		ch <- m
	}
	s.each(func(tenant, shop string, u *broker.Usage) bool {
		v1, v2 := u.V1.Load(), u.V2.Load()
		if v1+v2 == 0 {
			return true
		}
		count(shopExchanges, v1, tenant, shop, "v1")
		count(shopExchanges, v2, tenant, shop, "v2")
		count(shopSecret, u.Newer.Load(), tenant, shop, "newer")
		count(shopSecret, u.Older.Load(), tenant, shop, "older")
		return true
	})
}
