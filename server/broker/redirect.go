package broker

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// longestRedirect bounds a redirect URI, in bytes.
const longestRedirect = 1024

// CheckRedirect reports why codes cannot be sent to uri: it must be absolute and
// https, http on a loopback host, or of a scheme that an app has for itself (RFC
// 8252 section 7), in printable ASCII and without a fragment (RFC 6749 section
// 3.1.2).
func CheckRedirect(uri string) error {
	switch {
	case uri == "" || len(uri) > longestRedirect || strings.ContainsFunc(uri, notInRedirect):
		return errors.New("a redirect URI is 1 to 1,024 printable ASCII characters, without spaces, quotes, backslashes, wildcards or a fragment")
	case answers.MatchString(uri):
		return errors.New("a redirect URI has none of the parameters that an answer has: code, state, iss, error")
	case !port(uri):
		return errors.New("a port is at most 65535")
	case httpsURI.MatchString(uri), onLoopback.MatchString(uri), ownScheme.MatchString(uri):
		return nil
	case strings.HasPrefix(uri, "http://"):
		return errors.New("a redirect URI with plain http is for localhost, 127.0.0.1 or [::1] only; use https")
	}
	return errors.New("a redirect URI is https://host/path, http on a loopback host, or an app's own scheme with a dot in it, such as com.example.app:/callback")
}

var (
	httpsURI = regexp.MustCompile(`^https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?([/?]|$)`)
	// In it: the host, the port, and all the rest.
	onLoopback = regexp.MustCompile(`^http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?((?:[/?].*)?)$`)
	answers    = regexp.MustCompile(`[?&](code|state|iss|error)(=|&|$)`)
	portOf     = regexp.MustCompile(`^https?://[^/?]*:([0-9]+)(?:[/?]|$)`)
	ownScheme  = regexp.MustCompile(`^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/`)
)

func port(uri string) bool {
	found := portOf.FindStringSubmatch(uri)
	if found == nil {
		return true
	}
	n, err := strconv.Atoi(found[1])
	return err == nil && n <= 65535
}

func notInRedirect(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"\<>^{|}*#`+"`", r)
}

// sendsTo tells whether codes for the client may be sent to uri: it is one of its
// redirect URIs, byte for byte. On a loopback host the port may be another (RFC
// 8252 section 7.3).
func (c *Client) sendsTo(uri string) bool {
	return slices.Contains(c.Redirects, uri) ||
		CheckRedirect(uri) == nil && slices.ContainsFunc(c.Redirects, func(own string) bool { return sameButPort(own, uri) })
}

func sameButPort(own, uri string) bool {
	a, b := onLoopback.FindStringSubmatch(own), onLoopback.FindStringSubmatch(uri)
	return a != nil && b != nil && a[1] == b[1] && a[3] == b[3]
}
