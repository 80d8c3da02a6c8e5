// Package outbound is the one way in which this program calls others over
// HTTP. Whom it calls is often said by strangers (an address in a form, a domain
// in a database), so it can be talked into nothing: it reaches public addresses
// by https alone, follows nothing, remembers nothing, and stops in time.
//
// deny.go has the addresses that are never reached, address.go what a URL must
// look like, dial.go why a name that changes its mind does not help.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// The bounds where [Config] and [Client.Within] name none.
const (
	DefaultTime   = 10 * time.Second
	DefaultBytes  = 64 << 10
	DefaultAtOnce = 16
)

// Config says what may go out. The zero Config is the strict one.
type Config struct {
	// Allow are addresses that may be reached although they are not public, and
	// also by plain http, at any port and by their numbers. For tests, and for an
	// operator's own services. A name that is called in any such way must lead to
	// these addresses alone.
	Allow []netip.Prefix
	// Time bounds one request: waiting for its turn, looking up, connecting and
	// reading all of the answer. 0: [DefaultTime].
	Time time.Duration
	// Bytes bounds the body of an answer. 0: [DefaultBytes].
	Bytes int64
	// AtOnce bounds the requests in flight. 0: [DefaultAtOnce].
	AtOnce int
	// Roots are the certificate authorities. Nil: the system's.
	Roots *x509.CertPool
	// Lookup finds a name's addresses. Nil: DNS and the hosts file, by Go's own
	// resolver, which takes 127.1 and 0x7f000001 for names and not for addresses.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Client calls others. It is safe for concurrent use.
type Client struct {
	policy policy
	doer   *http.Transport
	turns  chan struct{}
	time   time.Duration
	bytes  int64
}

// New makes a client. What came of it by [Client.Within] shares its bound on
// requests in flight, and [Client.Apart] has another.
func New(c Config) *Client {
	c = c.filled()
	p := policy{allow: c.Allow, lookup: c.Lookup, time: c.Time}
	return &Client{
		policy: p,
		turns:  make(chan struct{}, c.AtOnce),
		time:   c.Time,
		bytes:  c.Bytes,
		doer: &http.Transport{
			Proxy:                  nil, // of the environment: it would connect for us, unchecked
			DialContext:            p.dial,
			TLSClientConfig:        &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    c.Time,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: DefaultBytes,
		},
	}
}

func (c Config) filled() Config {
	if c.Time <= 0 {
		c.Time = DefaultTime
	}
	if c.Bytes <= 0 {
		c.Bytes = DefaultBytes
	}
	if c.AtOnce <= 0 {
		c.AtOnce = DefaultAtOnce
	}
	if c.Lookup == nil {
		resolver := &net.Resolver{PreferGo: true}
		c.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return resolver.LookupNetIP(ctx, "ip", host)
		}
	}
	return c
}

// Within returns a client with other bounds; 0 keeps what c has.
func (c *Client) Within(time time.Duration, bytes int64) *Client {
	d := *c
	if time > 0 {
		d.time = time
	}
	if bytes > 0 {
		d.bytes = bytes
	}
	return &d
}

// Apart is Within with a bound on requests in flight of its own, as large as c's,
// so that who keeps others waiting keeps only their like waiting.
func (c *Client) Apart(time time.Duration, bytes int64) *Client {
	d := c.Within(time, bytes)
	d.turns = make(chan struct{}, cap(c.turns))
	return d
}

// Close lets go of connections that wait to be used again.
func (c *Client) Close() { c.doer.CloseIdleConnections() }

// turn waits until fewer than the bound are in flight.
func (c *Client) turn(ctx context.Context) (done func(), err error) {
	select {
	case c.turns <- struct{}{}:
		return func() { <-c.turns }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrBusy, ctx.Err())
	}
}
