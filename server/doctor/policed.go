package doctor

import (
	"context"
	"net/url"
)

// policed asks whether the page's Content-Security-Policy lets the script do
// what it has to: each policy must.
func policed(_ context.Context, v *visit) {
	policies := v.policies()
	if v.marker == nil || len(policies) == 0 {
		return
	}
	before := len(v.findings)
	for _, p := range policies {
		v.held(p)
		if len(v.findings) > before {
			return
		}
	}
	v.ok("csp", "The Content Security Policy lets the script work.")
}

// policies are those of the answer's header and of the page itself. One that only reports hinders nobody.
func (v *visit) policies() (all []policy) {
	for _, text := range append(v.header.Values("Content-Security-Policy"), v.page.policies...) {
		all = append(all, parsePolicies(text)...)
	}
	return all
}

func (v *visit) held(p policy) {
	if u := v.scriptAddress(); u != nil && !p.runs(v.page.scripts[0], u, v.address) {
		v.fail("csp-script", "The page's Content Security Policy does not let the script run.", "Add its origin: script-src "+originOf(u)+"; with nonces, put yours on the script element.")
	}
	if v.endpoint != nil && !p.connects(v.endpoint.JoinPath(tokenPath), v.address) {
		v.fail("csp-connect", "The page's Content Security Policy does not let the script ask the service.", "Add the service's origin: connect-src "+originOf(v.endpoint)+".")
	}
	if v.address == nil || p.connects(v.address, v.address) {
		return
	}
	switch {
	case v.marker.proxied():
		v.fail("csp-connect", "The page's Content Security Policy does not let the script ask the shop itself, where the app proxy is.", "Add 'self': connect-src 'self'.")
	case v.marker.dates():
		v.warn("csp-section", "The page's Content Security Policy does not let a page that stays open sign anew.", "Add 'self', where the section comes from: connect-src 'self'.")
	}
}

func (v *visit) scriptAddress() *url.URL {
	if len(v.page.scripts) == 0 {
		return nil
	}
	return v.resolve(v.page.scripts[0].attr("src"))
}
