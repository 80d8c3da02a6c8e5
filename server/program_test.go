package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// program is the real program on a database of its own.
type program struct {
	t    testing.TB
	args []string // where database and key are
	log  *lockedBuffer

	public, ops string // http://host:port, while it serves
	stop        func() int
}

// lockedBuffer is what the program writes while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newProgram has an empty SQLite database, ready for commands.
func newProgram(t testing.TB) *program {
	dir := t.TempDir()
	return onDatabase(t, "sqlite:"+filepath.Join(dir, "test.db"), filepath.Join(dir, "test.key"))
}

func onDatabase(t testing.TB, database, key string) *program {
	t.Helper()
	p := &program{t: t, args: []string{"--database", database, "--master-key-file", key}, log: &lockedBuffer{}}
	p.must("", "migrate")
	return p
}

// command runs the program once; it returns what it printed and its exit code.
func (p *program) command(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(context.Background(), append(slices.Clone(p.args), args...), streams{in: strings.NewReader(stdin), out: &out, err: &errs})
	return out.String(), errs.String(), code
}

// must runs a command that has to succeed, and returns its JSON.
func (p *program) must(stdin string, args ...string) map[string]any {
	p.t.Helper()
	out, errs, code := p.command(stdin, append(args, "--json")...)
	if code != done {
		p.t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.t.Fatalf("%v printed %q: %v", args, out, err)
	}
	object, _ := v.(map[string]any)
	return object
}

// list runs a command that prints a JSON array.
func (p *program) list(args ...string) (rows []map[string]any) {
	p.t.Helper()
	out, errs, code := p.command("", append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &rows); code != done || err != nil {
		p.t.Fatalf("%v: exit %d: %v\n%s%s", args, code, err, out, errs)
	}
	return rows
}

var discard = slog.New(slog.DiscardHandler)

// serve starts the service in this process, at debug level, and stops it with the test.
func (p *program) serve(flags ...string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	code := make(chan int, 1)
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0", "--log-level", "debug", "--json"}, flags...)
	go func() {
		code <- run(ctx, append(args, p.args...), streams{in: strings.NewReader(""), out: in, err: p.log})
		in.Close()
	}()
	var ready struct {
		Addr    string `json:"addr"`
		OpsAddr string `json:"ops_addr"`
	}
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		p.t.Fatalf("not ready: %v\n%s", err, p.log)
	}
	p.public, p.ops = "http://"+ready.Addr, "http://"+ready.OpsAddr
	p.stop = sync.OnceValue(func() int {
		cancel()
		return <-code
	})
	p.t.Cleanup(func() { p.stop() })
}

// answer is an HTTP answer, read to its end.
type answer struct {
	*http.Response
	body string
}

func (p *program) do(method, url, body string, header ...string) answer {
	p.t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	client := http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("redirected") }}
	res, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{res, string(b)}
}

// exchange posts a body as a snippet does, from the given origin.
func (p *program) exchange(tenant, origin, body string) answer {
	p.t.Helper()
	header := []string{"Content-Type", "application/json"}
	if origin != "" {
		header = append(header, "Origin", origin)
	}
	return p.do("POST", p.public+"/t/"+tenant+"/shopify/api/v1/auth/token", body, header...)
}

// sign makes what the theme would print.
func sign(t testing.TB, secret, id, shop, timestamp string) string {
	t.Helper()
	key, err := hmac.NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	signature, result := key.SignCustomer(id, shop, timestamp)
	if result != hmac.Valid {
		t.Fatal(result)
	}
	return signature
}

// eventually polls until ok holds: what a command changes reaches servers
// within two seconds, and five is how long a slow machine may take.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not within 5 s", what)
}
