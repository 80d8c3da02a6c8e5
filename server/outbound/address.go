package outbound

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	maxURL  = 2048
	maxHost = 253 // RFC 1035 section 2.3.4
)

// Check reports why a URL could never be called: for the moment when somebody
// enters it. A name is looked up only where [Config.Allow] decides; whether a
// public name leads to public addresses is checked at each call.
func (c *Client) Check(ctx context.Context, address string) error {
	if len(address) > maxURL || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' || r == '#' }) {
		return refuse("a URL has at most %d visible ASCII characters, without backslash and fragment", maxURL)
	}
	u, err := url.Parse(address)
	if err != nil {
		return refuse("that is not a URL") // err quotes it
	}
	ordinary, err := c.policy.inspect(u)
	if err != nil || ordinary {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, min(c.time, 3*time.Second))
	defer cancel()
	_, err = c.policy.resolve(ctx, u.Hostname(), ordinary)
	return err
}

// policy is who may be called, and how.
type policy struct {
	allow  []netip.Prefix
	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	time   time.Duration
}

// inspect judges what can be seen from a URL alone. What is well-formed and not
// ordinary is for allowed addresses only, which resolve sees to.
func (p policy) inspect(u *url.URL) (ordinary bool, err error) {
	if err := wellFormed(u); err != nil {
		return false, err
	}
	broken := unusual(u)
	if broken != nil && !p.mayExcept(u.Hostname()) {
		return false, broken
	}
	return broken == nil, nil
}

func wellFormed(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("only https")
	case u.Opaque != "" || u.Host == "" || strings.HasSuffix(u.Host, ":"):
		return refuse("the URL must be https://host/path")
	case u.User != nil:
		return refuse("no user name or password in the URL")
	case u.Fragment != "":
		return refuse("no fragment in the URL")
	case strings.ContainsRune(u.Path+u.RawQuery, '\\'):
		return refuse("no backslash in the URL")
	}
	return nil
}

// unusual says which rule a well-formed URL breaks, if it breaks one.
func unusual(u *url.URL) error {
	switch host := u.Hostname(); {
	case u.Scheme != "https":
		return refuse("only https")
	case u.Port() != "" && u.Port() != "443":
		return refuse("only port 443")
	case !isName(host) || !strings.Contains(host, "."):
		return refuse("the host must be a full name, such as hooks.example.com, and no address")
	}
	return nil
}

// mayExcept reports whether host could be an exception: an allowed address, or
// a name, which may lead to one.
func (p policy) mayExcept(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return p.allows(address)
	}
	return len(p.allow) > 0 && isName(host)
}

// isName keeps to the letters, digits and hyphens of a host name, without the
// dot at the end that some software forgets, and to names whose last part is no
// number: browsers and C libraries read 127.1, 0x7f.1 and 2130706433 as addresses.
func isName(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label || strings.ContainsFunc(label, notInName) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(host) <= maxHost && (last[0] < '0' || last[0] > '9')
}

func notInName(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}
