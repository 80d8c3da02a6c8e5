package e2e

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// OMI's way in real browsers: denied, a wrong password, and home; the page needs
// no script, and a browser lets its form go on to where the app is.
func TestOMIInBrowsers(t *testing.T) {
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
	for _, engine := range engines {
		p.must("", append([]string{"app", "create", "acme", engine, "--name", "Garden <b>", "--home-url", app.URL + "/home?x=1#in", "--setup-url", app.URL + "/setup?of=" + engine}, nearby...)...)
	}
	base := p.serveOMI(f)
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			g := garden{t, newTab(t, engine), base + "/v1/oauth/authorize?state=a%26b%20c&app_id=" + engine, app.URL + "/home?x=1&"}
			g.denied()
			if n := len(asked); n != 0 {
				t.Errorf("denied, and the set-up was asked %d times", n)
			}
			g.allowed()
			if n := len(asked); n != 1 {
				t.Fatalf("allowed, and the set-up was asked %d times", n)
			}
			if query := <-asked; query != "of="+engine+"&uid="+annasUID {
				t.Errorf("the set-up was asked %q", query)
			}
		})
	}
}

// garden is an app, and Anna at its page.
type garden struct {
	t          *testing.T
	anna       tab
	page, home string
}

// asks opens the page, where the app's name is no markup.
func (g garden) asks() {
	g.t.Helper()
	g.anna.open(g.page)
	g.anna.shows(`document.body?.innerText.includes('Garden <b>')`)
}

func (g garden) denied() {
	g.t.Helper()
	g.asks()
	g.anna.presses(`button[value=deny]`)
	g.comesHome("error=access_denied")
}

func (g garden) allowed() {
	g.t.Helper()
	g.asks()
	g.signsIn("wrong")
	g.anna.shows(`document.querySelector('[role=alert]')?.innerText.includes('do not belong together')`)
	g.signsIn(annasWord)
	g.comesHome("uid=" + annasUID)
}

func (g garden) signsIn(word string) {
	g.t.Helper()
	g.anna.fills("email", annasMail)
	g.anna.fills("password", word)
	g.anna.presses(`button[value=allow]`)
}

// comesHome to the app, by GET and without a referrer, with this and the state.
func (g garden) comesHome(with string) {
	g.t.Helper()
	g.anna.shows(`location.href === ` + quoted(g.t, g.home+with+"&state=a%26b%20c#in") + ` && document.body?.innerText.trim() === 'home GET'`)
}
