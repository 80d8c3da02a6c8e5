package demo_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
)

// service is one that keeps what it was asked, and answers so.
func service(t *testing.T, answer http.HandlerFunc) (url string, asked *http.Request) {
	t.Helper()
	asked = new(http.Request)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = *r.Clone(context.Background())
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/t/demo", asked
}

func ok(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Omneo-Is-Anon", "true")
	h.Set("Set-Cookie", "theirs=1")
	_, _ = io.WriteString(w, `{"token":"x","expiry":1}`)
}

// TestProxySigns as Shopify does, whoever is logged in: our own verifier, which
// is stricter than Shopify's libraries, accepts it.
func TestProxySigns(t *testing.T) {
	c := config(t)
	endpoint, asked := service(t, ok)
	c.Endpoint = endpoint
	h := site(t, c)
	for _, customer := range []string{"", first, second, "1"} {
		w := get(h, "/apps/shapestoken/token?logged_in_customer_id=7&x=1", customer, "Accept", "application/json")
		q, result := hmac.ParseProxy(asked.URL.RawQuery, nil)
		if result != hmac.Valid || asked.URL.Path != "/t/demo/shopify/proxy/token" || asked.Header.Get("Cookie") != "" || asked.Header.Get("Accept") != "application/json" || !strings.HasPrefix(endpoint, "http://"+asked.Host+"/") {
			t.Fatalf("%s: %s at %s, headers %v", result, asked.URL.Path, asked.Host, asked.Header)
		}
		want := customer
		if customer == "1" {
			want = "" // no customer of this shop
		}
		if q.CustomerID != want || q.Shop != shop || q.PathPrefix != "/apps/shapestoken" || !q.SignedBy(client(t)) || q.Age(now, hmac.Window) != hmac.Valid {
			t.Errorf("as %q: %v", customer, q)
		}
		got := map[string]string{"body": w.Body.String()}
		for _, name := range []string{"Content-Type", "X-Omneo-Is-Anon", "Set-Cookie", "Cache-Control"} {
			got[name] = strings.Join(w.Header()[name], ", ")
		}
		if diff := cmp.Diff(map[string]string{
			"body": `{"token":"x","expiry":1}`, "Content-Type": "application/json", "X-Omneo-Is-Anon": "true", "Set-Cookie": "", "Cache-Control": "no-store",
		}, got); diff != "" || w.Code != http.StatusOK {
			t.Errorf("as %q: status %d\n%s", customer, w.Code, diff)
		}
	}
}

func client(t *testing.T) *hmac.Key {
	t.Helper()
	key, err := hmac.NewKey([]byte(clientSecret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestProxies: each asks a service of its own.
func TestProxies(t *testing.T) {
	c := config(t)
	var askedElsewhere, askedBrief *http.Request
	c.Elsewhere, askedElsewhere = service(t, ok)
	c.Brief, askedBrief = service(t, ok)
	h := site(t, c)
	for app, asked := range map[string]*http.Request{"shapestoken-elsewhere": askedElsewhere, "shapestoken-brief": askedBrief} {
		w := get(h, "/apps/"+app+"/token", first)
		if q, _ := hmac.ParseProxy(asked.URL.RawQuery, nil); w.Code != http.StatusOK || q.PathPrefix != "/apps/"+app {
			t.Errorf("%s: status %d, %v", app, w.Code, q)
		}
	}
}

// TestProxyRefusals passes on what the service says, and never more than a token needs.
func TestProxyRefusals(t *testing.T) {
	c := config(t)
	c.Endpoint, _ = service(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		http.Error(w, strings.Repeat("x", 1<<20), http.StatusTooManyRequests)
	})
	w := get(site(t, c), "/apps/shapestoken/token", first)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "7" || w.Body.Len() != 1<<16 {
		t.Errorf("status %d, %d bytes", w.Code, w.Body.Len())
	}
}

// TestProxyWithoutAnAnswer: a page, and nothing of the signature anywhere.
func TestProxyWithoutAnAnswer(t *testing.T) {
	var log bytes.Buffer
	c := config(t)
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	dead := httptest.NewServer(nil)
	c.Nowhere = dead.URL
	dead.Close()
	h := site(t, c)
	w := get(h, "/apps/shapestoken-down/token", first)
	if w.Code != http.StatusBadGateway || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || strings.Contains(w.Body.String()+log.String(), "signature") {
		t.Errorf("status %d: %s, log: %s", w.Code, w.Body, &log)
	}
}

func TestProxyCannotSign(t *testing.T) {
	for name, with := range map[string]func(context.Context) (secret.Text, error){
		"no secret":       func(context.Context) (secret.Text, error) { return secret.Text{}, errors.New("the database is away") },
		"an empty secret": always(""),
	} {
		c := config(t)
		c.ClientSecret = with
		if w := get(site(t, c), "/apps/shapestoken/token", first); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "away") {
			t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
		}
	}
}

// TestProxySlow gives up with the visitor.
func TestProxySlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, patience := range []time.Duration{time.Second, time.Minute} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c := config(t)
			c.Endpoint = "http://127.0.0.1:1" // nobody listens
			w, start := httptest.NewRecorder(), time.Now()
			site(t, c).ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, origin+"/apps/shapestoken-slow/token", nil))
			if took := time.Since(start); took != min(patience, 3*time.Second) || w.Code != http.StatusBadGateway {
				t.Errorf("patience %s: it took %s, status %d", patience, took, w.Code)
			}
		}
	})
}

