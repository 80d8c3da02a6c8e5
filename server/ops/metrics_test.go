package ops

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/shapestoken/shapestoken/server/broker"
)

// quiet are sources with nothing to tell.
func quiet() Sources {
	return Sources{
		Version: "1.2.3",
		State:   func() State { return State{} },
		Usage:   func(func(string, string, *broker.Usage) bool) {},
		Dropped: func() int64 { return 0 },
	}
}

func scrape(tb testing.TB, m *Metrics) string {
	tb.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		tb.Fatalf("a scrape was answered with %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// want fails unless each line stands in a scrape.
func want(tb testing.TB, m *Metrics, lines ...string) {
	tb.Helper()
	text := "\n" + scrape(tb, m)
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			tb.Errorf("not in the scrape: %s", line)
		}
	}
}

func unwanted(tb testing.TB, m *Metrics, parts ...string) {
	tb.Helper()
	text := scrape(tb, m)
	for _, part := range parts {
		if strings.Contains(text, part) {
			tb.Errorf("in the scrape: %s", part)
		}
	}
}

func TestGauges(t *testing.T) {
	state, dropped := State{}, int64(0)
	s := quiet()
	s.State = func() State { return state }
	s.Dropped = func() int64 { return dropped }
	m := NewMetrics(s)
	want(t, m,
		`shapestoken_database_up 1`,
		`shapestoken_last_sync_timestamp_seconds 0`,
		`shapestoken_tenants_known 0`,
		`shapestoken_unconfigured_proxy_requests_total 0`,
		`shapestoken_log_lines_dropped_total 0`,
		fmt.Sprintf(`shapestoken_build_info{goversion="%s",version="1.2.3"} 1`, runtime.Version()),
	)
	state, dropped = State{LastSync: time.Unix(1700, 500e6), Away: true, Known: 7, Loaded: 3}, 9
	m.UnconfiguredProxy()
	want(t, m,
		`shapestoken_database_up 0`,
		`shapestoken_last_sync_timestamp_seconds 1700.5`,
		`shapestoken_tenants_known 7`,
		`shapestoken_tenants_loaded 3`,
		`shapestoken_unconfigured_proxy_requests_total 1`,
		`shapestoken_log_lines_dropped_total 9`,
	)
	for _, family := range []string{"\ngo_goroutines ", "\nprocess_resident_memory_bytes "} {
		if !strings.Contains(scrape(t, m), family) {
			t.Errorf("missing:%s", family)
		}
	}
}

// seen are shops as Sources.Usage gives them.
type seen []struct {
	tenant, shop string
	usage        *broker.Usage
}

func (s seen) each(yield func(string, string, *broker.Usage) bool) {
	for _, x := range s {
		if !yield(x.tenant, x.shop, x.usage) {
			return
		}
	}
}

func used(v1, v2, older int) *broker.Usage {
	u := new(broker.Usage)
	for n := range v1 + v2 {
		method := broker.HMAC
		if n >= v1 {
			method = broker.HMAC2
		}
		u.Count(method, n < older)
	}
	return u
}

func TestShopUsage(t *testing.T) {
	shops := seen{
		{"acme", "a.myshopify.com", used(2, 3, 4)},
		{"acme", "idle.myshopify.com", used(0, 0, 0)},
		{"other", "a.myshopify.com", used(0, 1, 0)},
	}
	s := quiet()
	s.Usage = func(yield func(string, string, *broker.Usage) bool) { shops.each(yield) }
	m := NewMetrics(s)
	want(t, m,
		`shapestoken_shop_exchanges_total{shop="a.myshopify.com",signature="v1",tenant="acme"} 2`,
		`shapestoken_shop_exchanges_total{shop="a.myshopify.com",signature="v2",tenant="acme"} 3`,
		`shapestoken_shop_secret_total{secret="newer",shop="a.myshopify.com",tenant="acme"} 1`,
		`shapestoken_shop_secret_total{secret="older",shop="a.myshopify.com",tenant="acme"} 4`,
		`shapestoken_shop_exchanges_total{shop="a.myshopify.com",signature="v1",tenant="other"} 0`,
		`shapestoken_shop_exchanges_total{shop="a.myshopify.com",signature="v2",tenant="other"} 1`,
	)
	unwanted(t, m, "idle.myshopify.com")

	shops = append(shops, shops[0])
	shops[1].tenant, shops[1].usage = "broken\xff", used(1, 0, 0)
	want(t, m, `shapestoken_shop_exchanges_total{shop="a.myshopify.com",signature="v1",tenant="other"} 0`)
	want(t, m, `promhttp_metric_handler_errors_total{cause="gathering"} 1`)
}

