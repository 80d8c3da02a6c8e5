package broker

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// ValidName reports whether s can name a tenant: a DNS label (RFC 1123), in lower case.
func ValidName(s string) bool { return label.MatchString(s) }

// CheckOrigin reports why s is not an origin as a browser sends it (RFC 6454
// section 6.2): scheme, host and a port that is not the scheme's own. Plain http
// is for loopback hosts only, where themes are developed.
func CheckOrigin(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme+"://"+u.Host != s:
		return errors.New("an origin is scheme://host[:port], without a path or a slash at the end: exactly what location.origin says")
	case s != strings.ToLower(s) || !hostName.MatchString(u.Hostname()):
		return errors.New("the host must be as browsers send it: lower case, without wildcards, in Punycode where it is international")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("plain http is only for loopback hosts; use https")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("the scheme must be https, or http for a loopback host")
	case strings.HasSuffix(u.Host, ":"), u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return errors.New("browsers leave the scheme's own port out; leave it out too")
	}
	return nil
}

const longestTitle = 100 // characters

// CheckTitle reports why s cannot be what people call a client, a token or an app,
// and read on our pages.
func CheckTitle(s string) error {
	switch {
	case s == "" || utf8.RuneCountInString(s) > longestTitle || !utf8.ValidString(s):
		return errors.New("a name has 1 to 100 characters")
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(s) != s:
		return errors.New("a name has letters, digits, signs, and blanks in between")
	}
	return nil
}

// CanonicalLogin is by what a login is known, however it is written: without
// white space around it, in lower case. Whatever checks the same password counts
// wrong guesses under this.
func CanonicalLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// ValidAudience reports whether s can name whom a token is meant for: most are
// URLs. Such a name is safe in any message.
func ValidAudience(s string) bool {
	return s != "" && len(s) <= 256 && !strings.ContainsFunc(s, notInScope)
}

var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]+)$`)

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
