package api

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// failure is an error with the HTTP status it has where the code alone does not say it.
type failure struct {
	says   *broker.Error
	status int
}

func (f *failure) Error() string { return f.says.Error() }

func refuseWith(status int, message string) *failure {
	return &failure{broker.Refuse(broker.InvalidRequest, message), status}
}

var (
	errNotJSON      = refuseWith(fiber.StatusUnsupportedMediaType, "send the body as Content-Type: application/json, in UTF-8, not compressed")
	errTooLarge     = refuseWith(fiber.StatusRequestEntityTooLarge, "the body is larger than 4 KiB")
	errNotObject    = refuseWith(fiber.StatusBadRequest, "the body is not one JSON object: check for duplicate keys, text after it, and its encoding (UTF-8)")
	errMisdirected  = refuseWith(fiber.StatusMisdirectedRequest, "no tenant answers at this host; check the endpoint: https://api.{tenant}.{base domain}, or /t/{tenant} in front of the path")
	errNoSuchTenant = refuseWith(fiber.StatusNotFound, "there is no such tenant; check the name behind /t/")
	errNoRoute      = refuseWith(fiber.StatusNotFound, "there is nothing at this path")
	errWrongMethod  = refuseWith(fiber.StatusMethodNotAllowed, "this path does not take that method; the Allow header says which it takes")
	errOrigin       = broker.Refuse(broker.OriginNotAllowed,
		"pages of this origin may not use this tenant: add exactly what location.origin says, with: shapestoken origin add TENANT ORIGIN")
)

// failed is Fiber's error handler. It works with no tenant and no trace: some
// errors reach it before anything, and err itself quotes the request.
func (s *Server) failed(c *fiber.Ctx, err error) error {
	status := fiber.StatusInternalServerError
	if f := (*fiber.Error)(nil); errors.As(err, &f) {
		status = f.Code
	}
	s.refuse(c.Context(), status)
	return nil
}

// refuse answers what never became a request of ours. fasthttp refuses some
// before any handler is asked; those are counted and logged here.
func (s *Server) refuse(ctx *fasthttp.RequestCtx, status int) {
	if ctx.UserValue(traceKey{}) == nil {
		defer s.traced(ctx)()
	}
	if status >= fiber.StatusInternalServerError {
		inShopify.replyError(ctx, status, broker.AsError(errUnexpected))
		return
	}
	inShopify.replyError(ctx, status, refusedAtEdge)
}

// panicked is told by the edge what nobody else may hear.
func (s *Server) panicked(ctx *fasthttp.RequestCtx, value any, stack []byte) {
	s.config.Log.Error("panic in a handler", "request_id", traceOf(ctx).id, "panic", fmt.Sprint(value), "stack", string(stack))
}

var (
	errUnexpected = errors.New("unexpected failure in a handler")
	refusedAtEdge = broker.Refuse(broker.InvalidRequest, "the request is malformed or larger than the service takes")
)

func retryAfter(ctx *fasthttp.RequestCtx, status int, e *broker.Error) {
	if e.RetryAfter > 0 {
		ctx.Response.Header.Set(fiber.HeaderRetryAfter, seconds(e.RetryAfter))
	}
	if status == fiber.StatusServiceUnavailable && e.RetryAfter == 0 {
		ctx.Response.Header.Set(fiber.HeaderRetryAfter, "1")
	}
}

// seconds rounds up: whoever comes back early is refused again.
func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}

// reply writes a JSON answer that nobody keeps.
func reply(ctx *fasthttp.RequestCtx, status int, body []byte) {
	replyAs(ctx, status, "application/json; charset=utf-8", body)
}

func replyAs(ctx *fasthttp.RequestCtx, status int, kind string, body []byte) {
	h := &ctx.Response.Header
	ctx.SetStatusCode(status)
	h.SetContentType(kind)
	h.Set(fiber.HeaderCacheControl, "no-store")
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	ctx.Response.SetBody(body)
}
