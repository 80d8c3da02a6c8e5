package main

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/web"
)

// Both documents, in both of RFC 8414's path forms, for every kind of issuer.
func TestDiscovery(t *testing.T) {
	p := newAcme(t, "--base-domain", "id.example.com")
	p.must("", "tenant", "set", "umbra", "--issuer", "https://login.example.com/umbra")
	get := func(host, path string) answer { return p.do("GET", p.public+path, "", "Host", host) }
	eventually(t, "the configured issuer", func() bool {
		return strings.Contains(get("x", "/t/umbra/.well-known/openid-configuration").body, "login.example.com")
	})
	for name, at := range map[string]struct{ host, path, issuer string }{
		"OpenID, by host":           {"api.acme.id.example.com", "/.well-known/openid-configuration", "https://api.acme.id.example.com"},
		"OAuth, by host":            {"api.acme.id.example.com", "/.well-known/oauth-authorization-server", "https://api.acme.id.example.com"},
		"OpenID, path behind":       {"any.example", "/t/acme/.well-known/openid-configuration", "https://api.acme.id.example.com"},
		"OAuth, path behind":        {"any.example", "/t/acme/.well-known/oauth-authorization-server", "https://api.acme.id.example.com"},
		"OAuth, path inserted":      {"any.example", "/.well-known/oauth-authorization-server/t/acme", "https://api.acme.id.example.com"},
		"OpenID, path inserted":     {"any.example", "/.well-known/openid-configuration/t/acme", "https://api.acme.id.example.com"},
		"an issuer of the tenant's": {"any.example", "/t/umbra/.well-known/openid-configuration", "https://login.example.com/umbra"},
	} {
		t.Run(name, func(t *testing.T) {
			a := get(at.host, at.path)
			var doc map[string]any
			if err := json.Unmarshal([]byte(a.body), &doc); err != nil || a.StatusCode != 200 {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			if doc["issuer"] != at.issuer || doc["jwks_uri"] != at.issuer+"/.well-known/jwks.json" {
				t.Errorf("%s", a.body)
			}
			if a.Header.Get("Cache-Control") != "public, max-age=300" || a.Header.Get("ETag") == "" || a.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%v", a.Header)
			}
		})
	}
}

// Keys are public, with no private member, readable by any page, and cheap to ask for again.
func TestJWKS(t *testing.T) {
	p := newAcme(t)
	url := p.public + "/t/acme/.well-known/jwks.json"
	a := p.do("GET", url, "", "Origin", "https://anybody.example")
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal([]byte(a.body), &set); err != nil || len(set.Keys) != 2 {
		t.Fatalf("%s: %v", a.body, err)
	}
	for _, key := range set.Keys {
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k", "oth"} {
			if _, there := key[private]; there {
				t.Errorf("the key set holds %q", private)
			}
		}
		if key["use"] != "sig" || key["alg"] != "ES256" || key["kid"] == "" {
			t.Errorf("%v", key)
		}
	}
	if a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", a.Header)
	}
	etag := a.Header.Get("ETag")
	for _, sent := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
		if again := p.do("GET", url, "", "If-None-Match", sent); again.StatusCode != 304 || again.body != "" || again.Header.Get("ETag") != etag {
			t.Errorf("%s: %d %q %v", sent, again.StatusCode, again.body, again.Header)
		}
	}
	if changed := p.do("GET", url, "", "If-None-Match", `"other"`); changed.StatusCode != 200 || changed.body != a.body {
		t.Errorf("%d %q", changed.StatusCode, changed.body)
	}
	if head := p.do("HEAD", url, ""); head.StatusCode != 200 || head.Header.Get("ETag") != etag {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
	if post := p.do("POST", url, ""); post.StatusCode != 405 || post.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("POST: %d %v", post.StatusCode, post.Header)
	}
	if preflight := p.do("OPTIONS", url, "", "Origin", "https://a.example", "Access-Control-Request-Method", "GET"); preflight.StatusCode != 204 || preflight.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d %v", preflight.StatusCode, preflight.Header)
	}
}

// The script is served to every page: for ever under its version, for minutes under its major one.
func TestSDKFiles(t *testing.T) {
	p := newAcme(t)
	script, err := web.Dist.ReadFile("dist/shapestoken.js")
	if err != nil {
		t.Fatal(err)
	}
	major, _, _ := strings.Cut(web.Version, ".")
	for version, cache := range map[string]string{web.Version: "public, max-age=31536000, immutable", major: "public, max-age=300"} {
		for _, prefix := range []string{"", "/t/acme", "/t/nobody"} {
			a := p.do("GET", p.public+prefix+"/sdk/"+version+"/shapestoken.js", "", "Origin", page)
			if a.StatusCode != 200 || a.body != string(script) {
				t.Fatalf("%s%s: %d, %d bytes", prefix, version, a.StatusCode, len(a.body))
			}
			for header, want := range map[string]string{
				"Cache-Control": cache, "Content-Type": "text/javascript; charset=utf-8", "Access-Control-Allow-Origin": "*",
				"Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
			} {
				if a.Header.Get(header) != want {
					t.Errorf("%s: %q, want %q", header, a.Header.Get(header), want)
				}
			}
		}
	}
	for _, path := range []string{"/sdk/0.0.0/shapestoken.js", "/sdk/" + major + "/VERSION", "/sdk/" + major + "/../embed.go", "/sdk/" + major + "/sections/shapestoken.liquid"} {
		if a := p.do("GET", p.public+path, ""); a.StatusCode < 400 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	compressed := p.do("GET", p.public+"/sdk/"+major+"/shapestoken.js", "", "Accept-Encoding", "gzip, br")
	if compressed.Header.Get("Content-Encoding") != "gzip" || len(compressed.body) > 3000 || !strings.Contains(compressed.Header.Get("Vary"), "Accept-Encoding") {
		t.Errorf("%d bytes, %v", len(compressed.body), compressed.Header)
	}
}

// The checksum that the snippet carries is that of the script it loads.
func TestSnippetPinsTheScript(t *testing.T) {
	script, err := web.Dist.ReadFile("dist/shapestoken.js")
	if err != nil {
		t.Fatal(err)
	}
	snippet, err := web.Dist.ReadFile("dist/shapestoken.liquid")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum384(script)
	if pin := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(string(snippet), pin) {
		t.Errorf("the snippet does not carry %s", pin)
	}
}
