package api

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// trace is what log and metrics are told of one request. It names the route's
// pattern, never the path or the query.
type trace struct {
	id     string
	tenant string
	route  string
	origin string // one that was refused; empty: none was, or it is no origin
	err    *broker.Error
}

type traceKey struct{}

const (
	requestIDHeader = "X-Request-Id"
	unrouted        = "none"
)

// trace gives every request its id, and log and metrics its outcome.
func (s *Server) trace(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		defer s.traced(ctx)()
		next(ctx)
	}
}

// traced begins a trace; what it returns ends it. The id is always ours: one
// from outside could be made to look like another's.
func (s *Server) traced(ctx *fasthttp.RequestCtx) (end func()) {
	began := time.Now()
	tr := &trace{id: newRequestID(), route: unrouted}
	ctx.SetUserValue(traceKey{}, tr)
	return func() {
		ctx.Response.Header.Set(requestIDHeader, tr.id)
		s.finished(ctx, tr, time.Since(began))
	}
}

// traceOf also works where nothing has been traced: fasthttp answers some
// requests before any handler.
func traceOf(ctx *fasthttp.RequestCtx) *trace {
	if tr, ok := ctx.UserValue(traceKey{}).(*trace); ok {
		return tr
	}
	return &trace{id: newRequestID(), route: unrouted}
}

// refusedOrigin is for the operator who has to list it. A preflight is refused
// with 204 and without a message, so that nobody else would learn of it.
func (tr *trace) refusedOrigin(origin string) {
	tr.err = errOrigin
	if broker.CheckOrigin(origin) == nil {
		tr.origin = origin
	}
}

func named(c *fiber.Ctx, route string) { traceOf(c.Context()).route = route }

func (s *Server) finished(ctx *fasthttp.RequestCtx, tr *trace, took time.Duration) {
	status := ctx.Response.StatusCode()
	s.config.Observe(tr.route, string(ctx.Method()), status, took)
	level := levelOf(status, tr.err != nil)
	if tr.err != nil && tr.err.Code == broker.OriginNotAllowed {
		s.config.RefusedOrigin()
	}
	if !s.config.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", tr.id), slog.String("tenant", tr.tenant), slog.String("route", tr.route),
		slog.String("method", string(ctx.Method())), slog.Int("status", status), slog.Int64("us", took.Microseconds()),
	}
	if tr.err != nil {
		attrs = append(attrs, slog.String("error", string(tr.err.Code)), slog.String("message", tr.err.Message))
		if tr.origin != "" {
			attrs = append(attrs, slog.String("origin", tr.origin))
		}
		if tr.err.Cause != nil {
			attrs = append(attrs, slog.String("cause", tr.err.Cause.Error()))
		}
	}
	s.config.Log.LogAttrs(context.Background(), level, "request", attrs...)
}

// levelOf keeps the log readable: what succeeded is at debug, for the broker's
// recorder has a line of its own for every token issued.
func levelOf(status int, refused bool) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case status >= 400 || refused:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

var (
	idPrefix  = strings.ToLower(rand.Text()[:10])
	idCounter atomic.Uint32
	idText    = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// newRequestID is unique over processes by its prefix and within one by its
// counter; it is a name, not a secret.
func newRequestID() string {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], idCounter.Add(1))
	return idPrefix + idText.EncodeToString(n[:])
}
