package e2e

import (
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const omiPage = "../docs/integrators/omi.md"

var (
	nearby   = []string{"--outbound-allow", "127.0.0.0/8,::1/128"}
	mayBegin = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
)

// newOMI follows the operator's part of the page, and has the project's keys near.
func newOMI(t *testing.T) (*program, *firebase) {
	t.Helper()
	p, f := newAcme(t), newFirebase(t)
	t.Setenv("FIREBASE_API_KEY", webKey)
	p.follow(t, omiPage, "shapestoken")
	p.must("", "issuer", "add", "acme", "--firebase-project", "acme-omi", "--firebase-api-key-env", "FIREBASE_API_KEY", "--jwks-url", f.url+"/jwks")
	return p, f
}

func (p *program) serveOMI(f *firebase) (base string) {
	return "http://" + p.serve(append(nearby, "--firebase-url", f.url)...) + "/t/acme"
}

// The call of the page answers what stands there.
func TestOMIPage(t *testing.T) {
	p, f := newOMI(t)
	base := p.serveOMI(f)
	calls := pieces(t, omiPage, "sh")
	if len(calls) != 1 {
		t.Fatalf("the page has %d calls", len(calls))
	}
	got := p.shell(calls[0], "SHAPESTOKEN_URL="+base, "APP_ID=notes", "FIREBASE_ID_TOKEN="+f.token(time.Hour))
	if want := strings.TrimSpace(pieces(t, omiPage, "json")[0]); got != want {
		t.Errorf("answers\n%s\nand on the page\n%s", got, want)
	}
}

// The programs of the page, each in a browser's hands: who allows is welcome, who
// denies is not, and nobody finishes what somebody else has begun.
func TestOMIPrograms(t *testing.T) {
	p, f := newOMI(t)
	code := &project{t: t, dir: t.TempDir()}
	for name, text := range files(t, omiPage) {
		code.write(name, text)
	}
	code.write("go.mod", "module example.com/yours\n\ngo 1.26\n")
	code.link("@types/node")
	code.tsc("bundler", "--types", "node", "main.ts")
	ports := map[string]string{}
	for _, language := range []string{"TypeScript", "Go", "Python"} {
		ports[language] = freePort(t)
		at := "http://localhost:" + ports[language]
		p.must("", append([]string{"app", "create", "acme", language, "--name", language, "--home-url", at + "/home", "--setup-url", at + "/setup"}, nearby...)...)
	}
	base := p.serveOMI(f)
	for language, port := range ports {
		t.Run(language, func(t *testing.T) {
			here := *code
			here.t = t
			args := languages[language](&here, "main")
			c := exec.Command(args[0], args[1:]...)
			c.Dir, c.Stderr = here.dir, t.Output()
			c.Env = append(os.Environ(), "SHAPESTOKEN_URL="+base, "APP_ID="+language, "PORT="+port)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
			visit(t, "http://localhost:"+port)
		})
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// visitor is a browser that goes nowhere by itself.
type visitor struct {
	t *testing.T
	http.Client
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, http.Client{Jar: jar, Timeout: 15 * time.Second, CheckRedirect: mayBegin}}
}

func (v *visitor) open(address string) (status int, text, location string) {
	v.t.Helper()
	res, err := v.Get(address)
	return v.read(res, err)
}

func (v *visitor) read(res *http.Response, err error) (status int, text, location string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header.Get("Location")
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// answer sends the page's form as it stands there, with what a person adds.
func (v *visitor) answer(address string, added url.Values) (status int, text, location string) {
	v.t.Helper()
	_, page, _ := v.open(address)
	for _, field := range hidden.FindAllStringSubmatch(page, -1) {
		added.Set(field[1], html.UnescapeString(field[2]))
	}
	target, _, _ := strings.Cut(address, "?")
	r, err := http.NewRequest(http.MethodPost, target, strings.NewReader(added.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	status, text, _ = v.read(v.Do(r))
	if onward := goesOn.FindStringSubmatch(text); onward != nil {
		location = html.UnescapeString(onward[1])
	}
	return status, text, location
}

// goesOn is where a page sends the browser by itself.
var goesOn = regexp.MustCompile(`<meta http-equiv="refresh" content="0; url=([^"]*)">`)

func visit(t *testing.T, app string) {
	t.Helper()
	anna := newVisitor(t)
	within(t, "the program listens", func() bool {
		res, err := anna.Get(app + "/nothing")
		if err == nil {
			res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusNotFound
	})
	begun := func(v *visitor) string {
		t.Helper()
		status, _, location := v.open(app + "/")
		if status != http.StatusFound {
			t.Fatalf("it begins with %d", status)
		}
		return location
	}
	ends := func(v *visitor, address string, status int, says string) {
		t.Helper()
		if got, text, _ := v.open(address); got != status || !strings.Contains(text, says) {
			t.Errorf("%s: %d %s", address, got, text)
		}
	}
	allow := url.Values{"answer": {"allow"}, "email": {annasMail}, "password": {annasWord}}
	status, text, home := anna.answer(begun(anna), allow)
	if status != http.StatusOK || !strings.HasPrefix(home, app+"/home?uid="+annasUID+"&state=") {
		t.Fatalf("allowed: %d %s %s", status, home, text)
	}
	ends(newVisitor(t), home, 403, "not begun in this browser")
	ends(anna, home, 200, "Welcome, "+annasUID+".")
	ends(anna, home, 403, "not begun in this browser")
	_, _, home = anna.answer(begun(anna), url.Values{"answer": {"deny"}})
	ends(anna, home, 200, "You have not allowed it.")
	_ = begun(anna)
	ends(anna, app+"/home?uid="+annasUID+"&state=", 403, "not begun")
	ends(anna, app+"/setup?uid=u1", 200, `"is_setup_completed":`)
}

var detailRow = regexp.MustCompile("(?m)^\\| (\\d+) \\| `([^`]+)` \\|")

// The texts of the page's table are what the service says.
func TestOMIErrors(t *testing.T) {
	p, f := newOMI(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/open", func(w http.ResponseWriter, _ *http.Request) { reply(w, object{"is_setup_completed": false}) })
	mux.HandleFunc("/garbled", func(w http.ResponseWriter, _ *http.Request) { reply(w, []string{}) })
	app := httptest.NewServer(mux) // has nothing at /away
	t.Cleanup(app.Close)
	create := func(id string, flags ...string) {
		p.must("", slices.Concat([]string{"app", "create", "acme", id, "--name", id}, nearby, flags)...)
	}
	home := []string{"--home-url", "https://notes.example/"}
	create("bare")
	create("private", append(home, "--private")...)
	create("paid", append(home, "--paid")...)
	for _, path := range []string{"open", "garbled", "away"} {
		create(path, append(home, "--setup-url", app.URL+"/"+path)...)
	}
	base := p.serveOMI(f)
	var told []string
	tell := func(res *http.Response, err error) {
		t.Helper()
		status, text, _ := newVisitor(t).read(res, err)
		text = strings.TrimSuffix(strings.TrimPrefix(text, `{"detail":"`), `"}`)
		told = append(told, fmt.Sprint(status, " ", text))
	}
	token := func(app string, life time.Duration) {
		t.Helper()
		tell(http.PostForm(base+"/v1/oauth/token", url.Values{"app_id": {app}, "firebase_id_token": {f.token(life)}}))
	}
	token("notes", -time.Hour)
	tell(http.Get(base + "/v1/oauth/authorize?app_id=bare"))
	for _, app := range []string{"nothing", "bare", "private", "paid", "open", "garbled", "away"} {
		token(app, time.Hour)
	}
	rows := detailRow.FindAllStringSubmatch(file(t, omiPage), -1)
	for _, row := range rows {
		begins := strings.TrimSuffix(row[1]+" "+row[2], "…")
		if !slices.ContainsFunc(told, func(text string) bool { return strings.HasPrefix(text, begins) }) {
			t.Errorf("nobody is told %s: %q", begins, told)
		}
	}
	if len(rows) != len(told) {
		t.Errorf("%d rows, and %d were told", len(rows), len(told))
	}
}
