package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// storefront is a shop and its token service under their real names, which only
// the test's browser finds: it maps them to one TLS listener on loopback.
type storefront struct {
	t       *testing.T
	program *program
	browser context.Context
	pages   map[string]string // what the shop answers, by path
}

const omneoHost = "api.acme.getomneo.com"

// newStorefront serves the shop's pages and, at Omneo's host, the real program.
func newStorefront(t *testing.T) *storefront {
	t.Helper()
	p := newAcme(t)
	p.must("", "origin", "add", "acme", "https://"+shop)
	service := passTo(p.serve("--base-domain", "getomneo.com"))
	s := &storefront{t: t, program: p, pages: map[string]string{}}
	listener := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == omneoHost {
			service.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, s.pages[r.URL.Path])
	}))
	t.Cleanup(listener.Close)
	address := listener.Listener.Addr().String()
	s.browser = newBrowser(t,
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", fmt.Sprintf("MAP %s:443 %s, MAP %s:443 %s", omneoHost, address, shop, address)))
	return s
}

// open shows a page of the shop, and waits until its script has said so in the title.
func (s *storefront) open(path string) {
	s.t.Helper()
	do(s.t, s.browser, chromedp.Navigate("https://"+shop+path))
	title, err := chromedp.Run(s.browser, chromedp.Poll[string](`/^(done|failed)/.test(document.title) && document.title`))
	if err != nil || title != "done" {
		s.t.Fatalf("%s: %q %v", path, title, err)
	}
}

// The Liquid and the fetch of Omneo's document work as printed.
func TestOmneoDocument(t *testing.T) {
	s := newStorefront(t)
	s.pages["/"] = render(t, file(t, "testdata/omneo-method-3.liquid"), theme(secret, 7210381803720), object{})
	s.open("/")
	stored := evaluate[map[string]string](t, s.browser, `({...localStorage})`)
	token := stored["shapes:omneo:shapestoken:"+customer]
	if len(stored) != 1 || header(t, token)["alg"] != "ES256" {
		t.Errorf("stored: %v", stored)
	}
}

// What the deployed widget asks of a token: data.token in the answer, and in
// the token a truthy pid and an exp (seconds) that lies ahead.
const widgetRules = `(async () => {
	const answer = await (await fetch('https://api.acme.getomneo.com/shopify/api/v1/auth/token', {
		method: 'POST', headers: {'Content-Type': 'application/json'},
		body: JSON.stringify({id: %s, signature: '` + signV1 + `'}),
	})).json()
	const claims = JSON.parse(atob(answer.data.token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))
	return answer.token === answer.data.token && !!claims.pid && claims.exp > Date.now() / 1000 && claims.exp === answer.data.exp
})()`

func TestDeployedWidget(t *testing.T) {
	s := newStorefront(t)
	s.pages["/"] = `<!doctype html><title>done</title>`
	s.open("/")
	for name, id := range map[string]string{"a string": `'` + customer + `'`, "a number": customer} {
		if !evaluate[bool](t, s.browser, fmt.Sprintf(widgetRules, id)) {
			t.Errorf("with the id as %s the answer breaks a rule", name)
		}
	}
}

// @omneo/shapes-sdk 0.1.5, as published, starts with our token.
func TestShapesSDK(t *testing.T) {
	s := newStorefront(t)
	s.pages["/"] = render(t, file(t, "testdata/omneo-method-3.liquid"), theme(secret, 7210381803720), object{})
	s.open("/")
	do(t, s.browser, chromedp.Evaluate[chromedp.Void](bundle(t, "node_modules/@omneo/shapes-sdk/src/browser.js")))
	start := func(token string) map[string]any {
		return evaluate[map[string]any](t, s.browser, `(() => {
			const {ready, error} = ShapesSDK.init({url: 'https://api.acme.getomneo.com/id/api/v1', token: `+token+`, isPrivate: true})
			return {ready: !!ready, error: !!error}
		})()`)
	}
	if got := start(`localStorage.getItem('shapes:omneo:shapestoken:` + customer + `')`); got["ready"] != true || got["error"] != false {
		t.Errorf("with our token: %v", got)
	}
	if got := start(`'not.a.token'`); got["error"] != true {
		t.Errorf("with nonsense: %v", got)
	}
}