func TestRequestsAreCounted(t *testing.T) {
	m := NewMetrics(quiet())
	const token = "/shopify/api/v1/auth/token"
	m.Observe(token, "POST", 200, 300*time.Microsecond)
	m.Observe(token, "POST", 201, 2*time.Millisecond)
	m.Observe(token, "POST", 401, time.Second)
	m.Observe(token, "OPTIONS", 204, 0)
	m.Observe("", "GET", 404, 0)
	m.Observe("/\xff", "GET", 503, 0)
	m.Observe(token, "CANARY", 405, 0)
	for _, status := range []int{0, 99, 600, -100} {
		m.Observe(token, "GET", status, 0)
	}
	want(t, m,
		`shapestoken_http_requests_total{method="POST",route="/shopify/api/v1/auth/token",status="2xx"} 2`,
		`shapestoken_http_requests_total{method="POST",route="/shopify/api/v1/auth/token",status="4xx"} 1`,
		`shapestoken_http_requests_total{method="POST",route="/shopify/api/v1/auth/token",status="5xx"} 0`,
		`shapestoken_http_requests_total{method="OPTIONS",route="/shopify/api/v1/auth/token",status="2xx"} 1`,
		`shapestoken_http_requests_total{method="GET",route="other",status="4xx"} 1`,
		`shapestoken_http_requests_total{method="GET",route="/?",status="5xx"} 1`,
		`shapestoken_http_requests_total{method="other",route="/shopify/api/v1/auth/token",status="4xx"} 1`,
		`shapestoken_http_requests_total{method="GET",route="/shopify/api/v1/auth/token",status="other"} 4`,
		`shapestoken_http_seconds_count{method="POST",route="/shopify/api/v1/auth/token"} 3`,
		`shapestoken_http_seconds_bucket{method="POST",route="/shopify/api/v1/auth/token",le="0.0005"} 1`,
	)
	unwanted(t, m, "CANARY")
}

// TestPathsTakenForPatterns floods Observe with what it should never be given.
func TestPathsTakenForPatterns(t *testing.T) {
	m := NewMetrics(quiet())
	var all sync.WaitGroup
	for g := range 10 {
		all.Go(func() {
			for n := range maxRoutes {
				m.Observe(fmt.Sprintf("/path/%d/%d", g, n), "GET", 200, 0)
			}
		})
	}
	all.Wait()
	if n := strings.Count(scrape(t, m), "shapestoken_http_seconds_count"); n > maxRoutes+1 {
		t.Errorf("%d routes have series, want %d at most", n, maxRoutes+1)
	}
	want(t, m, fmt.Sprintf(`shapestoken_http_requests_total{method="GET",route="other",status="2xx"} %d`, 9*maxRoutes))
}

// TestRoutesAreCopied hands over strings the caller overwrites afterwards, as
// fasthttp does.
func TestRoutesAreCopied(t *testing.T) {
	m := NewMetrics(quiet())
	observe := func(pattern string) {
		b, method := []byte(pattern), []byte("GET")
		m.Observe(asString(b), asString(method), 200, 0)
		copy(b, "XXXX")
		copy(method, "XXX")
	}
	observe("/aaa")
	observe("/bbb")
	observe("/aaa")
	want(t, m,
		`shapestoken_http_requests_total{method="GET",route="/aaa",status="2xx"} 2`,
		`shapestoken_http_requests_total{method="GET",route="/bbb",status="2xx"} 1`,
	)
}

func TestObserveConcurrently(t *testing.T) {
	m := NewMetrics(quiet())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 400 {
				m.Observe(fmt.Sprintf("/route/%d", n%20), "GET", 200, 0)
			}
		})
	}
	all.Wait()
	want(t, m, `shapestoken_http_requests_total{method="GET",route="/route/7",status="2xx"} 160`)
}

func TestObserveAllocatesNothing(t *testing.T) {
	m := NewMetrics(quiet())
	m.Observe("/a", "GET", 200, 0)
	if n := testing.AllocsPerRun(100, func() { m.Observe("/a", "GET", 200, time.Millisecond) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNamesAreAsPrometheusWantsThem(t *testing.T) {
	s := quiet()
	s.Usage = seen{{"acme", "a.myshopify.com", used(1, 1, 1)}}.each
	m := NewMetrics(s)
	m.Observe("/a", "GET", 200, 0)
	problems, err := promlint.New(strings.NewReader(scrape(t, m))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func BenchmarkObserve(b *testing.B) {
	m := NewMetrics(quiet())
	b.ReportAllocs()
	for b.Loop() {
		m.Observe("/shopify/api/v1/auth/token", "POST", 200, time.Millisecond)
	}
}
