package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

type fake struct {
	sweeps  int
	due     []string
	sweep   error
	dueErr  error
	rotated []string
	rotate  map[string]error
}

func (f *fake) Sweep(context.Context, time.Time) error { f.sweeps++; return f.sweep }

func (f *fake) DueKeys(_ context.Context, _ time.Time, limit int) ([]string, error) {
	return f.due[:min(len(f.due), limit)], f.dueErr
}

func (f *fake) config(log *strings.Builder) Config {
	return Config{Store: f, Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now, Rotate: func(_ context.Context, tenant string) error {
		f.rotated = append(f.rotated, tenant)
		return f.rotate[tenant]
	}}
}

// A round does all there is to do, and one failure does not keep it from the rest.
func TestRound(t *testing.T) {
	var log strings.Builder
	f := &fake{
		due: []string{"acme", "broken", "umbra"}, sweep: errors.New("sweep on fire"),
		rotate: map[string]error{"broken": errors.New("key on fire")},
	}
	Round(t.Context(), f.config(&log))
	if diff := cmp.Diff([]string{"acme", "broken", "umbra"}, f.rotated); diff != "" || f.sweeps != 1 {
		t.Error(diff, f.sweeps)
	}
	for _, want := range []string{"sweep on fire", "key on fire", "msg=\"signing key replaced\" tenant=acme", "tenant=umbra"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, &log)
		}
	}
	if strings.Contains(log.String(), "msg=\"signing key replaced\" tenant=broken") {
		t.Error("the log says what did not happen")
	}
}

func TestRoundWithoutDatabase(t *testing.T) {
	var log strings.Builder
	f := &fake{due: []string{"acme"}, dueErr: errors.New("away")}
	Round(t.Context(), f.config(&log))
	if len(f.rotated) > 0 || !strings.Contains(log.String(), "away") {
		t.Errorf("rotated %v; log %s", f.rotated, &log)
	}
}

// Rounds come about every minute, the first within one, until the context ends.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		ctx, end := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { Run(ctx, f.config(&strings.Builder{})); close(done) }()
		time.Sleep(10*period + time.Second)
		end()
		<-done
		if f.sweeps != 10 && f.sweeps != 11 {
			t.Errorf("%d rounds in ten minutes", f.sweeps)
		}
	})
}
