package ops_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/ops"
)

// How a program puts the operations listener together, and what a probe sees of
// it when the database goes away.
func Example() {
	log, flush := ops.NewLogger(os.Stderr, slog.LevelInfo)
	defer flush()

	state := ops.State{LastSync: time.Now(), Known: 1, Loaded: 1}
	metrics := ops.NewMetrics(ops.Sources{
		Version: "1.0.0",
		State:   func() ops.State { return state },
		Usage:   func(func(tenant, shop string, u *broker.Usage) bool) {},
		Dropped: func() int64 { return ops.Dropped(log) },
	})
	_ = broker.Broker{Recorders: []broker.Recorder{ops.NewRecorder(metrics, log)}}

	var draining atomic.Bool
	handler := ops.Handler(ops.Health{
		State:      func() ops.State { return state },
		Sign:       func() error { return nil },
		Draining:   draining.Load,
		StaleAfter: 24 * time.Hour,
		Log:        slog.New(slog.DiscardHandler), // log, in a program
		Now:        time.Now,
	}, metrics.Handler())
	probe := func() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		fmt.Printf("%d %.22s\n", w.Code, w.Body)
	}

	probe()
	state.Away = true
	probe()
	draining.Store(true)
	probe()
	// Output:
	// 200 {"status":"ok","databa
	// 200 {"status":"degraded","
	// 503 {"status":"draining","
}
