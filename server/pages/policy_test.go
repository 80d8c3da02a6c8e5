package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/shapestoken/shapestoken/server/pages"
)

// The policy is about the style that is really there, to the byte.
func TestPolicyAllowsTheStyle(t *testing.T) {
	everyPage(t, func(t *testing.T, _ string, doc *html.Node) {
		sum := sha256.Sum256([]byte(words(find(doc, "style")[0])))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
		if diff := cmp.Diff(want, pages.Policy()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPolicyNamesTargets(t *testing.T) {
	for target, want := range map[string]string{
		"https://app.example.com/back?a=b":      " https://app.example.com",
		"https://app.example.com:8443/":         " https://app.example.com:8443",
		"http://localhost:6000/":                " http://localhost:6000",
		"http://127.0.0.1/":                     " http://127.0.0.1",
		"HTTPS://APP.example.com/":              " https://APP.example.com",
		"http://[::1]:6000/":                    " http:",
		"https://under_score.example.com/":      " https:",
		"https://bücher.example/":               " https:",
		"https://*.example.com/":                " https:",
		"https://*/":                            " https:",
		"https://app.example.com;script-src/":   " https:",
		"https://a.example,b.example/":          " https:",
		"https://user:word@app.example.com/":    " https://app.example.com",
		"https://app.example.com%20'unsafe'/":   "",
		"https://app.example.com:443 x/":        "",
		"https://app.example.com'/":             " https:",
		"com.example.app:/back":                 " com.example.app:",
		"myapp://back":                          " myapp:",
		"my+app-1.x:back":                       " my+app-1.x:",
		"javascript:alert(1)":                   "",
		"data:text/html,x":                      "",
		"/path":                                 "",
		"https:path":                            "",
		"https://":                              "",
		"":                                      "",
		"*":                                     "",
		"'unsafe-inline'; script-src *":         "",
		"x; script-src *:y":                     "",
		"https://a.example\r\nSet-Cookie: a=b/": "",
	} {
		if got := strings.TrimPrefix(pages.Policy(target), pages.Policy()); got != want {
			t.Errorf("%q adds %q, want %q", target, got, want)
		}
	}
	if got := strings.TrimPrefix(pages.Policy("https://a.example/x", "b:/y"), pages.Policy()); got != " https://a.example b:" {
		t.Errorf("two targets add %q", got)
	}
}

func TestHeaders(t *testing.T) {
	want := map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Content-Security-Policy":      pages.Policy("https://a.example/"),
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
	}
	got := pages.Headers("https://a.example/")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	want["Content-Security-Policy"], want["Referrer-Policy"] = strings.Replace(pages.Policy(), "form-action 'self'", "form-action 'none'", 1), "no-referrer"
	if diff := cmp.Diff(want, pages.Formless()); diff != "" {
		t.Error(diff)
	}
	got["Cache-Control"] = "public" // a caller's own copy
	if pages.Headers()["Cache-Control"] != "no-store" {
		t.Error("one caller's headers are another one's")
	}
}
