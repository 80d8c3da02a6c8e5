package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
)

//go:embed style.css
var style string

// Policy is the Content-Security-Policy of every page: its own style, forms to
// its own origin, and nothing else. No page can be put into a frame.
//
// Targets are the redirect URIs to which the answer to one of the page's forms
// may redirect. Chromium and WebKit hold each redirect after a form's POST to
// form-action, also those that the client makes from there to a third origin;
// what is not allowed does not happen, and nothing tells the person. (Firefox
// looks at the form's own address only.) So a login page too names the redirect
// URI, if consent may be remembered. A form that is answered with [Onward] needs
// no target, and lets clients redirect as they like.
//
// A target counts as its origin. Where such an origin cannot be written in a
// policy (an app's own scheme, an IPv6 address), it is all of its scheme.
func Policy(targets ...string) string {
	return policy + strings.Join(append([]string{"'self'"}, sources(targets)...), " ")
}

var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action "
}()

// host is what CSP Level 3 takes for one (host-part and port-part), without its wildcards.
var host = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?$`)

func sources(targets []string) (found []string) {
	for _, target := range targets {
		u, err := url.Parse(target)
		switch {
		case err != nil:
		case web(u) && host.MatchString(u.Host):
			found = append(found, u.Scheme+"://"+u.Host)
		case web(u), private(u.Scheme):
			found = append(found, u.Scheme+":")
		}
	}
	return found
}
