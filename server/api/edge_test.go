package api

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// patience is how long a test waits for what must come. Nothing waits for it
// to run out.
const patience = 10 * time.Second

// refusalText is what the stand's refusal writes, whatever the status.
const refusalText = `{"error":"invalid_request"}`

// A stand is a real Fiber app behind harden, on loopback.
type stand struct {
	addr     string
	smuggled atomic.Int32 // how often the route was reached that nobody asks for
	panics   chan string  // what the alarm was told
	refuse   atomic.Value // refusal; the constant one until set
	server   *fasthttp.Server
}

func newStand(t *testing.T, change func(*fiber.Config)) *stand {
	t.Helper()
	s := &stand{panics: make(chan string, 10)}
	s.refuse.Store(refusal(constantRefusal))
	c := config(func(c *fiber.Ctx, err error) error {
		status := fiber.StatusInternalServerError
		if e := (*fiber.Error)(nil); errors.As(err, &e) {
			status = e.Code
		}
		return c.SendStatus(status)
	})
	if change != nil {
		change(&c)
	}
	app := fiber.New(c)
	s.mountOn(app)
	s.server = harden(app, func(ctx *fasthttp.RequestCtx, status int) { s.refuse.Load().(refusal)(ctx, status) },
		func(_ *fasthttp.RequestCtx, value any, stack []byte) { s.panics <- fmt.Sprintf("%v\n%s", value, stack) })
	s.serve(t)
	return s
}

func constantRefusal(ctx *fasthttp.RequestCtx, _ int) {
	ctx.SetContentType(fiber.MIMEApplicationJSON)
	ctx.SetBodyString(refusalText)
}

func (s *stand) mountOn(app *fiber.App) {
	where := func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprintf("host=%s (%s) tenant=%s path=%s query=%s url=%s.",
			hostOf(c.Context()), c.Hostname(), pathTenantOf(c.Context()), c.Path(), c.Context().URI().QueryString(), c.OriginalURL()))
	}
	app.Get("/ok", func(c *fiber.Ctx) error { return c.SendString("fine") })
	sink := func(c *fiber.Ctx) error { return c.SendString(fmt.Sprintf("%d bytes", len(c.Body()))) }
	app.Post("/sink", sink)
	app.Post(webhookPath, sink)
	app.Get("/", where)
	app.Get("/where", where)
	app.Get("/.well-known/oauth-authorization-server", where)
	app.Get("/.well-known/openid-configuration", where)
	app.Get("/smuggled", func(*fiber.Ctx) error { s.smuggled.Add(1); return nil })
	app.Get("/panic", func(c *fiber.Ctx) error {
		c.Set("X-Half", canary)
		_ = c.Status(fiber.StatusAccepted).SendString(canary)
		panic("the secret is " + canary)
	})
}

func (s *stand) serve(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- s.server.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.server.Shutdown(), <-done); err != nil {
			t.Error(err)
		}
	})
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// readAll reads until the connection ends, one way or the other.
func readAll(t *testing.T, conn net.Conn) []byte {
	t.Helper()
	got, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection was not closed: %v", err)
	}
	return got
}

// exchange sends raw on a connection of its own and returns all that comes
// back. One of the requests in raw must close the connection.
func (s *stand) exchange(t *testing.T, raw string) string {
	t.Helper()
	conn := dial(t, s.addr)
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	return string(readAll(t, conn))
}

