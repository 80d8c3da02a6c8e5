package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	firstCustomer  = "7210381803720"
	secondCustomer = "6940095564321"
	storageKey     = "shapes:omneo:shapestoken:"
)

// shopper is a browser on the demo storefront.
type shopper struct {
	t   *testing.T
	ctx context.Context
	url string
}

func newShopper(t *testing.T) *shopper {
	t.Helper()
	return newProgram(t).shopper(t)
}

// shopper opens the demo on this program's database.
func (p *program) shopper(t *testing.T) *shopper {
	t.Helper()
	url := p.start("demo", "--addr", "127.0.0.1:0")["url"]
	s := &shopper{t: t, ctx: newBrowser(t), url: url}
	s.open("")
	return s
}

func (s *shopper) open(query string) {
	s.t.Helper()
	do(s.t, s.ctx, chromedp.Navigate(s.url+query))
}

// press clicks what leads to another page, and waits until that page has settled.
func (s *shopper) press(id string) {
	s.t.Helper()
	do(s.t, s.ctx, chromedp.Evaluate[chromedp.Void](`window.leaving = true; document.getElementById('`+id+`').click()`))
	until(s.t, s.ctx, `!window.leaving && document.readyState === 'complete'`)
}

type outcome struct{ Outcome, Code, Reason, Verdict, Message string }

func (s *shopper) outcome() outcome {
	s.t.Helper()
	const read = `(() => {
		const o = document.getElementById('outcome')
		return {...o.dataset, verdict: document.getElementById('verdict').textContent, message: document.getElementById('error-message')?.textContent ?? ''}
	})()`
	until(s.t, s.ctx, `!!document.getElementById('outcome')?.dataset.outcome`)
	return evaluate[outcome](s.t, s.ctx, read)
}

// stored are the tokens that the browser keeps.
func (s *shopper) stored() map[string]string {
	return evaluate[map[string]string](s.t, s.ctx, `Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('shapes:')))`)
}

// The main job: log in on that page, and a JWT lies under the key.
func TestDemo(t *testing.T) {
	s := newShopper(t)
	if o := s.outcome(); o.Outcome != "guest" || len(s.stored()) != 0 {
		t.Fatalf("a guest: %+v, stored %v", o, s.stored())
	}
	s.press("login-1")
	if o := s.outcome(); o.Outcome != "token" {
		t.Fatalf("logged in: %+v", o)
	}
	first := s.stored()
	if h := header(t, first[storageKey+firstCustomer]); len(first) != 1 || h["typ"] != "JWT" || h["alg"] != "ES256" {
		t.Fatalf("stored %v", first)
	}

	// A warm page asks nobody.
	s.open("")
	if o := s.outcome(); o.Outcome != "token" || s.stored()[storageKey+firstCustomer] != first[storageKey+firstCustomer] {
		t.Errorf("a warm page: %+v", o)
	}
	if n := evaluate[int](t, s.ctx, `performance.getEntriesByType('resource').filter(e => e.name.includes('/auth/token')).length`); n != 0 {
		t.Errorf("a warm page made %d requests", n)
	}

	// Another customer, then nobody: what belonged to the one before is removed.
	s.press("login-2")
	if o, stored := s.outcome(), s.stored(); o.Outcome != "token" || len(stored) != 1 || stored[storageKey+secondCustomer] == "" {
		t.Errorf("another customer: %+v, stored %d keys", o, len(stored))
	}
	s.press("logout")
	if o, stored := s.outcome(), s.stored(); o.Outcome != "guest" || len(stored) != 0 {
		t.Errorf("logged out: %+v, stored %d keys", o, len(stored))
	}
}

// Each switch breaks one thing and shows what a theme developer would be told.
func TestDemoSwitches(t *testing.T) {
	s := newShopper(t)
	s.press("login-1")
	s.outcome()
	for _, row := range []struct{ id, code, reason, says string }{
		{"break-wrong-secret", "rejected", "invalid_signature", "omneo.id_secret"},
		{"break-missing-metafield", "rejected", "secret_missing", "cannot read the shop metafield"},
		{"break-old-timestamp", "rejected", "signature_expired", "too old"},
		{"break-foreign-origin", "network", "", "is down or does not list http://localhost:"},
		{"break-service-down", "network", "", "is down or does not list http://localhost:"},
		{"break-no-proxy", "rejected", "", "/apps/nothing is down or no app proxy (404)"},
	} {
		t.Run(row.id, func(t *testing.T) {
			s.t = t
			s.press(row.id)
			o := s.outcome()
			if o.Outcome != "error" || o.Code != row.code || o.Reason != row.reason || !strings.Contains(o.Message, row.says) {
				t.Errorf("%+v", o)
			}
			if len(s.stored()) != 0 {
				t.Errorf("something is stored: %v", s.stored())
			}
		})
	}
	s.t = t
	s.press("repair")
	if o := s.outcome(); o.Outcome != "token" {
		t.Errorf("repaired: %+v", o)
	}
	for _, choice := range []string{"version-v1", "metafield-bare", "version-v2", "metafield-value", "debug-on", "debug-off", "source-proxy", "source-signature"} {
		s.press(choice)
		if o := s.outcome(); o.Outcome != "token" {
			t.Errorf("%s: %+v", choice, o)
		}
	}
}

