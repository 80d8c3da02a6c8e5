package api

import (
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// bodyMost is the most a request's body may have. A webhook may have webhookMost.
const bodyMost = 64 << 10

// config is how Fiber is set up for the public listener; answer turns a
// handler's error into a reply. ReadTimeout is for the head of a request, all
// of it; the body gets twice as long (see harden).
func config(answer fiber.ErrorHandler) fiber.Config {
	return fiber.Config{
		CaseSensitive:                true,
		StrictRouting:                true,
		BodyLimit:                    bodyMost,
		ReadBufferSize:               8 << 10, // the most a head may have
		ReadTimeout:                  5 * time.Second,
		WriteTimeout:                 10 * time.Second,
		IdleTimeout:                  60 * time.Second,
		EnableTrustedProxyCheck:      true, // and no proxies: forwarded headers are not Fiber's to believe
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 answer,
	}
}

// harden puts the edge around an app made with config and returns its server.
// It must be called after all routes are registered. Serve the result; Fiber's
// own Listen knows nothing of the edge.
func harden(app *fiber.App, refuse refusal, panicked alarm) *fasthttp.Server {
	inner := app.Handler()
	s := app.Server()
	w := wall{refuse: refuse, panicked: panicked}
	s.SecureErrorLogMessage = true
	s.CloseOnShutdown = true
	s.HeaderReceived = received(2*s.ReadTimeout, new(burst))
	s.ExpectHandler = w.expect
	s.ErrorHandler = w.fault // not Fiber's: that one hands the quoted request on
	s.Handler = edge(inner, refuse, panicked)
	return s
}

// received gives the body its own time, and makes fasthttp ignore Expect from
// an HTTP/1.0 client, which would take a 100 for the answer (RFC 9110 section
// 10.1.1). A large webhook gets the room it needs, if there is some left.
func received(body time.Duration, large *burst) func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if !h.IsHTTP11() {
			h.Del(fasthttp.HeaderExpect)
		}
		c := fasthttp.RequestConfig{ReadTimeout: body, MaxRequestBodySize: bodyMost}
		if isLarge(h) && mostOf(h) > bodyMost && large.allow(time.Now(), body) {
			c.MaxRequestBodySize = webhookMost
		}
		return c
	}
}

// faultStatus is the status for an error met while reading a request.
func faultStatus(err error) int {
	var small *fasthttp.ErrSmallBuffer
	switch {
	case errors.As(err, &small):
		return fasthttp.StatusRequestHeaderFieldsTooLarge
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return fasthttp.StatusRequestEntityTooLarge
	case timedOut(err):
		return fasthttp.StatusRequestTimeout
	default:
		return fasthttp.StatusBadRequest
	}
}

// timedOut also knows a timeout inside a chunk's size line, which fasthttp
// wraps so that only its text is left.
func timedOut(err error) bool {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return true
	}
	var broken fasthttp.ErrBrokenChunk
	return errors.Is(err, fasthttp.ErrTimeout) ||
		errors.As(err, &broken) && strings.HasSuffix(broken.Error(), os.ErrDeadlineExceeded.Error())
}
