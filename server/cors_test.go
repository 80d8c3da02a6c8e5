package main

import (
	"net/http"
	"strings"
	"testing"
)

const (
	tokenPath = "/shopify/api/v1/auth/token"
	mePath    = "/id/api/v1/profiles/me"
)

func TestPreflight(t *testing.T) {
	p := newAcme(t)
	rows := []struct {
		name, path, origin, method, headers string
		allowed                             bool
	}{
		{"a listed page", "/t/acme" + tokenPath, page, "POST", "content-type", true},
		{"a page bound to a shop", "/t/acme" + tokenPath, pageOfB, "POST", "content-type", true},
		{"with a token", "/t/acme" + mePath, page, "GET", "authorization,content-type", true},
		{"with a token, to change", "/t/acme" + mePath, page, "PUT", "authorization,content-type", true},
		{"with a token, to delete", "/t/acme" + mePath, page, "DELETE", "authorization", true},
		{"with a token, another header", "/t/acme" + mePath, page, "GET", "x-other", false},
		{"with a token, a page that is not listed", "/t/acme" + mePath, "https://evil.example", "GET", "authorization", false},
		{"another method", "/t/acme" + tokenPath, page, "DELETE", "content-type", false},
		{"another header", "/t/acme" + tokenPath, page, "POST", "authorization", false},
		{"a page that is not listed", "/t/acme" + tokenPath, "https://evil.example", "POST", "content-type", false},
		{"another tenant's page", "/t/acme" + tokenPath, "https://umbra.example.com", "POST", "content-type", false},
		{"a suffix of a listed page", "/t/acme" + tokenPath, "https://evilshop.example.com", "POST", "content-type", false},
		{"a listed page as a prefix", "/t/acme" + tokenPath, page + ".evil.example", "POST", "content-type", false},
		{"another scheme", "/t/acme" + tokenPath, strings.Replace(page, "https", "http", 1), "POST", "content-type", false},
		{"another port", "/t/acme" + tokenPath, page + ":8443", "POST", "content-type", false},
		{"upper case", "/t/acme" + tokenPath, strings.ToUpper(page), "POST", "content-type", false},
		{"null", "/t/acme" + tokenPath, "null", "POST", "content-type", false},
		{"too many headers", "/t/acme" + tokenPath, page, "POST", "content-type" + strings.Repeat(",a", 9), false},
		{"too long a list", "/t/acme" + tokenPath, page, "POST", strings.Repeat("a", 129), false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := p.do("OPTIONS", p.public+row.path, "", "Origin", row.origin,
				"Access-Control-Request-Method", row.method, "Access-Control-Request-Headers", row.headers)
			if a.StatusCode != http.StatusNoContent || a.body != "" {
				t.Errorf("%d %q", a.StatusCode, a.body)
			}
			want := ""
			if row.allowed {
				want = row.origin
			}
			if got := a.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("allowed %q, want %q", got, want)
			}
			if row.allowed && (a.Header.Get("Access-Control-Max-Age") != "7200" || a.Header.Get("Access-Control-Allow-Methods") != row.method) {
				t.Errorf("headers %v", a.Header)
			}
			if !strings.Contains(a.Header.Get("Vary"), "Origin") || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("headers %v", a.Header)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	p := newAcme(t)
	good, ofB := v1(t, secretA, custom), v1(t, secretB, custom)
	for origin, body := range map[string]string{"": good, page: good, pageOfB: ofB} {
		if a := p.exchange("acme", origin, body); a.StatusCode != 200 || a.Header.Get("Vary") != "Origin" || a.Header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%q: %d %s %v", origin, a.StatusCode, a.body, a.Header)
		}
		if a := p.exchange("acme", origin, body); a.Header.Get("Timing-Allow-Origin") != origin {
			t.Errorf("%q: timing for %q", origin, a.Header.Get("Timing-Allow-Origin"))
		}
	}
	for _, origin := range []string{"null", "https://evil.example", "https://umbra.example.com", page + "/", "HTTPS://shop.example.com", "canary"} {
		a := p.exchange("acme", origin, good)
		mustRefuse(t, a, 403, "origin_not_allowed", "origin add")
		if a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: %v", origin, a.Header)
		}
	}
	mustRefuse(t, p.exchange("acme", pageOfB, good), 401, "invalid_signature", "")
}

// A page that nobody has listed cannot read why: the operator's log and metrics say which it is.
func TestRefusedOriginIsSeen(t *testing.T) {
	p := newAcme(t)
	for _, origin := range []string{"https://forgotten.example.com", "canary origin"} {
		p.do("OPTIONS", p.public+"/t/acme"+tokenPath, "", "Origin", origin, "Access-Control-Request-Method", "POST")
		p.exchange("acme", origin, v1(t, secretA, custom))
	}
	eventually(t, "the log", func() bool {
		return strings.Count(p.log.String(), `"origin":"https://forgotten.example.com"`) == 2 && strings.Count(p.log.String(), "origin_not_allowed") == 4
	})
	mustNotSay(t, "the log", p.log.String(), "canary origin")
	if !strings.Contains(p.do("GET", p.ops+"/metrics", "").body, "shapestoken_refused_origins_total 4") {
		t.Error("not counted")
	}
}

