package shopify_test

import (
	"context"
	"io"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const (
	acme  = "acme.myshopify.com"
	other = "other.myshopify.com"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// store is a client, a Shopify to speak to, and the access that a shop gave.
type store struct {
	*shopify.Client
	*shopifytest.Server
	*clock
	access shopify.Access
	pauses []time.Duration
}

// clock stands still but for what passes in pauses. A server may still look at
// it after its client has gone.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func open(t *testing.T) *store {
	t.Helper()
	schema, err := os.ReadFile("../../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	s := &store{Server: shopifytest.New(t, string(schema)), clock: &clock{now: noon}}
	s.Server.Now = s.clock.Now
	web := httptest.NewServer(s.Server)
	t.Cleanup(web.Close)
	out := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	t.Cleanup(out.Close)
	s.Client = &shopify.Client{
		HTTP:  out,
		Base:  shopifytest.Base(web.URL),
		Now:   s.clock.Now,
		Pause: s.pause,
	}
	s.access = shopify.Access{Shop: acme, Token: secret.New(s.Token(acme))}
	return s
}

// pause notes how long it would take, and lets that time pass.
func (s *store) pause(ctx context.Context, d time.Duration) error {
	s.pauses = append(s.pauses, d)
	s.pass(d)
	return ctx.Err()
}

// value is what the shop's metafield holds; "" is none.
func (s *store) value(t *testing.T, p shopifytest.Place) string {
	t.Helper()
	v, _ := s.Value(acme, p)
	return v
}

func is(values ...string) func(secret.Text) bool {
	return func(s secret.Text) bool {
		for _, v := range values {
			if s.Equal(secret.New(v)) {
				return true
			}
		}
		return false
	}
}

func readAll(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
