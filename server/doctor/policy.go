package doctor

import (
	"net/url"
	"slices"
	"strings"
)

// policy is one Content-Security-Policy: what each directive allows.
type policy map[string][]string

// parsePolicies reads a header's value, which may hold several.
func parsePolicies(text string) (all []policy) {
	for one := range strings.SplitSeq(text, ",") {
		p := policy{}
		for directive := range strings.SplitSeq(one, ";") {
			words := strings.Fields(directive)
			if len(words) == 0 {
				continue
			}
			if name := strings.ToLower(words[0]); p[name] == nil { // of two the first counts
				p[name] = append([]string{}, words[1:]...)
			}
		}
		all = append(all, p)
	}
	return all
}

// sources are those of the first directive that is there; unlimited if none is.
func (p policy) sources(directives ...string) (sources []string, limited bool) {
	for _, d := range directives {
		if s := p[d]; s != nil {
			return s, true
		}
	}
	return nil, false
}

// connects tells whether the page may ask this address.
func (p policy) connects(to, self *url.URL) bool {
	sources, limited := p.sources("connect-src", "default-src")
	return !limited || anyMatch(sources, to, self)
}

// runs tells whether the page may load this script. A nonce or a checksum lets
// one element in; beside strict-dynamic addresses count for nothing.
func (p policy) runs(e element, from, self *url.URL) bool {
	sources, limited := p.sources("script-src-elem", "script-src", "default-src")
	if !limited {
		return true
	}
	var keys []string
	if nonce := e.attr("nonce"); nonce != "" {
		keys = append(keys, "'nonce-"+nonce+"'")
	}
	for _, sum := range strings.Fields(e.attr("integrity")) {
		keys = append(keys, "'"+sum+"'")
	}
	if slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(keys, s) }) {
		return true
	}
	return !slices.Contains(sources, "'strict-dynamic'") && anyMatch(sources, from, self)
}

func anyMatch(sources []string, u, self *url.URL) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return match(s, u, self) })
}

// match holds an address against one source (CSP Level 3, section 6.7.2). A page
// of nobody knows where has a self that nothing is like.
func match(source string, u, self *url.URL) bool {
	switch lower := strings.ToLower(source); {
	case lower == "*":
		return true
	case lower == "'self'":
		return self != nil && u.Hostname() == self.Hostname() && upgrades(self.Scheme, u.Scheme) && samePort(portOf(self), u)
	case strings.HasPrefix(lower, "'"):
		return false
	case strings.HasSuffix(lower, ":"):
		return upgrades(strings.TrimSuffix(lower, ":"), u.Scheme)
	}
	return matchHost(source, u, self)
}

func matchHost(source string, u, self *url.URL) bool {
	scheme, rest, found := strings.Cut(source, "://")
	if !found {
		scheme, rest = "https", source
		if self != nil {
			scheme = self.Scheme
		}
	}
	authority, path, _ := strings.Cut(rest, "/")
	host, port, _ := strings.Cut(authority, ":")
	if !upgrades(strings.ToLower(scheme), u.Scheme) || !matchName(strings.ToLower(host), strings.ToLower(u.Hostname())) || !samePort(port, u) {
		return false
	}
	path = "/" + path
	return path == "/" || path == u.Path || strings.HasSuffix(path, "/") && strings.HasPrefix(u.Path, path)
}

func matchName(pattern, host string) bool {
	suffix, wild := strings.CutPrefix(pattern, "*")
	return pattern == host || wild && (suffix == "" || strings.HasPrefix(suffix, ".") && strings.HasSuffix(host, suffix))
}

// upgrades tells whether a source of one scheme stands for another: http for https, too.
func upgrades(from, to string) bool { return from == to || from == "http" && to == "https" }

// samePort takes no port for the usual one, and an upgrade along.
func samePort(port string, u *url.URL) bool {
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	return port == "*" || port == portOf(u) || port == "" && portOf(u) == usual || port == "80" && portOf(u) == "443"
}

func portOf(u *url.URL) string {
	if u.Port() != "" {
		return u.Port()
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
