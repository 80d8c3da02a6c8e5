package e2e

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// connected is the page's program in one language: a web server in a folder, where it
// keeps the tokens.
type connected struct {
	t       *testing.T
	door    *door
	project *project
	who     registered
	build   func(*project, string) []string
	origin  string
	stop    func()
	dir     string
}

// runs starts the web server, in a folder without tokens.
func (a *connected) runs() {
	a.t.Helper()
	if a.stop != nil {
		a.stop()
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		a.t.Fatal(err)
	}
	a.origin = "http://localhost" + free.Addr().String()[len("127.0.0.1"):]
	free.Close()
	here := *a.project
	here.t = a.t
	a.dir = here.dir
	_ = os.Remove(a.tokensFile())
	args := a.build(&here, "main")
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Env, c.Stderr = here.dir, a.environment(), a.t.Output()
	if err := c.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.stop = func() { _ = c.Process.Kill(); _ = c.Wait() }
	a.t.Cleanup(func() { a.stop() })
	within(a.t, "the program listens", func() bool {
		res, err := http.Get(a.origin + "/nothing")
		return err == nil && res.Body.Close() == nil
	})
}

func (a *connected) tokensFile() string { return a.dir + "/tokens.json" }

func (a *connected) environment() []string {
	return append(os.Environ(), "SHAPESTOKEN_URL="+a.door.issuer, "CLIENT_ID="+a.who.id, "CLIENT_SECRET="+a.who.secret,
		"REDIRECT_URI="+a.origin+"/callback", "API_URL="+a.door.url)
}

// asks is the program's answer, without following it.
func (a *connected) asks(client *http.Client, method, path string) (int, string, http.Header) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.origin+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(text)), res.Header
}

func aBrowser() *http.Client {
	jar, _ := cookiejar.New(nil) // it never fails without options
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// connects is a person who goes the whole way, and the page that they see then.
func (a *connected) connects() {
	a.t.Helper()
	a.runs()
	person := script("node", "conformance/person.mjs")(a.t, object{"login": login, "password": password})
	if end := person("visit", object{"url": a.origin + "/connect"}); end["url"] != a.origin+"/contacts" || end["status"] != 200.0 {
		a.t.Fatalf("the person ends at %v", end)
	}
	if status, text, _ := a.asks(aBrowser(), "GET", "/contacts"); status != http.StatusOK || text != listed {
		a.t.Errorf("contacts: %d %s", status, text)
	}
	info, err := os.Stat(a.tokensFile())
	if err != nil || info.Mode() != 0o600 {
		a.t.Errorf("the file: %v %v", info, err)
	}
	if left := a.kept().RenewAt - float64(time.Now().Unix()); left < 3500 || left > 3541 {
		a.t.Errorf("it is to be renewed in %v s", left)
	}
}

type keptTokens struct {
	Access  string  `json:"access_token"`
	Refresh string  `json:"refresh_token"`
	RenewAt float64 `json:"renew_at"`
}

func (a *connected) kept() (k keptTokens) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(file(a.t, a.tokensFile())), &k); err != nil || k.Access == "" || k.Refresh == "" {
		a.t.Fatalf("the file: %v", err)
	}
	return k
}
