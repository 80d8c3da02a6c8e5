package pages

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
)

// link is an address that may stand in a page: http, https, or a path of the
// page's own origin. Anything else is empty.
func link(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, strings.Contains(address, `\`):
		return ""
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//"):
		return address
	case web(u):
		return address
	}
	return ""
}

// external is an address outside where a person may be sent: http, https, or
// an app's own scheme. Anything else is empty.
func external(address string) template.URL {
	u, err := url.Parse(address)
	if err != nil || !web(u) && !private(u.Scheme) {
		return ""
	}
	return template.URL(u.String())
}

func web(u *url.URL) bool { return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" }

// private reports whether a scheme can be an app's own (RFC 8252 section 7.1):
// none that browsers themselves do something with.
func private(scheme string) bool {
	return scheme != "" && !slices.Contains([]string{
		"http", "https", "javascript", "vbscript", "data", "blob", "filesystem", "file", "about", "view-source", "ws", "wss", "ftp", "mailto",
	}, scheme)
}
