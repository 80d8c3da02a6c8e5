package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

const idSecret = "test-id-secret-0123456789abcdefghij"

// signedAt is when the pages' signatures were made, now five minutes later.
var signedAt = time.Unix(1795200000, 0)

func now() time.Time { return signedAt.Add(5 * time.Minute) }

// lab is a shop and a service, and others that are neither, each at a name below
// example.com.
type lab struct {
	*httptest.Server
	t       *testing.T
	page    []byte            // the shop's home page
	answer  func(http.Header) // changes its head
	section string            // what the theme has for one; empty: it has none
	token   func(id string) string

	mu    sync.Mutex
	asked []string // what of whom, in order
}

func newLab(t *testing.T, page []byte) *lab {
	l := &lab{t: t, page: page, section: `<div id="shopify-section-shapestoken"><script type="application/json" data-shapestoken="0.2.0" data-state="guest"></script></div>`, answer: func(http.Header) {}, token: func(id string) string { return tokenFor(id, 900) }}
	l.Server = httptest.NewTLSServer(l)
	t.Cleanup(l.Close)
	return l
}

// transport leads to the lab for every name but the machine's own.
func (l *lab) transport() *http.Transport {
	t := l.Client().Transport.(*http.Transport).Clone()
	t.TLSClientConfig.ServerName = "example.com"
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, "127.0.0.1:") {
			address = l.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	return t
}

func (l *lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.asked = append(l.asked, r.Method+" "+r.Host+r.URL.Path)
	l.mu.Unlock()
	for _, forbidden := range []string{"Cookie", "Authorization"} {
		if r.Header.Get(forbidden) != "" {
			l.t.Errorf("the doctor sent a %s", forbidden)
		}
	}
	hosts := map[string]http.HandlerFunc{
		"shop.example.com":      l.shop,
		"www.shop.example.com":  l.shop,
		"id.example.com":        l.service,
		"stingy.example.com":    func(w http.ResponseWriter, r *http.Request) { script(w) },
		"api.acme.getomneo.com": func(w http.ResponseWriter, r *http.Request) { l.preflight(w, r, "acme") },
		"moved.example.com": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://id.example.com"+r.URL.Path, http.StatusMovedPermanently)
		},
		"busy.example.com": func(w http.ResponseWriter, r *http.Request) {
			refuse(w, http.StatusServiceUnavailable, "server_error", "this tenant can't be served while the database does not answer")
		},
	}
	hosts[r.Host](w, r)
}

func script(w http.ResponseWriter) {
	body, err := os.ReadFile("testdata/shapestoken.js")
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "text/javascript")
	_, _ = w.Write(body) // who went away needs no answer
}

// shop is a storefront as Shopify answers for it.
func (l *lab) shop(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/" && r.URL.Query().Has("section_id"):
		if !strings.HasPrefix(r.Header.Get("Referer"), "https://"+r.Host+"/") {
			l.t.Error("a browser would say which page asks")
		}
		if l.section == "" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write(l.page) // the shop's page for what it does not have has the snippet too
		}
		fmt.Fprint(w, l.section)
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
		l.answer(w.Header())
		_, _ = w.Write(l.page)
	case r.URL.Path == "/closed":
		http.Redirect(w, r, "/password", http.StatusFound)
	case r.URL.Path == "/password":
		fmt.Fprint(w, "<!doctype html><title>Opening soon</title>")
	case r.URL.Path == "/far":
		http.Redirect(w, r, "/far", http.StatusFound)
	case r.URL.Path == "/login":
		http.Redirect(w, r, "https://name:password@shop.example.com/", http.StatusFound)
	case r.URL.Path == "/moved":
		http.Redirect(w, r, "/?from=moved", http.StatusFound)
	case r.URL.Path == "/endless":
		w.Header().Set("Content-Type", "text/html")
		for _, err := w.Write(l.page); err == nil; {
			_, err = w.Write(bytes.Repeat([]byte("<p>mug</p>"), 1<<10))
		}
	case r.URL.Path == "/feed":
		w.Header().Set("Content-Type", "application/atom+xml")
	case r.URL.Path == "/lost/shapestoken.js":
		fmt.Fprint(w, "<!doctype html><title>Nothing here</title>")
	case r.URL.Path == "/assets/shapestoken.js":
		script(w)
	case r.URL.Path == "/apps/shapestoken/token":
		reply(w, http.StatusOK, map[string]any{"token": tokenFor("", 900), "expiry": 1})
	case r.URL.Path == "/apps/broken/token":
		panic(http.ErrAbortHandler)
	case r.URL.Path == "/apps/unregistered/token":
		refuse(w, http.StatusUnauthorized, "invalid_signature", "the signature does not match: check the app's client secret")
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<!doctype html><title>404 Not Found</title>")
	}
}

