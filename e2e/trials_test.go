package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// try logs in, unless that is done, and switches a trial on.
func (s *shopper) try(trial string) {
	s.t.Helper()
	if s.outcome().Outcome == "guest" {
		s.press("login-1")
		s.outcome()
	}
	s.press("try-" + trial)
	if o := s.outcome(); o.Outcome != "token" {
		s.t.Fatalf("%s: %+v", trial, o)
	}
}

// click does what changes this page, once there is something to click.
func (s *shopper) click(id string) {
	s.t.Helper()
	until(s.t, s.ctx, `!!document.getElementById('`+id+`').offsetParent`)
	do(s.t, s.ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('`+id+`').click()`))
}

// shows waits until a fact of the panel says so.
func (s *shopper) shows(fact, text string) {
	s.t.Helper()
	until(s.t, s.ctx, `document.getElementById('live-`+fact+`').textContent === '`+text+`'`)
}

// told waits until the panel tells a step, in a line with this text.
func (s *shopper) told(step, text string) {
	s.t.Helper()
	until(s.t, s.ctx, `[...document.querySelectorAll('#log [data-step="`+step+`"]')].some((line) => line.textContent.includes('`+text+`'))`)
}

// A token is renewed by itself, before its end.
func TestDemoRefresh(t *testing.T) {
	p := newProgram(t)
	p.must("", "migrate")
	p.must("", "tenant", "create", "demo-brief", "--token-ttl", "40s") // ten seconds and the last half minute
	s := p.shopper(t)
	s.try("refresh")
	first := s.stored()[storageKey+firstCustomer]
	until(t, s.ctx, `/^in 0:0\d$/.test(document.getElementById('live-renewal').textContent)`)
	until(t, s.ctx, `document.querySelectorAll('#log [data-step=token]').length === 2`)
	s.shows("requests", "2 by this page view")
	if o, second := s.outcome(), s.stored()[storageKey+firstCustomer]; o.Outcome != "token" || o.Verdict != "The token was renewed" || second == first || second == "" {
		t.Errorf("renewed: %+v, another token: %t", o, second != first)
	}
	until(t, s.ctx, `/^expires in 0:(40|3\d)$/.test(document.getElementById('live-token').textContent)`)
}

// anyTab takes whatever opens.
func anyTab[T any](*T) bool { return true }

// secondTab follows the link that opens one, by the keyboard: a page that
// scrolls smoothly is hard to hit with a mouse.
func (s *shopper) secondTab() *shopper {
	s.t.Helper()
	opened := chromedp.WaitNewTarget(s.ctx, anyTab)
	do(s.t, s.ctx, chromedp.SendKeys(chromedp.ID("second-tab"), "\r"))
	select {
	case id := <-opened:
		ctx, cancel := chromedp.NewContext(s.ctx, chromedp.WithTargetID(id))
		s.t.Cleanup(cancel)
		return &shopper{t: s.t, ctx: ctx, url: s.url}
	case <-s.ctx.Done():
		s.t.Fatal("no second tab was opened")
	}
	return nil
}

// Two tabs share one token, and a logout.
func TestDemoTwoTabs(t *testing.T) {
	one := newShopper(t)
	one.try("two-tabs")
	one.shows("others", "none is open")
	two := one.secondTab()
	if o := two.outcome(); o.Outcome != "token" || o.Verdict != "The stored token is still good" {
		t.Errorf("the second tab: %+v", o)
	}
	two.shows("requests", "0 by this page view")
	two.shows("others", "open, made 0 requests")

	one.click("again")
	one.shows("requests", "1 by this page view")
	two.shows("others", "open, made 1 request")
	two.shows("requests", "0 by this page view")
	two.told("storage", "another tab has stored a token")
	if o := two.outcome(); o.Outcome != "token" || o.Verdict != "Another tab fetched the token" {
		t.Errorf("the second tab, after the first has asked: %+v", o)
	}

	two.press("logout")
	until(t, one.ctx, `document.getElementById('outcome').dataset.outcome === 'cleared'`)
	one.told("cleared", "gone")
	if o := one.outcome(); o.Verdict != "Logged out in another tab" || len(one.stored()) != 0 {
		t.Errorf("the first tab, after the logout: %+v, stored %v", o, one.stored())
	}
	two.press("login-2")
	two.outcome()
	if token := evaluate[any](t, one.ctx, `shapestoken.token()`); token != nil {
		t.Error("the first tab has a token again")
	}
	do(t, two.ctx, chromedp.Navigate("about:blank"))
	one.shows("others", "none is open")
}

// Without storage there is a token, at each page view another.
func TestDemoStorageBlocked(t *testing.T) {
	s := newShopper(t)
	s.try("storage-blocked")
	for range 2 {
		s.shows("kept", "in the memory of this page")
		s.shows("requests", "1 by this page view")
		s.told("token", "in memory")
		s.press("reload")
		if o := s.outcome(); o.Outcome != "token" || o.Verdict != "A token arrived" {
			t.Errorf("another page view: %+v", o)
		}
	}
}

// With a wrong clock there is one exchange, and then none.
func TestDemoClock(t *testing.T) {
	s := newShopper(t)
	for trial, off := range map[string]float64{"clock-ahead": 1, "clock-behind": -1} {
		s.try(trial)
		days := `Math.round((Date.now() - performance.timeOrigin) / 864e5)`
		if got := evaluate[float64](t, s.ctx, days); got != off {
			t.Errorf("%s: the clock is %v days ahead", trial, got)
		}
		s.shows("requests", "1 by this page view")
		s.press("reload")
		s.shows("requests", "0 by this page view")
		if o := s.outcome(); o.Outcome != "token" || o.Verdict != "The stored token is still good" {
			t.Errorf("%s, the next page view: %+v", trial, o)
		}
		until(t, s.ctx, `/^expires in 1[45]:/.test(document.getElementById('expires').textContent)`)
	}
}

// On a slow network one waits, once.
func TestDemoSlowNetwork(t *testing.T) {
	s := newShopper(t)
	s.try("slow-network")
	waiting := evaluate[string](t, s.ctx, `(() => {
		document.querySelector('.watch [data-again]').click()
		return document.getElementById('outcome').dataset.outcome + document.getElementById('verdict').textContent
	})()`)
	if waiting != "Waiting for the token…" {
		t.Errorf("after asking anew: %q", waiting)
	}
	s.shows("requests", "1 answered so far")
	if o := s.outcome(); o.Outcome != "token" || o.Verdict != "A token arrived" {
		t.Errorf("%+v", o)
	}
	s.shows("requests", "2 by this page view")
	const quickest = `Math.min(...performance.getEntriesByType('resource').filter(e => e.name.includes('/slow/')).map(e => e.duration))`
	if took := evaluate[float64](t, s.ctx, quickest); took < 3000 {
		t.Errorf("a slow request took %v ms", took)
	}
	s.press("reload")
	s.shows("requests", "0 by this page view")
}

// Consent moves the token between the page's memory and the browser's storage.
func TestDemoConsent(t *testing.T) {
	s := newShopper(t)
	s.try("consent")
	kept := func(place string, keys int) {
		t.Helper()
		until(t, s.ctx, `document.getElementById('kept').dataset.kept === '`+place+`'`)
		if stored := s.stored(); len(stored) != keys {
			t.Errorf("in %s, and stored %v", place, stored)
		}
	}
	kept("memory", 0)
	s.shows("consent", "not allowed")
	s.click("allow")
	kept("browser", 1)
	s.shows("consent", "allowed")
	s.click("withdraw")
	kept("memory", 0)
	s.press("reload")
	kept("memory", 0)
	s.shows("requests", "1 by this page view")
}

// An old page is signed anew by the theme's section, each time it is opened.
func TestDemoOldPage(t *testing.T) {
	s := newShopper(t)
	s.try("old-page")
	for range 2 {
		s.shows("section", "1 time, by the section")
		s.shows("requests", "1 by this page view")
		s.told("section", "signed anew")
		s.press("reload")
		s.outcome()
	}
	s.press("break-old-timestamp")
	s.told("section", "404")
}

// What the script tells developers in the console stands in the panel too.
func TestDemoDebug(t *testing.T) {
	s := newShopper(t)
	s.press("debug-on")
	s.press("login-1")
	s.told("debug", `{"id":"`+firstCustomer+`"`)
	s.press("break-foreign-origin")
	s.told("debug", "shapestoken origin add")
	s.press("break-service-down")
	s.told("debug", "down or a CSP")
}
