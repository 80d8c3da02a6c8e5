package api

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"
)

func TestPanics(t *testing.T) {
	const good = "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	broken := refusal(func(*fasthttp.RequestCtx, int) { panic("broken refusal") })
	for _, test := range []struct {
		name, raw string
		refuse    refusal
		told      string
	}{
		{"handler", "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", constantRefusal, "the secret is " + canary},
		{"handler and refusal", "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", broken, "the secret is " + canary},
		{"refusal at the edge", "GET /ok HTTP/1.1\r\nHost: a_b\r\n\r\n", broken, "broken refusal"},
		{"refusal of what cannot be read", "GET /ok\r\n\r\n", broken, "broken refusal"},
		{"refusal of an expectation", "POST /sink HTTP/1.1\r\nHost: a_b\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", broken, "broken refusal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStand(t, nil)
			s.refuse.Store(test.refuse)
			got := s.exchange(t, test.raw+sequel)
			if !strings.HasPrefix(got, "HTTP/1.1 500 ") || strings.Count(got, "HTTP/1.1") != 1 || !strings.Contains(got, "Connection: close") {
				t.Errorf("not one 500:\n%s", got)
			}
			if strings.Contains(got, canary) || strings.Contains(got, "X-Half") {
				t.Errorf("the answer tells too much:\n%s", got)
			}
			if told := <-s.panics; !strings.HasPrefix(told, test.told) || !strings.Contains(told, "_test.go:") {
				t.Errorf("the alarm was told %q", told)
			}
			if got := s.exchange(t, good); !strings.Contains(got, "fine") {
				t.Errorf("afterwards:\n%s", got)
			}
		})
	}
}

// TestPanickingAlarm: not even the log may end the process.
func TestPanickingAlarm(t *testing.T) {
	var ctx fasthttp.RequestCtx
	readHead(t, &ctx.Request.Header, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	edge(func(*fasthttp.RequestCtx) { panic("first") }, constantRefusal,
		func(*fasthttp.RequestCtx, any, []byte) { panic("second") })(&ctx)
	if got := ctx.Response.StatusCode(); got != fasthttp.StatusInternalServerError {
		t.Errorf("status %d", got)
	}
}

func TestFaultStatus(t *testing.T) {
	quoted := fmt.Errorf("contents: %q", "i/o timeout")
	for _, test := range []struct {
		err  error
		want int
	}{
		{&fasthttp.ErrSmallBuffer{}, 431},
		{fmt.Errorf("reading: %w", &fasthttp.ErrSmallBuffer{}), 431},
		{fasthttp.ErrBodyTooLarge, 413},
		{os.ErrDeadlineExceeded, 408},
		{fmt.Errorf("reading: %w", os.ErrDeadlineExceeded), 408},
		{fasthttp.ErrTimeout, 408},
		{io.ErrUnexpectedEOF, 400},
		{fasthttp.ErrDuplicateContentLength, 400},
		{quoted, 400},
		{&net.OpError{Err: syscall.ECONNRESET}, 400},
		{errors.New("anything else"), 400},
	} {
		if got := faultStatus(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}

// TestHarden is about the settings that no answer shows.
func TestHarden(t *testing.T) {
	type settings struct {
		Head, Body, Write, Idle time.Duration
		Secure, CloseOnShutdown bool
	}
	s := harden(fiber.New(config(nil)), constantRefusal, nil)
	body := s.HeaderReceived(&fasthttp.RequestHeader{}).ReadTimeout
	got := settings{s.ReadTimeout, body, s.WriteTimeout, s.IdleTimeout, s.SecureErrorLogMessage, s.CloseOnShutdown}
	want := settings{5 * time.Second, 10 * time.Second, 10 * time.Second, time.Minute, true, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestUnread: hostOf and pathTenantOf answer where nothing is known.
func TestUnread(t *testing.T) {
	var ctx fasthttp.RequestCtx
	if host, tenant := hostOf(&ctx), pathTenantOf(&ctx); host != "" || tenant != "" {
		t.Errorf("host %q, tenant %q", host, tenant)
	}
}

// readHead makes fasthttp read a head as its server would.
func readHead(t testing.TB, h *fasthttp.RequestHeader, raw string) {
	t.Helper()
	if err := h.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
		t.Fatal(err)
	}
}