// service answers as the service does (docs/reference.md); the real one is
// asked by the program's tests.
func (l *lab) service(w http.ResponseWriter, r *http.Request) {
	tenant, route, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/t/"), "/")
	if !slices.Contains([]string{"acme", "strict", "renamed", "deaf", "curt", "keyless", "undiscovered"}, tenant) {
		refuse(w, http.StatusNotFound, "invalid_request", "there is no such tenant; check the name behind /t/")
		return
	}
	issuer := "https://id.example.com/t/" + map[bool]string{true: "acme", false: tenant}[tenant == "renamed"]
	switch {
	case route == "sdk/0.2.0/shapestoken.js":
		w.Header().Set("Access-Control-Allow-Origin", "*")
		script(w)
	case route == ".well-known/openid-configuration" && tenant == "undiscovered":
		reply(w, http.StatusOK, map[string]string{"issuer": issuer})
	case route == ".well-known/openid-configuration":
		reply(w, http.StatusOK, map[string]string{"issuer": issuer, "jwks_uri": issuer + "/.well-known/jwks.json"})
	case route == ".well-known/jwks.json" && tenant == "keyless":
		reply(w, http.StatusOK, map[string]any{"keys": []any{}})
	case route == ".well-known/jwks.json":
		reply(w, http.StatusOK, map[string]any{"keys": []any{map[string]string{"kid": "a"}, map[string]string{"kid": "b"}}})
	case "/"+route == tokenPath && r.Method == http.MethodOptions:
		l.preflight(w, r, tenant)
	case "/"+route == tokenPath:
		l.give(w, r)
	default:
		refuse(w, http.StatusNotFound, "invalid_request", "there is nothing at this path")
	}
}

func (l *lab) preflight(w http.ResponseWriter, r *http.Request, tenant string) {
	if r.Header.Get("Access-Control-Request-Method") != "POST" || r.Header.Get("Access-Control-Request-Headers") != "content-type" {
		l.t.Error("no browser asks like this")
	}
	h := w.Header()
	if tenant == "deaf" {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if tenant != "strict" && r.Header.Get("Origin") == "https://shop.example.com" {
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Allow-Methods", "POST")
	}
	if tenant != "curt" {
		h.Set("Access-Control-Allow-Headers", "Content-Type")
	}
	w.WriteHeader(http.StatusNoContent)
}

// give is the exchange.
func (l *lab) give(w http.ResponseWriter, r *http.Request) {
	var proof struct{ ID, Signature, Shop, Timestamp string }
	if err := json.NewDecoder(r.Body).Decode(&proof); err != nil || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Origin") != "https://shop.example.com" {
		l.t.Error("not what the script sends")
	}
	key, err := hmac.NewKey([]byte(idSecret))
	if err != nil {
		panic(err)
	}
	customer, result := hmac.ParseCustomer(proof.ID, proof.Shop, proof.Timestamp, proof.Signature)
	if result == hmac.Valid {
		result = key.VerifyCustomer(&customer, now(), hmac.DefaultMaxAge, hmac.DefaultSkew)
	}
	if result != hmac.Valid {
		refuse(w, http.StatusUnauthorized, "invalid_signature", "the signature "+proof.Signature+" does not match") // it should not say so
		return
	}
	reply(w, http.StatusOK, map[string]string{"token": l.token(proof.ID)})
}

// tokenFor is a token as the service makes it.
func tokenFor(id string, life int64) string {
	return jwt(map[string]any{"iss": "https://id.example.com/t/acme", "pid": "0b9f3c66-7f52-4c5e-8b57-3b1f0a3d9e11", "customer_id": id, "iat": 1795200300, "exp": 1795200300 + life})
}

func jwt(claims map[string]any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(map[string]string{"alg": "ES256"}) + "." + part(claims) + "." + strings.Repeat("c2ln", 20)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]string{"error": code, "message": message, "request_id": "3ir4z6gm6laaaaabi"})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func checksums(body []byte) map[string]string {
	s256, s384, s512 := sha256.Sum256(body), sha512.Sum384(body), sha512.Sum512(body)
	in := base64.StdEncoding.EncodeToString
	return map[string]string{"sha256": "sha256-" + in(s256[:]), "sha384": "sha384-" + in(s384[:]), "sha512": "sha512-" + in(s512[:])}
}
