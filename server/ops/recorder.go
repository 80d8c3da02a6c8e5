package ops

import (
	"context"
	"log/slog"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// NewRecorder returns what counts every exchange in m, keeps its shop's usage
// and writes one line of log about it. It names no customer: neither the id nor
// the profile, which are personal data.
func NewRecorder(m *Metrics, log *slog.Logger) broker.Recorder {
	return recorder{m.exchanges, log.Handler()}
}

type recorder struct {
	exchanges *exchanges
	log       slog.Handler
}

// Record implements broker.Recorder.
func (r recorder) Record(e broker.Event) {
	if e.Err == nil {
		r.exchanges.count(e, granted)
		e.Identity.Used()
		r.write(slog.LevelInfo, e, granted, nil)
		return
	}
	refusal := broker.AsError(e.Err)
	r.exchanges.count(e, refusal.Code)
	r.write(severity(refusal.Code), e, refusal.Code, refusal.Cause)
}

// severity is a warning where we, not the caller, have failed.
func severity(c broker.Code) slog.Level {
	if c == broker.ServerError || c == broker.Unavailable {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// write goes to the handler directly: slog.Logger would first look up which line
// of code has called it, which takes a while and is never printed.
func (r recorder) write(level slog.Level, e broker.Event, outcome broker.Code, cause error) {
	ctx := context.Background()
	if !r.log.Enabled(ctx, level) {
		return
	}
	line := slog.NewRecord(time.Now(), level, "exchange", 0)
	line.AddAttrs(
		slog.String("request_id", e.RequestID),
		slog.String("tenant", e.Tenant),
		slog.String("grant", string(e.Grant)),
		slog.String("outcome", string(outcome)),
		slog.Int64("took_us", e.Took.Microseconds()),
	)
	addProved(&line, e.Identity)
	if level == slog.LevelWarn && cause != nil {
		line.AddAttrs(slog.Any("cause", cause))
	}
	_ = r.log.Handle(ctx, line) // nobody could be told
}

// addProved says of whom was recognised where and how, and no more. The policy
// stands beside v1 signatures only, for they are what it is about, and older
// where it was the older secret.
func addProved(line *slog.Record, id broker.Identity) {
	if id.Shop == nil {
		return
	}
	line.AddAttrs(slog.String("shop", id.Shop.Name), slog.String("amr", string(id.Method)))
	if id.Method == broker.HMAC {
		line.AddAttrs(slog.String("policy", id.Shop.Policy.String()))
	}
	if id.Older {
		line.AddAttrs(slog.Bool("older", true))
	}
}
