package doctor

import (
	"net/url"
	"testing"

	"golang.org/x/net/html"
)

func parsed(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestMatch(t *testing.T) {
	const service = "https://id.example.com/t/acme/shopify/api/v1/auth/token"
	for _, row := range []struct {
		source, self, url string
		want              bool
	}{
		{"*", "https://shop.example.com", service, true},
		{"https:", "https://shop.example.com", service, true},
		{"HTTPS:", "https://shop.example.com", service, true},
		{"http:", "https://shop.example.com", service, true},
		{"https:", "http://localhost", "http://127.0.0.1:8080/t/demo", false},
		{"wss:", "https://shop.example.com", service, false},
		{"https://id.example.com", "https://shop.example.com", service, true},
		{"HTTPS://ID.example.com", "https://shop.example.com", service, true},
		{"http://id.example.com", "https://shop.example.com", service, true},
		{"id.example.com", "https://shop.example.com", service, true},
		{"id.example.com", "https://shop.example.com", "http://id.example.com/", false},
		{"id.example.com", "http://localhost", "http://id.example.com/", true},
		{"https://id.example.com:443", "https://shop.example.com", service, true},
		{"https://id.example.com:8443", "https://shop.example.com", service, false},
		{"http://id.example.com:80", "https://shop.example.com", service, true},
		{"http://127.0.0.1:8080", "http://localhost:8080", "http://127.0.0.1:8080/t/demo", true},
		{"http://127.0.0.1", "http://localhost:8080", "http://127.0.0.1:8080/t/demo", false},
		{"http://127.0.0.1:*", "http://localhost:8080", "http://127.0.0.1:8080/t/demo", true},
		{"*.example.com", "https://shop.example.com", service, true},
		{"*.example.com", "https://shop.example.com", "https://example.com/", false},
		{"https://*.example.org", "https://shop.example.com", service, false},
		{"*.com", "https://shop.example.com", "https://evil.community/", false},
		{"https://*", "https://shop.example.com", service, true},
		{"https://id.example.com/", "https://shop.example.com", service, true},
		{"https://id.example.com/t/acme/", "https://shop.example.com", service, true},
		{"https://id.example.com/t/acme", "https://shop.example.com", service, false},
		{"https://id.example.com/t/acme/shopify/api/v1/auth/token", "https://shop.example.com", service, true},
		{"https://id.example.com/t/umbra/", "https://shop.example.com", service, false},
		{"'self'", "https://shop.example.com", "https://shop.example.com/?section_id=shapestoken", true},
		{"'SELF'", "https://shop.example.com", "https://shop.example.com/", true},
		{"'self'", "http://shop.example.com", "https://shop.example.com/", true},
		{"'self'", "https://shop.example.com", service, false},
		{"'self'", "http://localhost:8080", "http://localhost:9090/", false},
		{"'self'", "", service, false},
		{"id.example.com", "", service, true},
		{"'none'", "https://shop.example.com", service, false},
		{"'unsafe-inline'", "https://shop.example.com", service, false},
	} {
		var self *url.URL
		if row.self != "" {
			self = parsed(t, row.self)
		}
		if got := match(row.source, parsed(t, row.url), self); got != row.want {
			t.Errorf("%s for %s on a page of %q: %v", row.source, row.url, row.self, got)
		}
	}
}

func TestPolicy(t *testing.T) {
	self, service := parsed(t, "https://shop.example.com/"), parsed(t, "https://id.example.com/sdk/0/shapestoken.js")
	script := func(attrs ...string) (e element) {
		for i := 0; i < len(attrs); i += 2 {
			e.attrs = append(e.attrs, html.Attribute{Key: attrs[i], Val: attrs[i+1]})
		}
		return e
	}
	for _, row := range []struct {
		policy         string
		element        element
		connects, runs bool
	}{
		{"", script(), true, true},
		{"img-src 'none'", script(), true, true},
		{"default-src 'none'", script(), false, false},
		{"default-src 'none'; connect-src https://id.example.com", script(), true, false},
		{"default-src https://id.example.com; connect-src 'self'", script(), false, true},
		{"connect-src", script(), false, true},
		{"script-src 'self'; script-src-elem https://id.example.com", script(), true, true},
		{"script-src https://id.example.com; script-src-elem 'self'", script(), true, false},
		{"Script-Src 'self'; script-src *", script(), true, false},
		{"script-src 'nonce-abc'", script("nonce", "abc"), true, true},
		{"script-src 'nonce-abc'", script("nonce", "xyz"), true, false},
		{"script-src 'nonce-abc'", script(), true, false},
		{"script-src 'nonce-'", script("nonce", ""), true, false},
		{"script-src 'sha384-abc'", script("integrity", "sha256-x sha384-abc"), true, true},
		{"script-src 'strict-dynamic' https://id.example.com", script(), true, false},
		{"script-src 'strict-dynamic' 'nonce-abc'", script("nonce", "abc"), true, true},
	} {
		for _, p := range parsePolicies(row.policy) {
			if connects, runs := p.connects(service, self), p.runs(row.element, service, self); connects != row.connects || runs != row.runs {
				t.Errorf("%q: connects %v, runs %v", row.policy, connects, runs)
			}
		}
	}
	if n := len(parsePolicies("connect-src 'self', connect-src *")); n != 2 {
		t.Errorf("%d policies in a header with two", n)
	}
}
