package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"
)

// blocks are a page's fenced pieces: the language, and the text.
var blocks = regexp.MustCompile("(?ms)^ *```(\\w+)\n(.*?)^ *```$")

// headless is docs/headless.md as a project: each piece of code in the file
// that its first line names, beside what stands for the framework.
func headless(t *testing.T) (p *project, files []string) {
	t.Helper()
	p = newProject(t)
	for _, block := range blocks.FindAllStringSubmatch(file(t, "../docs/headless.md"), -1) {
		language, text := block[1], block[2]
		name, named := strings.CutPrefix(strings.SplitN(text, "\n", 2)[0], "// ")
		switch {
		case language == "ts" || language == "tsx":
			if filepath.Ext(name) != "."+language || !named {
				t.Fatalf("this code does not say which file it is:\n%s", text)
			}
			p.write("headless/"+name, text)
			files = append(files, "headless/"+name)
		case language != "console":
			t.Fatalf("nothing runs this %s:\n%s", language, text)
		}
	}
	p.link("react", "react-dom", "@types/react")
	return p, files
}

// link lends the project packages of this folder's own.
func (p *project) link(names ...string) {
	p.t.Helper()
	for _, name := range names {
		own, err := filepath.Abs("node_modules/" + name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(p.path("node_modules/"+name)), 0o755)
		}
		if err == nil {
			err = os.Symlink(own, p.path("node_modules/"+name))
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// The compiler accepts the page's code.
func TestHeadlessTypes(t *testing.T) {
	p, files := headless(t)
	if len(files) < 8 {
		t.Errorf("the page has only %d pieces of code", len(files))
	}
	p.tsc("bundler", append(files, "headless/hydrogen.d.ts")...)
}

// The commands are right as printed, with a tenant of that name there.
func TestHeadlessCommands(t *testing.T) {
	p := newAcme(t)
	commands := regexp.MustCompile(`(?m)^ *\$ shapestoken (.*)$`).FindAllStringSubmatch(file(t, "../docs/headless.md"), -1)
	for _, command := range commands {
		p.must("", strings.Fields(command[1])...)
	}
	if len(commands) == 0 {
		t.Error("the page has no commands")
	}
}

// The server's side signs what the vectors say, gives nothing to a guest, and
// its proofs are good at the real program.
func TestHeadlessServer(t *testing.T) {
	p, _ := headless(t)
	vectors, err := filepath.Abs("../testdata/vectors/customer.json")
	if err != nil {
		t.Fatal(err)
	}
	p.write("server.mjs", p.esbuild("headless/server.ts", api.BuildOptions{Platform: api.PlatformNode, Target: api.ES2022}))
	env := object{"SHAPESTOKEN_ENDPOINT": "http://" + newAcme(t).serve() + "/t/acme", "SHAPESTOKEN_ID_SECRET": secret, "PUBLIC_STORE_DOMAIN": shop}
	var got struct {
		Signed                                           []bool
		Proof, Guest, ElsewhereGuest                     object
		Cache, Token, Refused, Empty, Foreign, Elsewhere string
	}
	node(t, p.path("server.mjs"), object{"vectors": vectors, "env": env, "id": customer}, &got)
	if len(got.Signed) < 10 || slices.Contains(got.Signed, false) {
		t.Errorf("signatures of the vectors: %v", got.Signed)
	}
	if got.Proof["id"] != customer || got.Cache != "private, no-store" || got.Elsewhere != customer {
		t.Errorf("a customer's answer: %v, cached %q; elsewhere %q", got.Proof, got.Cache, got.Elsewhere)
	}
	if len(got.Guest)+len(got.ElsewhereGuest) > 0 || got.Foreign != "" {
		t.Errorf("a guest's answer: %v and %v; another kind of id: %q", got.Guest, got.ElsewhereGuest, got.Foreign)
	}
	if header(t, got.Token)["typ"] != "JWT" || !strings.HasPrefix(got.Refused, "Error: invalid_signature: ") {
		t.Errorf("exchanged: %q; refused: %q", got.Token, got.Refused)
	}
	if !strings.Contains(got.Empty, "not set") {
		t.Errorf("an empty secret: %q", got.Empty)
	}
}

// shopfront is a site with the page's components.
type shopfront struct {
	*site
	t       *testing.T
	browser context.Context
	proofs  chan object // what its route answers next; a guest when there is none
}

// observed is what the tests' page has beside the components: it counts the
// proofs that are asked for, and with ?late time leaps ahead at an error.
const observed = `<!doctype html><title>A shop</title><script>
const [ask, now] = [fetch, performance.now.bind(performance)]
window.asked = 0
window.fetch = (...request) => { asked += request[0] === '/shapestoken'; return ask(...request) }
document.addEventListener('shapes:error', ({ detail }) => {
	if (location.search === '?late') performance.now = () => now() + 660000
	window.reason = detail.reason
})
</script><div id="root"></div><script src="/page.js" type="module"></script>`

func newShopfront(t *testing.T) (s *shopfront, service *program, endpoint string) {
	t.Helper()
	p, _ := headless(t)
	s = &shopfront{site: newSite(t), t: t, browser: newBrowser(t), proofs: make(chan object, 9)}
	s.serve("/", "text/html", observed)
	s.serve("/page.js", "text/javascript", p.esbuild("headless/page.tsx", api.BuildOptions{
		Target: api.ES2022, JSX: api.JSXAutomatic, Define: map[string]string{"process.env.NODE_ENV": `"production"`},
		Alias: map[string]string{"react-router": p.path("headless/form.tsx")},
	}))
	s.HandleFunc("/shapestoken", func(w http.ResponseWriter, _ *http.Request) {
		select {
		case proof := <-s.proofs:
			reply(w, proof)
		default:
			reply(w, object{})
		}
	})
	s.Handle("POST /account/logout", http.RedirectHandler("/", http.StatusSeeOther))
	service = newAcme(t)
	service.must("", "origin", "add", "acme", s.origin)
	return s, service, "http://" + service.serve() + "/t/acme"
}

func (s *shopfront) shows(condition string) {
	s.t.Helper()
	until(s.t, s.browser, `(text => `+condition+`)(document.querySelector('output')?.textContent)`)
}

const isToken = `text?.split('.').length === 3`

// The components show the token cold and warm, and forget it at logout.
func TestHeadlessBrowser(t *testing.T) {
	s, service, endpoint := newShopfront(t)
	for range 2 {
		s.proofs <- service.proof(endpoint, time.Now())
		do(t, s.browser, chromedp.Navigate(s.origin))
		s.shows(isToken)
	}
	if n := evaluate[int](t, s.browser, `performance.getEntriesByType('resource').filter(e => e.name.includes('/auth/token')).length`); n != 0 {
		t.Errorf("a warm page made %d requests", n)
	}
	do(t, s.browser, chromedp.Evaluate[chromedp.Void](`window.leaving = true; document.querySelector('button').click()`))
	until(t, s.browser, `!window.leaving && document.readyState === 'complete'`)
	s.shows(`text === 'none'`)
	if left := stored(t, s.browser); left != "" {
		t.Errorf("after the logout there is still %q", left)
	}
}

// Who has logged out elsewhere leaves nothing behind on the next page.
func TestHeadlessGuest(t *testing.T) {
	s, _, _ := newShopfront(t)
	do(t, s.browser, chromedp.Navigate(s.origin+"/proof"), chromedp.Evaluate[chromedp.Void](`localStorage.setItem('`+storageKey+customer+`', 'left')`))
	do(t, s.browser, chromedp.Navigate(s.origin))
	until(t, s.browser, `localStorage.length === 0`)
	s.shows(`text === 'none'`)
}

// A page that has been open for long asks for a new proof. One whose new proof
// is refused does not ask again and again.
func TestHeadlessSignsAnew(t *testing.T) {
	s, service, endpoint := newShopfront(t)
	old, fresh := service.proof(endpoint, time.Now().Add(-30*time.Minute)), service.proof(endpoint, time.Now())
	s.proofs <- old
	do(t, s.browser, chromedp.Navigate(s.origin))
	until(t, s.browser, `window.reason === 'signature_expired'`)
	if asked := evaluate[int](t, s.browser, `asked`); asked != 1 {
		t.Errorf("a new page asked %d times", asked)
	}
	s.proofs <- old
	s.proofs <- fresh
	do(t, s.browser, chromedp.Navigate(s.origin+"/?late"))
	s.shows(isToken)
}
