package doctor

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// MaxPage is how much of a page, or of any other answer, is read, in bytes.
const MaxPage = 5 << 20

// More bounds on what is asked of others.
const (
	patience     = 10 * time.Second // for one answer, with all its redirects
	mostRedirect = 5
)

// client asks as a stranger: without cookies and credentials, for a bounded
// time, and reads a bounded answer.
type client struct{ follow, direct http.Client }

// newClient takes the standard transport if t is nil.
func newClient(t http.RoundTripper) *client {
	c := &client{
		follow: http.Client{Transport: t, Timeout: patience, CheckRedirect: redirect},
		direct: http.Client{Transport: t, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	return c
}

var (
	errRedirects = errors.New("it redirects more than five times")
	errUserinfo  = errors.New("it redirects to an address with a password in it")
)

func redirect(r *http.Request, via []*http.Request) error {
	switch {
	case r.URL.User != nil:
		return errUserinfo
	case len(via) > mostRedirect:
		return errRedirects
	}
	return nil
}

// answer is a response, read to its end or to the bound.
type answer struct {
	url    *url.URL // where it came from in the end
	status int
	header http.Header
	body   []byte
	cut    bool // there was more
}

// get follows redirects, as a browser does for pages and scripts.
func (c *client) get(ctx context.Context, u *url.URL, header http.Header) (answer, error) {
	return send(ctx, &c.follow, http.MethodGet, u, header, nil)
}

// once does not: a browser follows none in a preflight.
func (c *client) once(ctx context.Context, method string, u *url.URL, header http.Header, body io.Reader) (answer, error) {
	return send(ctx, &c.direct, method, u, header, body)
}

func send(ctx context.Context, c *http.Client, method string, u *url.URL, header http.Header, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return answer{}, err
	}
	r.Header = header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; shapestoken doctor)") // some shops turn bare programs away
	res, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, MaxPage+1))
	if err != nil {
		return answer{}, err
	}
	a := answer{url: res.Request.URL, status: res.StatusCode, header: res.Header, body: b}
	if a.cut = len(b) > MaxPage; a.cut {
		a.body = b[:MaxPage]
	}
	return a, nil
}

func (a answer) redirects() bool { return a.status >= 300 && a.status < 400 }