// asked are the requests for tokens and sections that this page view has made, by their paths.
func (s *shopper) asked() []string {
	const read = `performance.getEntriesByType('resource').map(({ name }) => new URL(name)).filter(({ pathname, search }) => /token$/.test(pathname) || search).map(({ pathname, search }) => pathname + search)`
	return evaluate[[]string](s.t, s.ctx, read)
}

// With the app proxy the token arrives, and the page has nothing to sign with:
// neither a secret in Liquid nor a signature. A guest has an anonymous token, of
// which nothing is stored.
func TestDemoAppProxy(t *testing.T) {
	s := newShopper(t)
	s.press("source-proxy")
	if o := s.outcome(); o.Outcome != "guest" || o.Verdict != "A guest: an anonymous token arrived" || len(s.stored()) != 0 {
		t.Errorf("a guest: %+v, stored %v", o, s.stored())
	}
	if pid := evaluate[string](t, s.ctx, `document.getElementById('token-pid').textContent + document.getElementById('kept').dataset.kept + Object.keys(localStorage)`); pid != "nullmemory" {
		t.Errorf("a guest's token, and what is kept: %q", pid)
	}

	s.press("login-1")
	if o := s.outcome(); o.Outcome != "token" || header(t, s.stored()[storageKey+firstCustomer])["alg"] != "ES256" {
		t.Fatalf("logged in: %+v", o)
	}
	if amr := evaluate[string](t, s.ctx, `document.getElementById('token-amr').textContent`); amr != "app_proxy" {
		t.Errorf("amr %s", amr)
	}
	if asked := s.asked(); !slices.Equal(asked, []string{"/apps/shapestoken/token"}) {
		t.Errorf("asked %v", asked)
	}
	text := evaluate[string](t, s.ctx, `fetch(location.href).then((answer) => answer.text())`)
	if !strings.Contains(text, `data-secret="unused"`) || strings.Contains(text, "data-signature") || strings.Contains(text, "data-timestamp") {
		t.Error("the page has a signature, or Liquid has looked for the secret")
	}

	// A page that is signed, and old: the app proxy comes before the section.
	s.press("try-old-page")
	if o, asked := s.outcome(), s.asked(); o.Outcome != "token" || !slices.Equal(asked, []string{"/apps/shapestoken/token"}) {
		t.Errorf("an old page: %+v, asked %v", o, asked)
	}
	s.shows("section", "no: the app proxy had a token")

	// The session ends while the page is open: the shop says so at the next request.
	s.press("usual")
	s.outcome()
	if code := evaluate[string](t, s.ctx, `fetch('/logout', { method: 'POST' }).then(() => shapestoken.token({ fresh: true })).catch(({ code }) => code)`); code != "aborted" {
		t.Errorf("logged out meanwhile: %q", code)
	}
	until(t, s.ctx, `document.getElementById('outcome').dataset.outcome === 'cleared'`)
	if token := evaluate[any](t, s.ctx, `shapestoken.token()`); token != nil || len(s.stored()) != 0 {
		t.Errorf("logged out meanwhile: stored %v", s.stored())
	}
}

// The page keeps to its own strict policy, on a phone too.
func TestDemoOnAPhone(t *testing.T) {
	s := newShopper(t)
	do(t, s.ctx, chromedp.EmulateViewport(320, 640))
	s.press("login-1")
	for _, id := range []string{"debug-on", "try-two-tabs", "try-consent", "source-proxy", "break-missing-metafield"} {
		s.press(id)
		s.outcome()
		if wide := evaluate[bool](t, s.ctx, `document.documentElement.scrollWidth > innerWidth`); wide {
			t.Errorf("%s: the page is wider than a small phone", id)
		}
	}
}
