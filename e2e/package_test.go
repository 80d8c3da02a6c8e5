package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"
)

// project is somebody's new project, with the packed npm package in it and the
// files of the folder package.
type project struct {
	t       *testing.T
	dir     string
	tarball string
	files   []string // what is in the package
}

// newProject packs web/dist and installs it, without a network and with
// nothing that npm has kept from before.
func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	var packed []struct {
		Filename string
		Files    []struct{ Path string }
	}
	out := p.npm("../web/dist", "pack", "--json", "--pack-destination", p.dir)
	if err := json.Unmarshal(out, &packed); err != nil || len(packed) != 1 {
		t.Fatalf("npm pack printed %q: %v", out, err)
	}
	for _, f := range packed[0].Files {
		p.files = append(p.files, f.Path)
	}
	p.tarball = p.path(packed[0].Filename)
	if err := os.CopyFS(p.dir, os.DirFS("package")); err != nil {
		t.Fatal(err)
	}
	p.write("package.json", `{"private": true, "type": "module"}`)
	p.npm(p.dir, "install", "--offline", "./"+packed[0].Filename)
	return p
}

func (p *project) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) npm(dir string, args ...string) []byte {
	p.t.Helper()
	c := exec.Command("npm", append(args, "--no-audit", "--no-fund", "--cache", p.t.TempDir())...)
	c.Dir = dir
	out, err := c.Output()
	if err != nil {
		p.t.Fatalf("npm %v: %v\n%s", args, err, out)
	}
	return out
}

// esbuild bundles a file of the project, as small as it can.
func (p *project) esbuild(entry string, options api.BuildOptions) string {
	p.t.Helper()
	options.AbsWorkingDir, options.EntryPoints = p.dir, []string{entry}
	options.Bundle, options.Format = true, api.FormatESModule
	options.MinifyWhitespace, options.MinifyIdentifiers, options.MinifySyntax = true, true, true
	result := api.Build(options)
	if problems := append(result.Errors, result.Warnings...); len(problems) > 0 {
		p.t.Fatal(api.FormatMessages(problems, api.FormatMessagesOptions{}))
	}
	return string(result.OutputFiles[0].Contents)
}

func (p *project) vite(entry string) string {
	p.t.Helper()
	var out struct{ Code string }
	node(p.t, "package/vite.mjs", object{"root": p.dir, "entry": entry}, &out)
	return out.Code
}

// tsc checks files of the project as strictly as the compiler can.
func (p *project) tsc(resolution string, files ...string) {
	p.t.Helper()
	module := map[string]string{"bundler": "esnext"}[resolution]
	if module == "" {
		module = resolution
	}
	compiler, err := filepath.Abs("../web/node_modules/typescript/bin/tsc")
	if err != nil {
		p.t.Fatal(err)
	}
	c := exec.Command("node", append([]string{compiler, "--noEmit", "--allowImportingTsExtensions", "--strict", "--exactOptionalPropertyTypes",
		"--target", "es2022", "--lib", "es2022,dom", "--jsx", "react-jsx", "--module", module, "--moduleResolution", resolution}, files...)...)
	c.Dir = p.dir
	if out, err := c.CombinedOutput(); err != nil {
		p.t.Errorf("tsc, %s: %v\n%s", resolution, err, out)
	}
}

func TestPackage(t *testing.T) {
	p := newProject(t)
	for name, test := range map[string]func(*testing.T, *project){
		"files": packedFiles, "types": packageTypes, "shakes": packageShakes, "without document": packageWithoutDocument, "browser": packageInABrowser,
	} {
		t.Run(name, func(t *testing.T) {
			here := *p
			here.t = t
			test(t, &here)
		})
	}
}

func packedFiles(t *testing.T, p *project) {
	want := []string{"README.md", "index.mjs", "package.json", "script.d.ts", "sections/shapestoken.liquid", "shapestoken.d.ts",
		"shapestoken.js", "shapestoken.liquid", "shapestoken.mjs", "stub.js"}
	if !slices.Equal(p.files, want) {
		t.Errorf("the package has %v, want %v", p.files, want)
	}
	var complaints []string
	node(t, "package/lint.mjs", object{"tarball": p.tarball}, &complaints)
	for _, complaint := range complaints {
		t.Error(complaint)
	}
}

// A strict program may use every export, under each way of finding modules.
func packageTypes(t *testing.T, p *project) {
	for _, resolution := range []string{"bundler", "node16", "nodenext"} {
		p.tsc(resolution, "consumer.ts")
	}
}

