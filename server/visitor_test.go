package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

const (
	appID     = "0123456789abcdef0123456789abcdef"
	appSecret = "canary-client-secret-0123456789abcdef"
)

func newApp(t testing.TB) *program {
	p := newAcme(t)
	p.must(appSecret+"\n", "shop", "app", "acme", shopA, "--client-id", appID, "--client-secret-stdin")
	return p
}

// proxied asks as Shopify's app proxy does, for a customer or (empty) a guest.
func (p *program) proxied(customer string, at time.Time) answer {
	p.t.Helper()
	query := fmt.Sprintf("shop=%s&logged_in_customer_id=%s&path_prefix=%%2Fapps%%2Fshapestoken&timestamp=%d", shopA, customer, at.Unix())
	signature, result := appKey(p.t).SignProxy(query)
	if result != hmac.Valid {
		p.t.Fatal(result)
	}
	return p.do("GET", p.public+"/t/acme/shopify/proxy/token?"+query+"&signature="+signature, "")
}

func appKey(t testing.TB) *hmac.Key {
	t.Helper()
	key, err := hmac.NewKey([]byte(appSecret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// extension asks as a checkout extension does, whose origin is "null".
func (p *program) extension(sub string) answer {
	p.t.Helper()
	return p.do("POST", p.public+"/t/acme/shopify/api/v1/auth/session", "", "Authorization", "Bearer "+sessionToken(p.t, sub), "Origin", "null")
}

// sessionToken is one that Shopify gives an extension.
func sessionToken(t testing.TB, sub string) string {
	t.Helper()
	now := time.Now().Unix()
	claims := map[string]any{"dest": shopA, "aud": appID, "iat": now, "nbf": now, "exp": now + 300, "jti": strconv.FormatInt(now, 10)}
	if sub != "" {
		claims["sub"] = sub
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	mac := appKey(t).Sum([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac[:])
}

// The same customer has the same profile whichever way they come.
func TestCustomerByEveryWay(t *testing.T) {
	p := newApp(t)
	byProxy, byExtension := p.proxied(custom, time.Now()), p.extension("gid://shopify/Customer/"+custom)
	want := claimsOf(t, p.exchange("acme", page, v1(t, secretA, custom)).body)
	for method, a := range map[string]answer{"app_proxy": byProxy, "session_token": byExtension} {
		got := claimsOf(t, a.body)
		for _, claim := range []string{"iss", "sub", "pid", "aud", "shop", "customer_id"} {
			if got[claim] != want[claim] {
				t.Errorf("%s: %s is %v, want %v", method, claim, got[claim], want[claim])
			}
		}
		if fmt.Sprint(got["amr"]) != "["+method+"]" {
			t.Errorf("amr %v, want %s", got["amr"], method)
		}
	}
	if h := byProxy.Header; h.Get("X-Omneo-Tenant") != "acme" || h.Get("X-Omneo-Is-Anon") != "false" || h.Get("Cache-Control") != "no-store" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", h)
	}
	if got := byExtension.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin: %q", got)
	}
}

func TestGuestByProxyAndExtension(t *testing.T) {
	p := newApp(t)
	for name, a := range map[string]answer{"proxy": p.proxied("", time.Now()), "extension": p.extension("")} {
		claims := claimsOf(t, a.body)
		if claims["pid"] != "null" || claims["sub"] != fmt.Sprintf("anon:%s", claims["jti"]) || claims["customer_id"] != nil || claims["shop"] != shopA {
			t.Errorf("%s: %v", name, claims)
		}
		if anonymous := a.Header.Get("X-Omneo-Is-Anon"); name == "proxy" && anonymous != "true" {
			t.Errorf("X-Omneo-Is-Anon: %q", anonymous)
		}
	}
}

func TestVisitorRefusals(t *testing.T) {
	p := newApp(t)
	rows := map[string]struct {
		answer answer
		status int
		code   string
	}{
		"an old query":          {p.proxied(custom, time.Now().Add(-2*time.Minute)), 401, "signature_expired"},
		"no query":              {p.do("GET", p.public+"/t/acme/shopify/proxy/token", ""), 400, "invalid_request"},
		"another tenant":        {p.do("GET", strings.Replace(p.proxied(custom, time.Now()).Request.URL.String(), "/t/acme/", "/t/umbra/", 1), ""), 401, "invalid_signature"},
		"a POST":                {p.do("POST", p.public+"/t/acme/shopify/proxy/token", ""), 405, "invalid_request"},
		"no session token":      {p.do("POST", p.public+"/t/acme/shopify/api/v1/auth/session", ""), 401, "invalid_signature"},
		"Basic, not Bearer":     {p.do("POST", p.public+"/t/acme/shopify/api/v1/auth/session", "", "Authorization", "Basic eDp5"), 401, "invalid_signature"},
		"a session for a guest": {p.extension("gid://shopify/Order/1"), 401, "invalid_signature"},
	}
	for name, row := range rows {
		if row.answer.StatusCode != row.status || !strings.Contains(row.answer.body, `"error":"`+row.code+`"`) {
			t.Errorf("%s: %d %s", name, row.answer.StatusCode, row.answer.body)
		}
		if strings.Contains(row.answer.body, "signature=") {
			t.Errorf("%s: the answer quotes the query", name)
		}
	}
	url := p.proxied(custom, time.Now()).Request.URL.String()
	if a := p.do("GET", url, "", "Origin", "https://nobody.example"); a.StatusCode != 200 || a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Vary") != "" {
		t.Errorf("Shopify forwards a page's Origin, which is none of ours: %d %v", a.StatusCode, a.Header)
	}
	p.must("", "profile", "block", "acme", shopA, custom)
	eventually(t, "the customer is blocked", func() bool { return p.proxied(custom, time.Now()).StatusCode == 403 })
	p.must("", "tenant", "set", "acme", "--deny", "app_proxy")
	eventually(t, "the grant is denied", func() bool { return p.proxied("", time.Now()).StatusCode == 403 })
}

// A new client secret counts at once, and the one before for a while.
func TestAppRotation(t *testing.T) {
	p := newApp(t)
	p.must("canary-client-secret-the-second-0123456\n", "shop", "app", "acme", shopA, "--client-id", appID, "--client-secret-stdin")
	if a := p.proxied(custom, time.Now()); a.StatusCode != 200 {
		t.Errorf("the former secret: %d %s", a.StatusCode, a.body)
	}
	p.must("canary-client-secret-of-another-0123456\n", "shop", "app", "acme", shopA, "--client-id", "another-app-altogether", "--client-secret-stdin")
	eventually(t, "the other app's secret ended", func() bool { return p.proxied(custom, time.Now()).StatusCode == 401 })
	for _, args := range [][]string{
		{"shop", "app", "acme", shopA, "--client-id", "a b", "--client-secret-stdin"},
		{"shop", "app", "acme", shopA, "--client-secret-stdin"},
		{"shop", "app", "acme", shopA, "--client-id", appID},
	} {
		if _, _, code := p.command(appSecret, args...); code != 2 {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if _, errs, code := p.command("short", "shop", "app", "acme", shopA, "--client-id", appID, "--client-secret-stdin"); code != refused || strings.Contains(errs, "short\n") {
		t.Errorf("a weak secret: exit %d: %s", code, errs)
	}
}