// TestSourceProxy renders a page whose shop has no secret at all.
func TestSourceProxy(t *testing.T) {
	c := config(t)
	unread := func(context.Context) (secret.Text, error) {
		t.Error("the shop's secret was read")
		return secret.Text{}, nil
	}
	c.Secret, c.ElsewhereSecret, c.BriefSecret = unread, unread, unread
	h := site(t, c)
	for target, want := range map[string]map[string]string{
		"/?source=proxy": {"source": "proxy", "proxy": "", "endpoint": endpoint},
		"/?source=proxy&version=v1&metafield=bare": {"source": "proxy", "proxy": "", "endpoint": endpoint},
		"/?source=proxy&try=refresh":               {"source": "proxy", "proxy": "/apps/shapestoken-brief", "endpoint": brief},
		"/?source=proxy&try=slow-network":          {"source": "proxy", "proxy": "/apps/shapestoken-slow", "endpoint": origin + "/slow"},
		"/?source=proxy&break=foreign-origin":      {"source": "proxy", "proxy": "/apps/shapestoken-elsewhere", "endpoint": elsewhere},
		"/?source=proxy&break=service-down":        {"source": "proxy", "proxy": "/apps/shapestoken-down", "endpoint": nowhere},
		"/?source=proxy&break=wrong-secret":        {"source": "proxy", "proxy": "", "endpoint": endpoint},
		"/?source=proxy&break=missing-metafield":   {"source": "proxy", "proxy": "", "endpoint": endpoint},
		"/?break=no-proxy":                         {"source": "proxy", "proxy": "/apps/nothing", "endpoint": endpoint},
	} {
		for _, customer := range []string{"", first} {
			page := get(h, target, customer).Body.String()
			m := marker(t, page)
			got := map[string]string{"source": m["source"], "proxy": m["proxy"], "endpoint": m["endpoint"]}
			if diff := cmp.Diff(want, got); diff != "" || m["id"] != customer || m["secret"] != "unused" {
				t.Errorf("%s as %q: %v\n%s", target, customer, m, diff)
			}
			if strings.Contains(page, "data-signature") {
				t.Errorf("%s as %q: there is a signature in the page", target, customer)
			}
		}
	}
}

// TestSourceSignature names no app proxy, whatever is broken or tried.
func TestSourceSignature(t *testing.T) {
	h := site(t, config(t))
	for _, s := range switches("") {
		if s == "break=no-proxy" {
			continue
		}
		if m := marker(t, get(h, "/?"+s, first).Body.String()); m["source"]+m["proxy"] != "" || m["signature"] == "" {
			t.Errorf("%s: %v", s, m)
		}
	}
}

// TestNoMetafield needs a snippet of its own: the real one does not look.
func TestNoMetafield(t *testing.T) {
	c := config(t)
	c.Snippet = "{% if shop.metafields.omneo.id_secret %}there{% else %}not there{% endif %}"
	h := site(t, c)
	for target, want := range map[string]string{"/": "there", "/?source=proxy": "not there"} {
		if page := get(h, target, first).Body.String(); !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("%s: the metafield is not %s", target, want)
		}
	}
}

// TestOldPageWithProxy signs, and names the proxy that is asked when the signature is old.
func TestOldPageWithProxy(t *testing.T) {
	h := site(t, config(t))
	for _, target := range []string{"/?source=proxy&try=old-page", "/?source=proxy&break=old-timestamp"} {
		m := marker(t, get(h, target, first).Body.String())
		if result, _ := verify(t, m, idSecret); result != hmac.Expired || m["source"] != "" || m["proxy"] != "/apps/shapestoken" {
			t.Errorf("%s: %s, %v", target, result, m)
		}
	}
}

// TestWhereNothingCanBreak says so, and only there.
func TestWhereNothingCanBreak(t *testing.T) {
	h := site(t, config(t))
	const note = "nothing is signed here"
	for target, want := range map[string]bool{
		"/?break=wrong-secret": false, "/?source=proxy&break=wrong-secret": true, "/?source=proxy&break=missing-metafield": true,
		"/?source=proxy&break=service-down": false, "/?source=proxy&break=old-timestamp": false, "/?source=proxy&try=refresh": false, "/?source=proxy": false,
	} {
		if got := strings.Contains(get(h, target, first).Body.String(), note); got != want {
			t.Errorf("%s: the note is there: %t", target, got)
		}
	}
}

// TestLineOfProxy is what a theme developer copies.
func TestLineOfProxy(t *testing.T) {
	h := site(t, config(t))
	for target, want := range map[string]string{
		"/?source=proxy&version=v1":            "{%% render 'shapestoken', endpoint: '%', source: 'proxy' %%}",
		"/?break=no-proxy":                     "{%% render 'shapestoken', endpoint: '%', source: 'proxy', proxy: '/apps/nothing' %%}",
		"/?source=proxy&try=old-page&debug=on": "{%% render 'shapestoken', endpoint: '%', proxy: '/apps/shapestoken', debug: true %%}",
	} {
		want = strings.NewReplacer("%%", "%", "%", endpoint, "'", "&#39;").Replace(want)
		if page := get(h, target, first).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %s", target, want)
		}
	}
}
