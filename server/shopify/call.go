package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	tries    = 5                // of one question, in all
	maxWait  = 30 * time.Second // longest wait before one of them
	minWait  = 200 * time.Millisecond
	noAdvice = time.Second // where Shopify says "too many" and not until when
)

// question is one GraphQL document, a constant, and what fills it.
type question struct {
	document  string
	variables map[string]any
	secrets   []secret.Text // never quoted, whatever Shopify says
	// once: it is not asked again after a failure that may have come after the
	// deed. Whoever asks looks first.
	once bool
}

// call asks q and decodes the data of the answer into out.
func (c *Client) call(ctx context.Context, a Access, q question, out any) error {
	if !hmac.ValidShop(a.Shop) {
		return ErrShop
	}
	if a.Token.Empty() {
		return fmt.Errorf("%w: no access token is set for %s", ErrAccess, a.Shop)
	}
	body, err := json.Marshal(map[string]any{"query": q.document, "variables": q.variables})
	if err != nil {
		return errors.New("shopify: a question could not be written as JSON") // the cause could quote it
	}
	return c.patiently(ctx, q.once, func() error { return c.ask(ctx, a, q, body, out) })
}

// patiently does what may fail for a while, a bounded number of times. What was
// only asked too early is always done again; what may have been done already is
// not, if it is to be done once.
func (c *Client) patiently(ctx context.Context, once bool, do func() error) error {
	for try := 0; ; try++ {
		err := do()
		wait, again := delay(err, once, try)
		if !again || try == tries-1 {
			return err
		}
		if stopped := c.pause(ctx, wait); stopped != nil {
			return fmt.Errorf("%w; gave up waiting: %w", err, stopped)
		}
	}
}

// delay says whether to do it again, and when.
func delay(err error, once bool, try int) (wait time.Duration, again bool) {
	var t *throttled
	switch {
	case errors.As(err, &t):
		wait = max(t.wait, minWait)
		return wait + rand.N(wait/4), t.wait <= maxWait
	case errors.Is(err, ErrUnavailable):
		return backoff(try), !once
	}
	return 0, false
}

// backoff doubles from try to try, and is jittered so that servers that failed
// together do not come back together.
func backoff(try int) time.Duration {
	d := min(minWait<<try, maxWait)
	return d/2 + rand.N(d/2)
}
