package demo_test

import (
	"context"
	"html"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/demo"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/web"
)

const (
	shop      = "shapestoken-demo.myshopify.com"
	endpoint  = "http://127.0.0.1:8080/t/demo"
	elsewhere = "http://127.0.0.1:8081/t/demo-elsewhere"
	brief     = "http://127.0.0.1:8082/t/demo-brief"
	nowhere   = "http://127.0.0.1:9"
	origin    = "http://localhost:8080"

	first  = "7210381803720"
	second = "6940095564321"

	idSecret        = "canary-id-secret-0123456789abcdef"
	elsewhereSecret = "canary-elsewhere-secret-0123456789"
	briefSecret     = "canary-brief-secret-0123456789abcd"
	clientSecret    = "canary-client-secret-0123456789abc"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// always is a shop's secret that never changes.
func always(text string) func(context.Context) (secret.Text, error) {
	return func(context.Context) (secret.Text, error) { return secret.New(text), nil }
}

func config(t *testing.T) demo.Config {
	t.Helper()
	return demo.Config{
		Shop: shop, Secret: always(idSecret), Endpoint: endpoint,
		Elsewhere: elsewhere, ElsewhereSecret: always(elsewhereSecret),
		Brief: brief, BriefSecret: always(briefSecret),
		ClientSecret: always(clientSecret),
		Nowhere:      nowhere, Page: origin,
		Snippet: dist(t, "shapestoken.liquid"), Section: dist(t, "sections/shapestoken.liquid"),
		Now: clock, Log: slog.New(slog.DiscardHandler),
	}
}

func dist(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(web.Dist, "dist/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func site(t *testing.T, c demo.Config) http.Handler {
	t.Helper()
	h, err := demo.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get asks for an address as a customer, or as a guest if that is empty.
func get(h http.Handler, target, customer string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, origin+target, nil)
	if customer != "" {
		r.AddCookie(&http.Cookie{Name: "demo_customer", Value: customer})
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// post sends a form the way a browser does from the page itself.
func post(h http.Handler, target, form string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, origin+target, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", origin)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var (
	markers    = regexp.MustCompile(`<script\s+type="application/json"(\s+data-shapestoken=[^<>]*)></script>\s*<script\s+src="([^"]*)"[^<>]*></script>`)
	attributes = regexp.MustCompile(`\sdata-(\w+)="([^"]*)"`)
)

// marker reads what the snippet wrote into the page; "script" is the address of the script.
func marker(t *testing.T, page string) map[string]string {
	t.Helper()
	found := markers.FindAllStringSubmatch(page, -1)
	if len(found) != 1 {
		t.Fatalf("%d snippets in the page:\n%s", len(found), page)
	}
	read := map[string]string{"script": html.UnescapeString(found[0][2])}
	for _, pair := range attributes.FindAllStringSubmatch(found[0][1], -1) {
		read[pair[1]] = html.UnescapeString(pair[2])
	}
	return read
}

// verify is the service's verdict on a marker's signature.
func verify(t *testing.T, m map[string]string, text string) (hmac.Result, hmac.Version) {
	t.Helper()
	key, err := hmac.NewKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	named := ""
	if m["timestamp"] != "" {
		named = m["shop"] // as the script does: v1 knows no shop
	}
	c, result := hmac.ParseCustomer(m["id"], named, m["timestamp"], m["signature"])
	if result != hmac.Valid {
		return result, 0
	}
	return key.VerifyCustomer(&c, now, hmac.DefaultMaxAge, hmac.DefaultSkew), c.Version()
}
