package ops

import (
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhenLinesAreWritten(t *testing.T) {
	long := strings.Repeat("x", 1000)
	cases := []struct {
		name   string
		log    func(*slog.Logger, func())
		wait   time.Duration
		writes int
	}{
		{"nothing at once", func(l *slog.Logger, _ func()) { l.Info("a") }, 0, 0},
		{"nor in the next 99 ms", func(l *slog.Logger, _ func()) { l.Info("a") }, 99 * time.Millisecond, 0},
		{"after 100 ms", func(l *slog.Logger, _ func()) { l.Info("a"); l.Info("b") }, 100 * time.Millisecond, 1},
		{"31 KB wait", func(l *slog.Logger, _ func()) { times(29, func() { l.Info(long) }) }, 0, 0},
		{"32 KiB don't", func(l *slog.Logger, _ func()) { times(32, func() { l.Info(long) }) }, 0, 1},
		{"a warning waits", func(l *slog.Logger, _ func()) { l.Warn("a") }, 0, 0},
		{"an error doesn't", func(l *slog.Logger, _ func()) { l.Info("a"); l.Error("b") }, 0, 1},
		{"nor one with attributes", func(l *slog.Logger, _ func()) { l.With("a", 1).WithGroup("g").Error("b") }, 0, 1},
		{"flush doesn't", func(l *slog.Logger, flush func()) { l.Info("a"); flush() }, 0, 1},
		{"flushing nothing is nothing", func(_ *slog.Logger, flush func()) { flush() }, time.Second, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var p pipe
				log, flush := NewLogger(&p, slog.LevelInfo)
				c.log(log, flush)
				time.Sleep(c.wait) // the bubble's clock: no time passes
				synctest.Wait()
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.writes != c.writes {
					t.Errorf("written %d times, want %d", p.writes, c.writes)
				}
			})
		})
	}
}

func TestEveryErrorIsWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pipe
		log, _ := NewLogger(&p, slog.LevelInfo)
		for n := range 3 {
			log.Error("a")
			synctest.Wait()
			if got := len(objects(t, p.String())); got != n+1 {
				t.Fatalf("%d of %d errors are written", got, n+1)
			}
		}
	})
}

func times(n int, f func()) {
	for range n {
		f()
	}
}

func TestLinesKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pipe
		log, flush := NewLogger(&p, slog.LevelInfo)
		for n := range 1000 {
			log.Info("line", "n", n)
			if n%100 == 0 {
				time.Sleep(flushEvery)
			}
		}
		flush()
		for n, line := range objects(t, p.String()) {
			if line["n"] != float64(n) {
				t.Fatalf("line %d is number %v", n, line["n"])
			}
		}
	})
}

// TestNobodyWaitsForASlowReader logs 3 MiB while nothing is read: it would
// never come back if a line waited. What has no room is counted and said.
func TestNobodyWaitsForASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipe{stop: make(chan struct{})}
		log, flush := NewLogger(&p, slog.LevelInfo)
		log.Error("is being written")
		synctest.Wait()

		const sent = 3 << 10
		for range sent {
			log.Error(strings.Repeat("x", 1000)) // errors, so that each would start a write
		}
		if n := runtime.NumGoroutine(); n > 20 {
			t.Fatalf("%d goroutines are waiting for the reader", n)
		}
		lost := Dropped(log)
		if kept := sent - lost; kept*1100 < spoolMax-4096 || kept*1000 > spoolMax {
			t.Fatalf("%d lines of about 1.05 KB are waiting; want 2 MiB", kept)
		}
		close(p.stop)
		flush()

		all := objects(t, p.String())
		if got := int64(len(all)); got != 1+sent-lost+1 {
			t.Errorf("%d lines were written, want %d and one of the loss", got, 1+sent-lost)
		}
		last := all[len(all)-1]
		if last["lines"] != float64(lost) || last["level"] != "WARN" {
			t.Errorf("the last line is %v, want a warning of %d lost lines", last, lost)
		}
	})
}

func TestLossIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipe{stop: make(chan struct{})}
		log, flush := NewLogger(&p, slog.LevelInfo)
		log.Info(strings.Repeat("x", spoolMax))
		close(p.stop)
		flush()
		log.Info("after")
		flush()
		if all := objects(t, p.String()); len(all) != 2 || all[0]["lines"] != 1.0 || all[1]["msg"] != "after" {
			t.Errorf("got %v, want one line of the loss and one after it", all)
		}
		if Dropped(log) != 1 {
			t.Errorf("dropped %d, want 1", Dropped(log))
		}
	})
}

func TestBrokenWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pipe
		log, flush := NewLogger(&p, slog.LevelInfo)
		p.fail(errors.New("no space left on device"))
		log.Info("a")
		log.Info("b")
		flush()
		log.Info("c")
		flush()
		if Dropped(log) != 3 {
			t.Errorf("dropped %d, want 3", Dropped(log))
		}
		p.fail(nil)
		log.Info("d")
		flush()
		if all := objects(t, p.String()); len(all) != 2 || all[0]["msg"] != "d" || all[1]["lines"] != 3.0 {
			t.Errorf("got %v, want d and a line of the 3 lost ones", all)
		}
	})
}

func TestFlushGivesUpOnAStuckWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipe{stop: make(chan struct{})}
		log, flush := NewLogger(&p, slog.LevelInfo)
		log.Info("a")
		began := time.Now()
		flush()
		if took := time.Since(began); took != flushWait {
			t.Errorf("flush took %v of a stuck writer's time, want %v", took, flushWait)
		}
		close(p.stop)
	})
}

func TestConcurrentLogging(t *testing.T) {
	var p pipe
	log, flush := NewLogger(&p, slog.LevelInfo)
	done := make(chan struct{})
	for range 8 {
		go func() {
			for range 500 {
				log.Info("line", "text", "a\x7fb")
			}
			done <- struct{}{}
		}()
	}
	for range 8 {
		flush()
		<-done
	}
	flush()
	if n := len(objects(t, p.String())); n != 4000 || Dropped(log) != 0 {
		t.Errorf("%d lines were written and %d dropped, want 4000 and 0", n, Dropped(log))
	}
}