func TestGoodRequests(t *testing.T) {
	const closing = "Connection: close\r\n\r\n"
	s := newStand(t, nil)
	for _, test := range []struct {
		name, raw string
		want      []string // in this order
		mustNot   string
	}{
		{"a request", "GET /ok HTTP/1.1\r\nHost: a\r\n" + closing, []string{"HTTP/1.1 200 ", "\r\n\r\nfine"}, "keep-alive"},
		{"close in other words", "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n", []string{" 200 ", "Connection: close"}, ""},
		{
			"one after the other", "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n\r\nPOST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345GET /ok HTTP/1.1\r\nHost: b\r\n" + closing,
			[]string{" 200 ", "fine", " 200 ", "5 bytes", " 200 ", "fine"}, "",
		},
		{"HEAD", "HEAD /ok HTTP/1.1\r\nHost: a\r\n" + closing, []string{" 200 ", "Content-Length: 4", "\r\n\r\n"}, "fine"},
		{"chunks", "POST /sink HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nCookie: a=b\r\nCookie: c=d\r\nX: \t y \r\nUser-Agent: z\r\nTrailer: X-Sum\r\n" + closing +
			"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n", []string{" 200 ", "7 bytes"}, ""},
		{"chunks, then another", "POST /sink HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /ok HTTP/1.1\r\nHost: a\r\n" + closing,
			[]string{"3 bytes", "fine"}, ""},
		{"HTTP/1.0", "GET /ok HTTP/1.0\r\nHost: a\r\n\r\n", []string{" 200 ", "Connection: close", "fine"}, ""},
		{"HTTP/1.0 kept alive", "GET /ok HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /ok HTTP/1.0\r\nHost: a\r\n\r\n",
			[]string{" 200 ", "Connection: keep-alive", "fine", " 200 ", "Connection: close", "fine"}, ""},
		{"expectation", "POST /sink HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + closing + "12345",
			[]string{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ", "5 bytes"}, ""},
		{"expectation of chunks", "POST /sink HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n" + closing + "2\r\nab\r\n0\r\n\r\n",
			[]string{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ", "2 bytes"}, ""},
		{"expectation in HTTP/1.0", "POST /sink HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n12345", []string{" 200 ", "5 bytes"}, " 100 "},
		{"64 KiB", "POST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n" + closing + strings.Repeat("x", 64<<10), []string{"65536 bytes"}, ""},
		{"multipart, which is nobody's to take apart here", "POST /sink HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n" + closing + "--b--",
			[]string{"5 bytes"}, ""},
		{"empty lines in front, request line ended by a bare LF", "\r\n\r\nGET /ok HTTP/1.1\nHost: a\r\n" + closing, []string{" 200 ", "fine"}, ""},
		{"64 fields", "GET /ok HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 62) + closing, []string{"fine"}, ""},
		{"target of 4 KiB", "GET /ok?" + strings.Repeat("a", 4<<10-4) + " HTTP/1.1\r\nHost: a\r\n" + closing, []string{"fine"}, ""},
		{"upgrade that is not wanted", "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
			[]string{"HTTP/1.1 200 ", "fine"}, " 101 "},
		{"TRACE", "TRACE /ok HTTP/1.1\r\nHost: a\r\nX-Plant: " + canary + "\r\n" + closing, []string{" 405 ", "Allow: GET, HEAD"}, canary},
		{
			"wrong methods", "PUT /ok HTTP/1.1\r\nHost: a\r\n\r\nPATCH /ok HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS /ok HTTP/1.1\r\nHost: a\r\n\r\nDELETE /ok HTTP/1.1\r\nHost: a\r\n" + closing,
			[]string{" 405 ", "Allow: GET, HEAD", " 405 ", " 405 ", " 405 "}, "",
		},
		{"slash at the end", "GET /ok/ HTTP/1.1\r\nHost: a\r\n" + closing, []string{" 404 "}, ""},
		{"other case", "GET /OK HTTP/1.1\r\nHost: a\r\n" + closing, []string{" 404 "}, ""},
		{"host with a port", "GET /where?x=1 HTTP/1.1\r\nHost: Api.ACME.Example:8080\r\n" + closing, []string{"host=api.acme.example (api.acme.example:8080) tenant= path=/where query=x=1 url=/where?x=1."}, ""},
		{"forwarded host", "GET /where HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: " + canary + "\r\n" + closing, []string{"host=a (a) "}, canary},
		{"tenant in the path", "GET /t/acme/where?x=1&y=/t/b HTTP/1.1\r\nHost: [::1]:8080\r\n" + closing,
			[]string{"host=[::1] ([::1]:8080) tenant=acme path=/where query=x=1&y=/t/b url=/where?x=1&y=/t/b."}, ""},
		{"tenant alone", "GET /t/acme?x=1 HTTP/1.1\r\nHost: a\r\n" + closing, []string{"tenant=acme path=/ query=x=1 url=/?x=1."}, ""},
		{"tenant inserted", "GET /.well-known/oauth-authorization-server/t/acme?x=1 HTTP/1.1\r\nHost: a\r\n" + closing,
			[]string{"tenant=acme path=/.well-known/oauth-authorization-server query=x=1 "}, ""},
		{"tenant twice", "GET /t/acme/t/evil/where HTTP/1.1\r\nHost: a\r\n" + closing, []string{" 404 "}, ""},
		{"tenant twice, inserted", "GET /t/acme/.well-known/openid-configuration/t/evil HTTP/1.1\r\nHost: a\r\n" + closing, []string{" 404 "}, ""},
		{
			"one tenant after the other", "GET /t/acme/where HTTP/1.1\r\nHost: aaaa\r\n\r\nGET /where HTTP/1.1\r\nHost: bb\r\n" + closing,
			[]string{"host=aaaa (aaaa) tenant=acme ", "host=bb (bb) tenant= path=/where"}, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.exchange(t, test.raw)
			rest := got
			for _, want := range test.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is missing or out of order in:\n%s", want, got)
				}
				rest = after
			}
			if test.mustNot != "" && strings.Contains(got, test.mustNot) {
				t.Errorf("%q is in:\n%s", test.mustNot, got)
			}
		})
	}
}

// TestKeptStrings fails if hostOf or pathTenantOf point into fasthttp's
// buffers, which the next request on the connection overwrites.
func TestKeptStrings(t *testing.T) {
	var kept []string
	h := edge(func(ctx *fasthttp.RequestCtx) { kept = append(kept, hostOf(ctx)+" "+pathTenantOf(ctx)) },
		constantRefusal, nil)
	var ctx fasthttp.RequestCtx
	for _, c := range "abc" {
		ctx.Request.Reset()
		readHead(t, &ctx.Request.Header, strings.ReplaceAll("GET /t/xxxx/ok HTTP/1.1\r\nHost: xxxx.example\r\n\r\n", "x", string(c)))
		h(&ctx)
	}
	want := "aaaa.eaample aaaa bbbb.ebample bbbb cccc.ecample cccc"
	if got := strings.Join(kept, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// BenchmarkEdge is what the edge costs a request that a browser sends.
func BenchmarkEdge(b *testing.B) {
	const fields = "Content-Type: application/json\r\nContent-Length: 120\r\nAccept: */*\r\n" +
		"Origin: https://shop.example\r\nReferer: https://shop.example/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36\r\n" +
		"Accept-Language: en-AU,en;q=0.9,de;q=0.8\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nConnection: keep-alive\r\n\r\n"
	for name, head := range map[string]string{
		"host":   "POST /shopify/api/v1/auth/token HTTP/1.1\r\nHost: api.acme.getomneo.com\r\n" + fields,
		"path":   "POST /t/acme/shopify/api/v1/auth/token HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" + fields,
		"refuse": "POST //shopify/api/v1/auth/token HTTP/1.1\r\nHost: api.acme.getomneo.com\r\n" + fields,
	} {
		b.Run(name, func(b *testing.B) {
			var ctx fasthttp.RequestCtx
			readHead(b, &ctx.Request.Header, head)
			target := string(ctx.Request.Header.RequestURI())
			h := edge(func(*fasthttp.RequestCtx) {}, func(*fasthttp.RequestCtx, int) {}, nil)
			b.ReportAllocs()
			for b.Loop() {
				ctx.Request.SetRequestURI(target)
				h(&ctx)
			}
		})
	}
}
