package e2e

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// gallery is every page that people see, served by the program that shows them,
// behind a proxy that the tests can have say other things.
type gallery struct {
	*http.ServeMux
	origin string
	site   string // another origin, and another site

	mu   sync.Mutex
	sent []object // of each form: what tells where it comes from
	next string   // where a form's answer leads; empty: to a page
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	shown, err := url.Parse(startGallery(t))
	if err != nil {
		t.Fatal(err)
	}
	g := &gallery{ServeMux: http.NewServeMux()}
	proxy := httputil.NewSingleHostReverseProxy(shown)
	bare := httputil.NewSingleHostReverseProxy(shown)
	bare.ModifyResponse = func(r *http.Response) error {
		r.Header.Del("Content-Security-Policy")
		r.Header.Del("X-Frame-Options")
		return nil
	}
	g.Handle("/", proxy)
	g.Handle("/bare/", http.StripPrefix("/bare", bare))
	g.Handle("POST /sent", g.answer(proxy))
	g.HandleFunc("/control", control)
	g.HandleFunc("/next", func(_ http.ResponseWriter, r *http.Request) { g.leads(r.FormValue("to")) })
	g.HandleFunc("/hop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.FormValue("to"), http.StatusFound) })
	g.HandleFunc("/end", func(w http.ResponseWriter, _ *http.Request) { markup(w, "<!doctype html><title>The end</title>") })
	listener := httptest.NewServer(g)
	t.Cleanup(listener.Close)
	g.origin, g.site = listener.URL, strings.Replace(listener.URL, "127.0.0.1", "localhost", 1)
	return g
}

// startGallery builds the program and runs it until the test ends.
func startGallery(t *testing.T) (origin string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gallery")
	build := exec.Command("go", "build", "-o", program, "./server/pages/gallery")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the gallery: %v\n%s", err, out)
	}
	c := exec.Command(program)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() }) // it has nothing to lose
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the gallery printed %q: %v", line, err)
	}
	return strings.TrimSpace(line)
}

// control is what no page is: a text that is taken for HTML.
func control(w http.ResponseWriter, r *http.Request) {
	markup(w, "<!doctype html><title>A page</title><p>"+r.FormValue("text")+`<input value="`+r.FormValue("text")+`"><a href="`+r.FormValue("text")+`">x</a>`)
}

func markup(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(text)) // a browser that has gone needs no answer
}

func (g *gallery) answer(page http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		next := g.next
		g.sent = append(g.sent, object{"origin": r.Header.Get("Origin"), "site": r.Header.Get("Sec-Fetch-Site")})
		g.mu.Unlock()
		if next != "" {
			http.Redirect(w, r, next, http.StatusSeeOther)
			return
		}
		page.ServeHTTP(w, r)
	}
}

// leads says where a form's answer leads from now on.
func (g *gallery) leads(next string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next = next
}
