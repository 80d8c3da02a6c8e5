package outbound

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Do sends r and returns the answer with all of its body, which is in memory
// then: closing it is not needed, and forgetting to harms nothing. An answer
// that sends elsewhere (3xx) is returned as it is.
//
// r's context may end it earlier. Cookies and the Referer are taken off.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	ordinary, err := c.policy.inspect(r.URL)
	if err == nil && r.Host != "" && !strings.EqualFold(r.Host, r.URL.Host) {
		err = refuse("the Host header must be the URL's own host")
	}
	if err != nil {
		drop(r.Body)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.time)
	defer cancel()
	done, err := c.turn(ctx)
	if err != nil {
		drop(r.Body)
		return nil, err
	}
	defer done()
	return c.send(strip(r.WithContext(context.WithValue(ctx, ordinaryKey{}, ordinary))))
}

func strip(r *http.Request) *http.Request {
	r.Header = r.Header.Clone()
	r.Header.Del("Cookie")
	r.Header.Del("Referer")
	return r
}

// send goes past http.Client, which follows redirects, keeps cookies and writes
// the URL into its errors.
func (c *Client) send(r *http.Request) (*http.Response, error) {
	answer, err := c.doer.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("outbound: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, c.bytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("outbound: reading the answer: %w", err)
	case int64(len(body)) > c.bytes:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, c.bytes)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

func drop(body io.Closer) {
	if body != nil {
		_ = body.Close()
	}
}
