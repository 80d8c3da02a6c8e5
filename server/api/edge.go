package api

import (
	"runtime/debug"

	"github.com/valyala/fasthttp"
)

// A refusal writes the constant answer for status. It must work for a request
// of which nothing is known: no host, no headers, no user values.
type refusal func(ctx *fasthttp.RequestCtx, status int)

// An alarm is told of a panic, for the log only. The stack is the panicking
// goroutine's.
type alarm func(ctx *fasthttp.RequestCtx, value any, stack []byte)

// A wall stands between the sockets and everything else: what is malformed is
// answered here with a status and nothing of what was sent, and the connection
// is closed, because where the next request begins is no longer certain.
type wall struct {
	refuse   refusal
	panicked alarm
}

// edge is the outermost handler. What reaches inner is HTTP/1.0 or 1.1 with a
// known method, an unambiguous length, one well-formed Host and a clean path;
// hostOf and pathTenantOf answer, and the tenant's prefix is off the target.
// A panic further in becomes a 500.
func edge(inner fasthttp.RequestHandler, refuse refusal, panicked alarm) fasthttp.RequestHandler {
	w := wall{refuse: refuse, panicked: panicked}
	return func(ctx *fasthttp.RequestCtx) {
		defer w.rescue(ctx)
		a, status := arrive(&ctx.Request.Header)
		if status == 0 && a.chunked && trailed(&ctx.Request.Header) {
			status = fasthttp.StatusBadRequest
		}
		if status != 0 {
			w.turnAway(ctx, status)
			return
		}
		a.settle(ctx)
		inner(ctx)
	}
}

// fault is fasthttp's ErrorHandler: the request could not be read. The error
// is looked at but never passed on, for its text quotes the request.
func (w wall) fault(ctx *fasthttp.RequestCtx, err error) {
	defer w.rescue(ctx)
	w.turnAway(ctx, faultStatus(err))
}

// expect is fasthttp's ExpectHandler: it says before the body is sent whether
// the body is wanted, so that a refused request gets one answer and no 100.
// fasthttp asks that the response be left alone; it sends what it finds there,
// and without a body this would be the one refusal that is not JSON.
func (w wall) expect(ctx *fasthttp.RequestCtx) (status int) {
	defer w.rescue(ctx)
	status = fasthttp.StatusInternalServerError // what a panic leaves behind
	h := &ctx.Request.Header
	_, refused := arrive(h)
	if refused == 0 && h.ContentLength() > mostOf(h) {
		refused = fasthttp.StatusRequestEntityTooLarge
	}
	if refused == 0 {
		return fasthttp.StatusContinue
	}
	w.turnAway(ctx, refused)
	return refused
}

func (w wall) turnAway(ctx *fasthttp.RequestCtx, status int) {
	ctx.SetConnectionClose()
	ctx.SetStatusCode(status)
	ctx.Response.SkipBody = ctx.IsHead()
	w.refuse(ctx, status)
}

// rescue is deferred around whatever fasthttp calls. It drops what the handler
// had written so far, and survives a refusal or an alarm that panics in turn.
func (w wall) rescue(ctx *fasthttp.RequestCtx) {
	value := recover()
	if value == nil {
		return
	}
	defer func() { _ = recover() }()
	defer w.panicked(ctx, value, debug.Stack())
	ctx.Response.Reset()
	w.turnAway(ctx, fasthttp.StatusInternalServerError)
}
