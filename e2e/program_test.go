// Package e2e runs the real program as its users do: a browser on the demo
// storefront, engines and clients that are not ours against the service.
package e2e

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var binary string // the program, built once

func TestMain(m *testing.M) {
	os.Exit(withBinary(m.Run))
}

func withBinary(run func() int) int {
	dir, err := os.MkdirTemp("", "shapestoken-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "shapestoken")
	build := exec.Command("go", "build", "-o", binary, "./server")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return run()
}

// program is the real program on a database of its own.
type program struct {
	t   testing.TB
	dir string
	env []string
}

func newProgram(t testing.TB) *program {
	return &program{t: t, dir: t.TempDir()}
}

// must runs a command and returns the JSON object it prints.
func (p *program) must(stdin string, args ...string) map[string]any {
	p.t.Helper()
	c := exec.Command(binary, append(args, "--json")...)
	c.Dir, c.Stdin, c.Env = p.dir, strings.NewReader(stdin), append(os.Environ(), p.env...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		p.t.Fatalf("shapestoken %v: %v\n%s", args, err, &errs)
	}
	object := map[string]any{}
	if err := json.Unmarshal(out, &object); err != nil && !bytes.HasPrefix(out, []byte("[")) {
		p.t.Fatalf("shapestoken %v printed %q", args, out)
	}
	return object
}

// start runs serve or demo until the test ends, and returns what it printed when ready.
func (p *program) start(args ...string) map[string]string {
	p.t.Helper()
	ready, process := p.launch(args...)
	p.t.Cleanup(func() { end(p.t, process) })
	return ready
}

// launch is start for a test that ends the process itself.
func (p *program) launch(args ...string) (map[string]string, *exec.Cmd) {
	p.t.Helper()
	c := exec.Command(binary, append(args, "--json")...)
	c.Dir, c.Env = p.dir, append(os.Environ(), p.env...)
	c.Stderr = &bytes.Buffer{} // read when it has ended
	out, err := c.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	ready := map[string]string{}
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		p.t.Fatalf("shapestoken %v printed %q: %v", args, line, err)
	}
	return ready, c
}

// end interrupts a process by its id, and waits for it.
func end(t testing.TB, c *exec.Cmd) {
	_ = c.Process.Signal(syscall.SIGINT) // it may have ended by itself, which Wait tells
	stuck := time.AfterFunc(15*time.Second, func() { _ = c.Process.Kill() })
	defer stuck.Stop()
	if err := c.Wait(); err != nil {
		t.Errorf("%v: %v\n%s", c.Args, err, c.Stderr)
	}
}

// serve starts the service on a free port and returns its address.
func (p *program) serve(flags ...string) (address string) {
	p.t.Helper()
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0"}, flags...)
	return p.start(args...)["addr"]
}

const (
	shop     = "acme-dev.myshopify.com"
	customer = "7210381803720"
	secret   = "test-id-secret-0123456789abcdefghij"

	clientSecret = "test-client-secret-0123456789abcdef" // of the shop's Shopify app
)

// newAcme has a tenant with one shop, whose secret the tests know.
func newAcme(t testing.TB) *program {
	p := newProgram(t)
	p.must("", "migrate")
	p.must("", "tenant", "create", "acme", "--jwks-max-age", "1s")
	p.must(secret, "shop", "add", "acme", shop, "--secret-stdin")
	return p
}

// node runs a script of this folder with a JSON argument, and reads its JSON answer.
func node(t testing.TB, script string, in, out any) {
	t.Helper()
	arg, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("node", script, string(arg))
	var errs bytes.Buffer
	c.Stderr = &errs
	answer, err := c.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", script, err, &errs)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatalf("node %s printed %q: %v", script, answer, err)
	}
}

// signV1 is what the theme prints for customer with secret (testdata/vectors, "plain").
const signV1 = "362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7"

// header is a token's, unverified.
func header(t testing.TB, token string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.SplitN(token, ".", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	h := map[string]any{}
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	return h
}
