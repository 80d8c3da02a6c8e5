package shopify

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// throttled is a request that was not looked at. It can be sent again, once
// Shopify has room for it.
type throttled struct{ wait time.Duration }

func (t *throttled) Error() string {
	return fmt.Sprintf("%v; there will be room in %s", ErrThrottled, t.wait.Round(time.Millisecond))
}

func (t *throttled) Unwrap() error { return ErrThrottled }

// cost is what Shopify says of every GraphQL answer: a bucket of points for each
// app and shop, which fills at a constant rate (shopify.dev, "API limits").
type cost struct {
	RequestedQueryCost float64
	ThrottleStatus     *struct{ MaximumAvailable, CurrentlyAvailable, RestoreRate float64 }
}

// wait is how long the bucket takes until it holds what was asked for.
func (c *cost) wait() time.Duration {
	if c == nil || c.ThrottleStatus == nil || c.ThrottleStatus.RestoreRate <= 0 {
		return noAdvice
	}
	if c.RequestedQueryCost > c.ThrottleStatus.MaximumAvailable {
		return never
	}
	return seconds((c.RequestedQueryCost - c.ThrottleStatus.CurrentlyAvailable) / c.ThrottleStatus.RestoreRate)
}

const never = 24 * time.Hour

// seconds keeps what a stranger's number says within what a Duration can.
func seconds(s float64) time.Duration {
	switch {
	case s > never.Seconds():
		return never
	case s > 0:
		return time.Duration(s * float64(time.Second))
	}
	return 0 // less than nothing, and what is not a number
}

// retryAfter reads the header of a 429: seconds, which Shopify writes with a
// decimal point, or a date (RFC 9110 section 10.2.3).
func (c *Client) retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		return seconds(s)
	}
	if at, err := http.ParseTime(text); err == nil {
		return seconds(at.Sub(c.now()).Seconds())
	}
	return noAdvice
}
