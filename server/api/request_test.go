package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"
)

func TestClient(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	rows := []struct {
		name, peer, forwarded, want string
		forgotten                   bool
	}{
		{"a direct peer", "192.0.2.1", "", "192.0.2.1", false},
		{"a direct private peer", "192.168.0.1", "", "192.168.0.1", false},
		{"a public peer that forwards is a liar", "192.0.2.1", "198.51.100.1", "192.0.2.1", false},
		{"behind a trusted proxy", "10.0.0.1", "198.51.100.1", "198.51.100.1", false},
		{"behind two", "10.0.0.1", "198.51.100.1, 10.9.9.9", "198.51.100.1", false},
		{"what stands left is made up", "10.0.0.1", "203.0.113.1, 198.51.100.1", "198.51.100.1", false},
		{"mapped addresses are IPv4", "::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1", false},
		{"IPv6", "2001:db8::1", "2001:470::1", "2001:470::1", false},
		{"nonsense in the list", "10.0.0.1", "canary", "10.0.0.1", false},
		{"nonsense on the right", "10.0.0.1", "198.51.100.1, ", "10.0.0.1", false},
		{"an address with a port", "10.0.0.1", "198.51.100.1:1234", "10.0.0.1", false},
		{"a line of the proxy's own", "10.0.0.1", "203.0.113.1\n198.51.100.1", "198.51.100.1", false},
		{"a whole list of proxies", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", false},
		{"a proxy nobody configured", "192.168.0.1", "198.51.100.1", "invalid IP", true},
		{"on loopback", "127.0.0.1", "198.51.100.1", "invalid IP", true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			forgotten := false
			s := &Server{config: Config{
				TrustedProxies: proxies, ForgottenProxy: func() { forgotten = true },
				Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			}}
			var ctx fasthttp.RequestCtx
			ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.ParseIP(row.peer), Port: 4711}, nil)
			if row.forwarded != "" {
				for line := range strings.SplitSeq(row.forwarded, "\n") {
					ctx.Request.Header.Add("X-Forwarded-For", line)
				}
			}
			if got := s.client(&ctx).String(); got != row.want || forgotten != row.forgotten {
				t.Errorf("got %s, forgotten %v", got, forgotten)
			}
		})
	}
}

func TestRequestIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		id := newRequestID()
		if seen[id] || len(id) < 12 {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := deadline()
		if until, set := ctx.Deadline(); !set || time.Until(until) != longest || ctx.Err() != nil {
			t.Errorf("until %s, %v", until, ctx.Err())
		}
		derived, stop := context.WithTimeout(ctx, time.Hour)
		defer stop()
		<-derived.Done()
		if time.Now() != must(ctx.Deadline()) || ctx.Err() != context.DeadlineExceeded || derived.Err() != context.DeadlineExceeded {
			t.Errorf("%v, %v", ctx.Err(), derived.Err())
		}
		cancel()

		ctx, cancel = deadline()
		waiting := ctx.Done()
		cancel()
		<-waiting
		if ctx.Err() != context.Canceled {
			t.Errorf("cancelled: %v", ctx.Err())
		}

		_, cancel = deadline()
		cancel() // nobody has waited: there is nothing to end
	})
}

func must(until time.Time, _ bool) time.Time { return until }
