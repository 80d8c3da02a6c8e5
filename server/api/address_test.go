package api

import (
	"strings"
	"testing"
)

func TestPlace(t *testing.T) {
	const server, openid = "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"
	label := strings.Repeat("a", 63)
	for _, test := range []struct{ target, tenant, rest string }{
		{"/", "", "/"},
		{"/ok?", "", "/ok?"},
		{"/v1/oauth:token", "", "/v1/oauth:token"},
		{"/v1/oauth%3Atoken", "", "/v1/oauth%3Atoken"},
		{"/a/?b=//c/../d%2f%00&e=[]{}|^`\"<>\\", "", "/a/?b=//c/../d%2f%00&e=[]{}|^`\"<>\\"},
		{"/a?b?c", "", "/a?b?c"},
		{"/.hidden/..a/a../a.b/.../x", "", "/.hidden/..a/a../a.b/.../x"},
		{"/t", "", "/t"},
		{"/t?x=/t/acme", "", "/t?x=/t/acme"},
		{"/token", "", "/token"},
		{"/T/acme/ok", "", "/T/acme/ok"},
		{"/x/t/acme/ok", "", "/x/t/acme/ok"},
		{"/t/acme", "acme", "/"},
		{"/t/acme/", "acme", "/"},
		{"/t/acme?x=1", "acme", "/?x=1"},
		{"/t/acme/?x=1", "acme", "/?x=1"},
		{"/t/acme/ok", "acme", "/ok"},
		{"/t/a-1/ok?x=/t/b", "a-1", "/ok?x=/t/b"},
		{"/t/" + label + "/ok", label, "/ok"},
		{"/t/acme/t/evil/ok", "acme", "/t/evil/ok"},
		{"/t/acme" + server, "acme", server},
		{"/t/acme" + openid + "/t/evil", "acme", openid + "/t/evil"},
		{server, "", server},
		{server + "/", "", server + "/"},
		{server + "x/t/acme", "", server + "x/t/acme"},
		{server + "/t/acme", "acme", server},
		{server + "/t/acme?x=1", "acme", server + "?x=1"},
		{openid + "/t/acme", "acme", openid},
		{"/.well-known/jwks.json/t/acme", "", "/.well-known/jwks.json/t/acme"},
	} {
		a, rest, status := place([]byte("Good.Example:80"), []byte(test.target))
		if status != 0 || a.host != "good.example" || a.tenant != test.tenant || string(rest) != test.rest {
			t.Errorf("%s: status %d, host %q, tenant %q, rest %q", test.target, status, a.host, a.tenant, rest)
		}
	}
}

// TestPlaceStopsAtTheEnd: behind a target in fasthttp's buffer stands what is
// left of an earlier one.
func TestPlaceStopsAtTheEnd(t *testing.T) {
	if _, _, got := place([]byte("a"), []byte("/%2ff")[:3]); got != 400 {
		t.Errorf("status %d", got)
	}
}

func TestNoPlace(t *testing.T) {
	const server = "/.well-known/oauth-authorization-server"
	for _, test := range []struct {
		host, target string
		want         int
	}{
		{"a_b", "/ok", 400},
		{"", "/ok", 400},
		{"a", "", 400},
		{"a", "?", 400},
		{"a", "*", 400},
		{"a", "ok", 400},
		{"a", "http://a/ok", 400},
		{"a", "a:443", 400},
		{"a", "/a#b", 400},
		{"a", "/a?b#c", 400},
		{"a", "/a\\b", 400},
		{"a", "/a\x00", 400},
		{"a", "/a?\x00", 400},
		{"a", "/a?\x80", 400},
		{"a", "/a b", 400},
		{"a", "/%", 400},
		{"a", "/%2", 400},
		{"a", "/%2g", 400},
		{"a", "/%g2", 400},
		{"a", "/%2?f", 400},
		{"a", "//", 404},
		{"a", "//a", 404},
		{"a", "/a//b", 404},
		{"a", "/.", 404},
		{"a", "/..", 404},
		{"a", "/./a", 404},
		{"a", "/a/../b", 404},
		{"a", "/a/..?b", 404},
		{"a", "/%2f", 404},
		{"a", "/%2F", 404},
		{"a", "/%5c", 404},
		{"a", "/%5C", 404},
		{"a", "/%2e", 404},
		{"a", "/%00", 404},
		{"a", "/%1f", 404},
		{"a", "/%7F", 404},
		{"a", "/t/", 404},
		{"a", "/t/?", 404},
		{"a", "/t/-/ok", 404},
		{"a", "/t/a_b/ok", 404},
		{"a", "/t/A/ok", 404},
		{"a", "/t/%61/ok", 404},
		{"a", "/t/" + strings.Repeat("a", 64) + "/ok", 404},
		{"a", server + "/t/", 404},
		{"a", server + "/t/acme/", 404},
		{"a", server + "/t/A", 404},
		{"a", "/" + strings.Repeat("a", targetMost), 414},
	} {
		if _, _, got := place([]byte(test.host), []byte(test.target)); got != test.want {
			t.Errorf("%q %.40q: %d, want %d", test.host, test.target, got, test.want)
		}
	}
}
