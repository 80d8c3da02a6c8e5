package api

import (
	"strings"
	"testing"
)

func TestParseHost(t *testing.T) {
	long := strings.Repeat("a23456789.", 24) + "a234567890" // 250 bytes
	for raw, want := range map[string]string{
		"a":                        "a",
		"good.example":             "good.example",
		"GOOD.Example:8080":        "good.example",
		"api.acme.getomneo.com":    "api.acme.getomneo.com",
		"xn--mnchen-3ya.example:1": "xn--mnchen-3ya.example",
		"a-b.example:65535":        "a-b.example",
		"1a.2b":                    "1a.2b",
		"3.example":                "3.example",
		"127.0.0.1":                "127.0.0.1",
		"127.0.0.1:80":             "127.0.0.1",
		"[::1]":                    "[::1]",
		"[2001:DB8::1]:443":        "[2001:db8::1]",
		"[::ffff:192.0.2.1]":       "[::ffff:192.0.2.1]",
		long:                       long,
		long + ":443":              long,

		// Everything else is refused.
		"":                              "",
		":80":                           "",
		".":                             "",
		"a.":                            "",
		".a":                            "",
		"a..b":                          "",
		"-a":                            "",
		"a-.b":                          "",
		"a_b":                           "",
		"a b":                           "",
		"a:":                            "",
		"a:0":                           "",
		"a:00080":                       "",
		"a:65536":                       "",
		"a:99999999999999999999":        "",
		"a:-1":                          "",
		"a:8 0":                         "",
		"a:80:80":                       "",
		"a@b":                           "",
		"a:80@b":                        "",
		"a:80@b:80":                     "",
		"a/b":                           "",
		"a%2eb":                         "",
		"a\x00b":                        "",
		"\u00e4":                        "",
		"\u212a.example":                "", // a Kelvin sign is no k
		"1.2.3":                         "",
		"1.2.3.4.5":                     "",
		"1.2.3.256":                     "",
		"01.2.3.4":                      "",
		"1":                             "",
		"a.1":                           "",
		"::1":                           "",
		"[::1":                          "",
		"[::1:80":                       "",
		"::1]":                          "",
		"[]":                            "",
		"[]:80":                         "",
		"[1.2.3.4]":                     "",
		"[a.b]":                         "",
		"[::1%25eth0]":                  "",
		"[::1%eth0]":                    "",
		"[::1]a":                        "",
		"[::1]:":                        "",
		"[[::1]]":                       "",
		"a[::1]":                        "",
		strings.Repeat("a", 64) + ".b":  "",
		long + ".a2345":                 "", // 256 bytes
		long + ".a:443":                 "", // 256 bytes with the port
		strings.Repeat("a.", 500) + "a": "",
	} {
		got, ok := parseHost([]byte(raw))
		if ok != (want != "") || ok && got != want {
			t.Errorf("%.40q: %q, %v; want %q", raw, got, ok, want)
		}
	}
}

func TestTenantOfHost(t *testing.T) {
	bases := []string{"example.com", "eu.example.com", "localhost"}
	for host, want := range map[string]string{
		"api.acme.example.com":      "acme",
		"api.a-1.example.com":       "a-1",
		"api.acme.eu.example.com":   "acme",
		"api.eu.example.com":        "eu",
		"api.acme.localhost":        "acme",
		"api.api.example.com":       "api",
		"":                          "",
		"example.com":               "",
		"acme.example.com":          "",
		"api.example.com":           "",
		"api..example.com":          "",
		"api.a.b.example.com":       "",
		"api.-a.example.com":        "",
		"api.a_b.example.com":       "",
		"api.acme.example.org":      "",
		"api.acme.evilexample.com":  "",
		"api.acmeexample.com":       "",
		"api.acme.example.com.evil": "",
		"xapi.acme.example.com":     "",
		"api.acme":                  "",
		"api.acme.":                 "",
		"API.acme.example.com":      "", // hostOf is lower case
		"api." + strings.Repeat("a", 64) + ".localhost": "",
	} {
		if got, ok := tenantOfHost(host, bases); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", host, got, ok, want)
		}
	}
	if _, ok := tenantOfHost("api.acme.example.com", nil); ok {
		t.Error("a tenant without any base domain")
	}
}
