package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// OMI's way in a real browser: denied, a wrong password, and home; the page needs
// no script, and a browser lets its form go on to where the app is.
func TestOMIInABrowser(t *testing.T) {
	p, f := newOMI(t)
	asked := make(chan string, 10)
	mux := http.NewServeMux()
	mux.HandleFunc("/setup", func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RawQuery
		reply(w, object{"is_setup_completed": true})
	})
	mux.HandleFunc("/home", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("home " + r.Method + " " + r.Header.Get("Referer")))
	})
	app := httptest.NewServer(mux)
	t.Cleanup(app.Close)
	p.must("", append([]string{"app", "create", "acme", "garden", "--name", "Garden <b>", "--home-url", app.URL + "/home?x=1#in", "--setup-url", app.URL + "/setup"}, nearby...)...)
	page := p.serveOMI(f) + "/v1/oauth/authorize?app_id=garden&state=a%26b%20c"
	browser := newBrowser(t)
	open := func() {
		t.Helper()
		do(t, browser, chromedp.Navigate(page))
		until(t, browser, `document.querySelector('button[value=allow]') !== null`)
	}
	const click = `document.querySelector('button[value=%]').click()`
	press := func(answer string) { evaluate[any](t, browser, strings.Replace(click, "%", answer, 1)) }
	fill := func(password string) {
		evaluate[any](t, browser, `document.querySelector('[name=email]').value = '`+annasMail+`', document.querySelector('[name=password]').value = '`+password+`'`)
	}
	open()
	if text := evaluate[string](t, browser, `document.body.innerText`); !strings.Contains(text, "Garden <b>") {
		t.Errorf("the page says %q", text)
	}
	press("deny")
	until(t, browser, `location.href === '`+app.URL+`/home?x=1&error=access_denied&state=a%26b%20c#in'`)
	open()
	fill("wrong")
	press("allow")
	until(t, browser, `document.querySelector('[role=alert]')?.innerText.includes('do not belong together')`)
	fill(annasWord)
	press("allow")
	until(t, browser, `location.href === '`+app.URL+`/home?x=1&uid=`+annasUID+`&state=a%26b%20c#in'`)
	if text := evaluate[string](t, browser, `document.body.innerText`); strings.TrimSpace(text) != "home GET" {
		t.Errorf("home was told %q", text)
	}
	if query := <-asked; query != "uid="+annasUID || len(asked) != 0 {
		t.Errorf("the set-up was asked %q", query)
	}
}