// What a program does not use stays out of it; the script and the stub, which
// are there for what they do, stay in.
func packageShakes(t *testing.T, p *project) {
	for _, row := range []struct {
		entry       string
		least, most int
	}{{"version.ts", 10, 200}, {"script.ts", 3000, 20000}} {
		for bundler, code := range map[string]string{"esbuild": p.esbuild(row.entry, api.BuildOptions{}), "vite": p.vite(row.entry)} {
			if size := len(code); size < row.least || size > row.most {
				t.Errorf("%s makes %d bytes of %s, want %d to %d", bundler, size, row.entry, row.least, row.most)
			}
		}
	}
}

// Where pages are rendered there is no document: nothing throws, nothing is
// asked for, and nothing keeps the process alive.
func packageWithoutDocument(t *testing.T, p *project) {
	var got object
	node(t, p.path("server.mjs"), object{"endpoint": "https://id.example.com/t/acme", "id": customer, "signature": signV1}, &got)
	want := object{"first": nil, "fresh": nil, "guest": nil, "peek": nil, "calls": 0, "events": []any{}, "timers": 0,
		"exports": []any{"ShapesTokenError", "anonymous", "clear", "init", "on", "peek", "token", "version"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// site is a shop's own web server. Its pages are at localhost, the service is at
// 127.0.0.1: two origins.
type site struct {
	*http.ServeMux
	origin string
	proof  object // what its pages give to init
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{ServeMux: http.NewServeMux()}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	s.origin = strings.Replace(listener.URL, "127.0.0.1", "localhost", 1)
	s.HandleFunc("/proof", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.proof) })
	return s
}

func reply(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // a browser that has gone needs no answer
}

func (s *site) serve(path, kind, text string) {
	s.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		fmt.Fprint(w, text)
	})
}

// The packed package gets a token by each of the three ways to use it, from the
// real program, in a real browser.
func packageInABrowser(t *testing.T, pack *project) {
	p := newAcme(t)
	sites := map[string]*site{}
	for name, build := range map[string]func(*project, *site){"esbuild": esbuildSite, "vite": viteSite, "script": scriptSite} {
		sites[name] = newSite(t)
		build(pack, sites[name])
		p.must("", "origin", "add", "acme", sites[name].origin)
	}
	proof := p.proof("http://"+p.serve()+"/t/acme", time.Now())
	browser := newBrowser(t)
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			site.proof = proof
			do(t, browser, chromedp.Navigate(site.origin))
			until(t, browser, `!!document.body?.dataset.token`)
			token := evaluate[string](t, browser, `document.body.dataset.token`)
			if strings.Count(token, ".") != 2 || header(t, token)["alg"] != "ES256" {
				t.Fatalf("got %q", token)
			}
			if stored := stored(t, browser); stored != token {
				t.Errorf("stored: %q", stored)
			}
		})
	}
}

func stored(t *testing.T, browser context.Context) string {
	t.Helper()
	return evaluate[string](t, browser, `localStorage.getItem('`+storageKey+customer+`') ?? ''`)
}

// proof is what the shop signs for customer at that time, as init wants it.
func (p *program) proof(endpoint string, at time.Time) object {
	p.t.Helper()
	timestamp := strconv.FormatInt(at.Unix(), 10)
	p.env = append(p.env, "ID_SECRET="+secret)
	signature := p.must("", "hmac", "sign", customer, "--shop", shop, "--timestamp", timestamp, "--secret-env", "ID_SECRET")["signature"]
	return object{"endpoint": endpoint, "id": customer, "shop": shop, "timestamp": timestamp, "signature": signature}
}

func esbuildSite(p *project, s *site) {
	s.serve("/", "text/html", `<!doctype html><title>A shop</title><body><script type="module" src="/page.js"></script>`)
	s.serve("/page.js", "text/javascript", p.esbuild("page.ts", api.BuildOptions{Target: api.ES2022}))
}

func viteSite(p *project, s *site) {
	p.vite("index.html")
	s.Handle("/", http.FileServer(http.Dir(p.path("dist"))))
}

// scriptSite asks before the script is there, which then reads its own element.
func scriptSite(p *project, s *site) {
	s.serve("/shapestoken.js", "text/javascript", file(p.t, p.path("node_modules/shapestoken/shapestoken.js")))
	stub := file(p.t, p.path("node_modules/shapestoken/stub.js"))
	s.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>A shop</title><script>%s</script>
<body><script>shapestoken.token().then((jwt) => { document.body.dataset.token = jwt }, (error) => { document.body.dataset.token = error.code })</script>
<script defer src="/shapestoken.js" data-shapestoken data-state="customer" data-endpoint="%s" data-shop="%s" data-id="%s" data-timestamp="%s" data-signature="%s"></script>`,
			stub, s.proof["endpoint"], s.proof["shop"], s.proof["id"], s.proof["timestamp"], s.proof["signature"])
	})
}
