package api

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// longest is how long a request may wait for anything of ours.
const longest = 2 * time.Second

// deadline makes a request's own context: fasthttp's are pooled and outlive
// nothing. Its timer is set only if somebody waits for it, and what a storefront
// asks for hardly ever waits.
func deadline() (context.Context, context.CancelFunc) {
	d := &lazy{Context: context.Background(), until: time.Now().Add(longest)}
	return d, d.cancel
}

// lazy is a deadline whose timer is made when first waited for. It belongs to
// one request; waiting may happen in several goroutines.
type lazy struct {
	context.Context
	until time.Time

	once   sync.Once
	timed  context.Context
	ended  context.CancelFunc
	waited atomic.Bool
}

func (d *lazy) wait() context.Context {
	d.once.Do(func() {
		d.timed, d.ended = context.WithDeadline(d.Context, d.until)
		d.waited.Store(true)
	})
	return d.timed
}

func (d *lazy) Deadline() (time.Time, bool) { return d.until, true }
func (d *lazy) Done() <-chan struct{}       { return d.wait().Done() }
func (d *lazy) Err() error                  { return d.wait().Err() }

func (d *lazy) cancel() {
	if d.waited.Load() {
		d.ended()
	}
}

// client is the address that limits count by: the peer's, or behind trusted
// proxies the rightmost one that is not theirs. It is invalid for a private
// peer that forwards without being trusted: that is a proxy someone forgot to
// configure, and all shoppers would share its limit.
func (s *Server) client(ctx *fasthttp.RequestCtx) netip.Addr {
	peer := addressOf(ctx.RemoteAddr())
	forwarded := bytes.Join(ctx.Request.Header.PeekAll(fiber.HeaderXForwardedFor), []byte(",")) // some proxies add a line of their own
	if len(forwarded) == 0 {
		return peer
	}
	if s.trusted(peer) {
		return s.rightmost(peer, string(forwarded))
	}
	if peer.IsPrivate() || peer.IsLoopback() {
		s.forgotten(peer)
		return netip.Addr{}
	}
	return peer
}

// forgotten counts every such request, and says once what to configure.
func (s *Server) forgotten(proxy netip.Addr) {
	s.config.ForgottenProxy()
	s.warning.Do(func() {
		s.config.Log.Warn("a private address forwards requests and is not trusted: its clients are not limited by address; name it with --trusted-proxy", "proxy", proxy.String())
	})
}

// rightmost walks the list from the peer's side; whatever stands left of an
// address that is not ours could have been made up.
func (s *Server) rightmost(peer netip.Addr, list string) netip.Addr {
	hops := strings.Split(list, ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return peer
		}
		peer = hop.Unmap()
		if !s.trusted(peer) {
			return peer
		}
	}
	return peer
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.config.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func addressOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
