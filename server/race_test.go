package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// rounds is how often each race is run. The battery is
// go test ./server -run TestOneWinner -rounds 1000 -timeout 1h.
var rounds = flag.Int("rounds", 12, "how often TestOneWinner lets everybody run")

const runners = 64

// racers are several processes on one database, and a person who is signed in.
type racers struct {
	*machines
	t       *testing.T
	at      []string
	client  *http.Client
	browser *browser
}

// TestOneWinner has many come with one code, or with one refresh token, at once:
// exactly one of them gets anything, however many processes there are.
func TestOneWinner(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fresh     func(*testing.T) string
		processes int
	}{"SQLite": {storetest.SQLite, 1}, "Postgres": {storetest.Postgres, 3}} {
		t.Run(name, func(t *testing.T) {
			r := newRacers(t, row.fresh(t), row.processes)
			for range *rounds {
				r.once("code", r.codeForm("client_strict"))
				r.once("refresh token", r.refreshForm("client_strict"))
				r.lenient()
			}
			r.revoked()
		})
	}
}

func newRacers(t *testing.T, database string, processes int) *racers {
	p := onDatabase(t, database, t.TempDir()+"/test.key")
	r := &racers{machines: furnishPeople(furnishMachines(p)), t: t}
	strict := personClient("client_strict")
	strict.Grace = 0
	r.addClient("acme", strict)
	p.must("", "tenant", "set", "acme", "--issuer", "http://127.0.0.1:9/t/acme")
	for range processes {
		r.at = append(r.at, r.start())
	}
	r.public = r.at[0]
	r.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: runners}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(r.client.CloseIdleConnections)
	r.browser = p.browser()
	for _, client := range []string{"client_strict", "client_web", "client_omni"} {
		r.browser.signIn(r.asking(client))
	}
	return r
}

// start is one more process; it returns where it is reached.
func (r *racers) start() string {
	r.t.Helper()
	args := append([]string{"shapestoken", "serve", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0", "--ip-rate", "0", "--json"}, r.args...)
	c := &exec.Cmd{Path: os.Args[0], Args: args, Env: os.Environ()}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	var ready struct{ Addr string }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&ready); err != nil {
		r.t.Fatal(err)
	}
	return "http://" + ready.Addr
}

func (r *racers) post(n int, path, form string) (int, string) {
	res, err := r.client.Post(r.at[n%len(r.at)]+"/t/acme"+path, formType, strings.NewReader(form))
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// codeForm is a code as a client brings it, which the person has allowed before.
func (r *racers) codeForm(client string) string {
	r.t.Helper()
	code := r.browser.get(r.asking(client)).param("code")
	if code == "" {
		r.t.Fatal(r.browser.sentTo)
	}
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}.Encode() + "&" + as(client)
}

func (r *racers) refreshForm(client string) string {
	r.t.Helper()
	status, body := r.post(0, "/oauth2/token", r.codeForm(client))
	return "grant_type=refresh_token&refresh_token=" + url.QueryEscape(member(r.t, status, body, "refresh_token")) + "&" + as(client)
}

func member(t *testing.T, status int, body, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	text, _ := m[name].(string)
	return text
}

// once has everybody send a form at the same moment.
func (r *racers) once(what, form string) {
	r.t.Helper()
	answers := r.all(form)
	if won := len(answers[200]); won != 1 || len(answers[400]) != runners-1 {
		r.t.Errorf("one %s: %d winners, answers by status %v", what, won, count(answers))
	}
}

func (r *racers) all(form string) map[int][]string {
	var mu sync.Mutex
	answers := map[int][]string{}
	var all sync.WaitGroup
	start := make(chan struct{})
	for n := range runners {
		all.Go(func() {
			<-start
			status, body := r.post(n, "/oauth2/token", form)
			mu.Lock()
			defer mu.Unlock()
			answers[status] = append(answers[status], body)
		})
	}
	close(start)
	all.Wait()
	return answers
}

func count(answers map[int][]string) map[int]int {
	n := map[int]int{}
	for status, list := range answers {
		n[status] = len(list)
	}
	return n
}

// lenient is a client with grace: one wins, three are given the same again, and
// nobody ends the session.
func (r *racers) lenient() {
	r.t.Helper()
	answers := r.all(r.refreshForm("client_web"))
	next := map[string]bool{}
	for _, body := range answers[200] {
		next[member(r.t, 200, body, "refresh_token")] = true
	}
	if n := len(answers[200]); n < 1 || n > 4 || len(next) != 1 {
		r.t.Errorf("with grace: %d were answered with %d refresh tokens; by status %v", n, len(next), count(answers))
	}
	for token := range next {
		if status, body := r.post(1, "/oauth2/token", "grant_type=refresh_token&refresh_token="+url.QueryEscape(token)+"&"+as("client_web")); status != 200 {
			r.t.Errorf("with grace, the next: %d %s", status, body)
		}
	}
}

// revoked has a session refreshed and revoked at once: whatever was given, nothing
// of it is good afterwards.
func (r *racers) revoked() {
	r.t.Helper()
	var given sync.Map
	var refused atomic.Int64
	for n := range *rounds {
		client := []string{"client_strict", "client_omni"}[n%2]
		form := r.refreshForm(client)
		token, _, _ := strings.Cut(strings.TrimPrefix(form, "grant_type=refresh_token&refresh_token="), "&")
		var both sync.WaitGroup
		both.Go(func() {
			if status, body := r.post(n, "/oauth2/token", form); status == 200 {
				given.Store(member(r.t, status, body, "access_token"), true)
				given.Store(member(r.t, status, body, "refresh_token"), true)
			} else {
				refused.Add(1)
			}
		})
		both.Go(func() {
			if status, body := r.post(n+1, "/oauth2/revoke", "token="+token+"&"+as(client)); status != 200 {
				r.t.Errorf("revoke: %d %s", status, body)
			}
		})
		both.Wait()
	}
	for n := range r.at {
		given.Range(func(token, _ any) bool {
			eventually(r.t, "a token of a revoked session to be inactive", func() bool {
				_, body := r.post(n, "/oauth2/introspect", "token="+url.QueryEscape(token.(string))+"&"+as("client_sees"))
				return body == `{"active":false}`
			})
			return true
		})
	}
	r.t.Logf("%d refreshes came after the revocation", refused.Load())
}