func TestContentTypes(t *testing.T) {
	p := newAcme(t)
	url, good := p.public+"/t/acme"+tokenPath, v1(t, secretA, custom)
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", `application/json;charset="UTF-8"`, "Application/JSON"} {
		if a := p.do("POST", url, good, "Content-Type", kind); a.StatusCode != 200 {
			t.Errorf("%s: %d %s", kind, a.StatusCode, a.body)
		}
	}
	for _, kind := range []string{
		"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
		"application/json; charset=utf-16", "application/json, text/plain", "text/json", "application/vnd.api+json",
	} {
		mustRefuse(t, p.do("POST", url, good, "Content-Type", kind, "Origin", page), 415, "invalid_request", "application/json")
	}
	mustRefuse(t, p.do("POST", url, good, "Content-Type", "application/json", "Content-Encoding", "gzip"), 415, "invalid_request", "not compressed")
}

func TestMethodsAndPaths(t *testing.T) {
	p := newAcme(t)
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"} {
		a := p.do(method, p.public+"/t/acme"+tokenPath, "", "Origin", page)
		if a.StatusCode != 405 || a.Header.Get("Allow") != "POST, OPTIONS" || a.Header.Get("Access-Control-Allow-Origin") == "*" {
			t.Errorf("%s: %d %v", method, a.StatusCode, a.Header)
		}
	}
	for _, path := range []string{
		"/t/acme/", "/t/acme/shopify", "/t/acme" + tokenPath + "/", "/t/acme/Shopify/api/v1/auth/token", "/t/acme/debug/pprof/",
		"/t/acme/metrics", "/t/acme/healthz", "/t/acme/t/acme" + tokenPath, "/t/acme/sdk", "/sdk/0.0.0/shapestoken.js", "/sdk/0/nothing.js",
	} {
		if a := p.do("POST", p.public+path, v1(t, secretA, custom), "Content-Type", "application/json"); a.StatusCode != 404 && a.StatusCode != 405 {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/t/acme//shopify/api/v1/auth/token", "/t/acme/shopify%2fapi/v1/auth/token", "/t/acme/x/.." + tokenPath} {
		if a := p.do("POST", p.public+path, v1(t, secretA, custom), "Content-Type", "application/json"); a.StatusCode < 400 {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
}

// A tenant is found from the URL alone, and the issuer never from it.
func TestTenantOfURL(t *testing.T) {
	p := newAcme(t, "--base-domain", "id.example.com", "--base-domain", "other.example")
	good := v1(t, secretA, custom)
	rows := []struct {
		name, host, path string
		status           int
	}{
		{"by host", "api.acme.id.example.com", tokenPath, 200},
		{"by host, with a port", "api.acme.id.example.com:8443", tokenPath, 200},
		{"by host, upper case", "API.Acme.ID.example.com", tokenPath, 200},
		{"by the second base domain", "api.acme.other.example", tokenPath, 200},
		{"by path, on any host", "anything.example", "/t/acme" + tokenPath, 200},
		{"by both, agreeing", "api.acme.id.example.com", "/t/acme" + tokenPath, 200},
		{"by both, disagreeing", "api.acme.id.example.com", "/t/umbra" + tokenPath, 421},
		{"a host that is none of ours", "shop.example.com", tokenPath, 421},
		{"a host with an unknown tenant", "api.nobody.id.example.com", tokenPath, 421},
		{"a path with an unknown tenant", "anything.example", "/t/nobody" + tokenPath, 404},
		{"a path with no tenant's name", "anything.example", "/t/No_Name" + tokenPath, 404},
		{"the base domain itself", "id.example.com", tokenPath, 421},
		{"two labels", "api.a.acme.id.example.com", tokenPath, 421},
		{"a look-alike base domain", "api.acme.id.example.com.evil.example", tokenPath, 421},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := p.do("POST", p.public+row.path, good, "Content-Type", "application/json", "Host", row.host, "X-Forwarded-Host", "api.umbra.id.example.com")
			if a.StatusCode != row.status {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			if row.status == 200 && claimsOf(t, a.body)["iss"] != "https://api.acme.id.example.com" {
				t.Errorf("issuer %v", claimsOf(t, a.body)["iss"])
			}
		})
	}
}

// The same ids, shops and pages in two tenants never meet (H4).
func TestTenantsApart(t *testing.T) {
	p := newAcme(t)
	of := map[string]string{"acme": v1(t, secretA, custom), "umbra": v1(t, "canary-secret-of-umbra-0123456789abcdef", custom)}
	tokens := map[string]map[string]any{}
	for tenant, body := range of {
		a := p.exchange(tenant, "", body)
		if a.StatusCode != 200 {
			t.Fatalf("%s: %d %s", tenant, a.StatusCode, a.body)
		}
		tokens[tenant] = claimsOf(t, a.body)
	}
	for _, claim := range []string{"iss", "aud", "pid", "sub", "jti"} {
		if tokens["acme"][claim] == tokens["umbra"][claim] {
			t.Errorf("%s is the same in both: %v", claim, tokens["acme"][claim])
		}
	}
	mustRefuse(t, p.exchange("acme", "", of["umbra"]), 401, "invalid_signature", "")
	mustRefuse(t, p.exchange("umbra", "", of["acme"]), 401, "invalid_signature", "")
	a, b := p.do("GET", p.public+"/t/acme/.well-known/jwks.json", ""), p.do("GET", p.public+"/t/umbra/.well-known/jwks.json", "")
	if a.body == b.body || a.Header.Get("ETag") == b.Header.Get("ETag") {
		t.Error("two tenants publish the same keys")
	}
}
