package api

import (
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// webhookMost is the most a webhook's body may have: shopify.dev names no bound,
// and one about a customer lists all of their orders.
const webhookMost = 2 << 20

// largeAtOnce is how many bodies over bodyMost are read in the time that one may
// take, which is 64 MiB. fasthttp makes room for all of a body as soon as it has
// read how long it says it is, and whoever says so is not known yet.
const largeAtOnce = 32

// isLarge is true for a body over bodyMost, and for one that does not say its length.
func isLarge(h *fasthttp.RequestHeader) bool {
	n := h.ContentLength()
	return n > bodyMost || n == chunked
}

const chunked = -1 // what fasthttp says the length of a chunked body is

// mostOf is the most a body may have where this request is going.
func mostOf(h *fasthttp.RequestHeader) int {
	a, _ := arrive(h) // what is refused has no target
	path, _ := splitQuery(a.target)
	if string(path) == webhookPath {
		return webhookMost
	}
	return bodyMost
}

// burst allows largeAtOnce in any period.
type burst struct {
	mu   sync.Mutex
	when [largeAtOnce]time.Time // a ring: the oldest stands at next
	next int
}

func (b *burst) allow(now time.Time, period time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.when[b.next]) < period {
		return false
	}
	b.when[b.next] = now
	b.next = (b.next + 1) % len(b.when)
	return true
}
