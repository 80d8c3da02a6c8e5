package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
	"github.com/shapestoken/shapestoken/server/store"
)

// TestRotationUnderLoad rotates a shop's secret while its customers come, and
// kills whatever process is at work at each thing that Shopify sees of it. Every
// process is a real one, ended by SIGKILL. In the end one secret is live, the
// metafield holds it, and no customer was refused.
//
// What Shopify does not see, each write to the store, is killed at in
// server/rotation.
func TestRotationUnderLoad(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	front := newFront(t, p)
	p.must("", "tenant", "create", "acme")
	p.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
	p.must(front.shopify.Token(shopA), "shop", "admin", "acme", shopA, "--access-token-stdin", front.at, front.allow)
	if value, _ := front.shopify.Value(shopA, shopifytest.OnShop); value != secretA {
		t.Fatal("the metafield does not hold the first secret")
	}
	front.start()
	customers := front.open(4)

	front.killAt("arrival shop")
	command := front.process("shop", "rotate", "acme", shopA, "--quiet", "15s", front.at, front.allow)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Wait() }()
	front.restart()
	for _, event := range []string{"arrival metafieldsSet", "done metafieldsSet", "done shop"} {
		front.killAt(event)
		front.restart()
	}
	within(t, 90*time.Second, "the first secret is retired", func() bool { return front.live() == 1 })
	within(t, 10*time.Second, "customers come with the second", func() bool { return customers.served.Load() > 0 })
	customers.close()
	if refused := customers.refused(); len(refused) > 0 {
		t.Errorf("%d customers were refused, the first with %s", len(refused), refused[0])
	}
	if value, _ := front.shopify.Value(shopA, shopifytest.OnShop); value == secretA || value != front.newest() {
		t.Error("the metafield does not hold the live secret")
	}
	t.Logf("%d exchanges", customers.served.Load())
}

// front is the service as processes, a Shopify that sees what they do, and the
// shop's theme.
type front struct {
	t         testing.TB
	program   *program
	shopify   *shopifytest.Server
	at, allow string // flags

	mu      sync.Mutex
	running []*exec.Cmd // the server, and a command beside it: either may be at work
	fatal   string      // at what they are killed; empty: never
	killed  chan struct{}
	address atomic.Value
}

func newFront(t testing.TB, p *program) *front {
	t.Helper()
	schema, err := os.ReadFile("../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, program: p, shopify: shopifytest.New(t, string(schema)), killed: make(chan struct{})}
	f.shopify.OnArrival(func(domain, operation string) {
		if f.happens("arrival " + operation) {
			f.shopify.Break(domain, shopifytest.Drop) // who asked is dead before anything is done
		}
	})
	f.shopify.OnDone(func(_, operation string) { f.happens("done " + operation) })
	server := httptest.NewServer(f.shopify)
	t.Cleanup(server.Close)
	f.at, f.allow = "--shopify-url="+server.URL+"/{shop}", "--outbound-allow=127.0.0.0/8"
	return f
}

// process is a command in a process of its own: this test's executable under
// the program's name.
func (f *front) process(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append(args, f.program.args...)...)
	c.Args[0], c.Stderr = "shapestoken", io.Discard
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = append(f.running, c)
	return c
}

func (f *front) killAt(event string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fatal = event
}

// happens kills everybody, if it is time.
func (f *front) happens(event string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if event != f.fatal {
		return false
	}
	f.fatal = ""
	for _, c := range f.running {
		_ = c.Process.Kill()
	}
	close(f.killed)
	return true
}

// restart waits for the kill, and starts the server again.
func (f *front) restart() {
	f.t.Helper()
	select {
	case <-f.killed:
	case <-time.After(60 * time.Second):
		f.t.Fatalf("%s: not within a minute", f.fatal)
	}
	_ = f.running[0].Wait() // until it has let go of its port
	f.running, f.killed = nil, make(chan struct{})
	f.start()
}

// start runs serve at the address it had before, and waits until it is ready.
func (f *front) start() {
	f.t.Helper()
	address, _ := f.address.Load().(string)
	if address == "" {
		address = "127.0.0.1:0"
	}
	c := f.process("serve", "--addr", address, "--ops-addr", "127.0.0.1:0", "--ip-rate", "0", "--json", f.at, f.allow)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	var ready struct{ Addr string }
	if err == nil {
		err = json.NewDecoder(bufio.NewReader(out)).Decode(&ready)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	f.address.Store(ready.Addr)
}

// live is how many secrets the shop has.
func (f *front) live() int {
	f.t.Helper()
	secrets, _ := f.program.must("", "shop", "show", "acme", shopA)["secrets"].([]any)
	return len(secrets)
}

// newest is the secret that the store holds.
func (f *front) newest() string {
	f.t.Helper()
	s, err := store.Open(f.t.Context(), f.program.args[1])
	if err != nil {
		f.t.Fatal(err)
	}
	defer s.Close()
	a := &app{ctx: f.t.Context(), cli: &cli{MasterKeyFile: f.program.args[3]}}
	if _, err := a.unlock(f.t.Context(), s); err != nil {
		f.t.Fatal(err)
	}
	rec, err := s.In("acme").Load(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	secrets := rec.Shops[0].Secrets
	return secrets[len(secrets)-1].Text.Reveal()
}

// customers look at pages of the shop, each for a moment, and get a token.
type customers struct {
	front  *front
	served atomic.Int64
	stop   chan struct{}
	all    sync.WaitGroup
	mu     sync.Mutex
	no     []string
}

func (f *front) open(n int) *customers {
	c := &customers{front: f, stop: make(chan struct{})}
	for range n {
		c.all.Go(func() {
			for !c.stopped() {
				c.come()
			}
		})
	}
	return c
}

func (c *customers) stopped() bool {
	select {
	case <-c.stop:
		return true
	default:
		return false
	}
}

// come is one page view. While no server is there, the script tries again.
func (c *customers) come() {
	value, _ := c.front.shopify.Value(shopA, shopifytest.OnShop)
	now := strconv.FormatInt(time.Now().Unix(), 10)
	body := fmt.Sprintf(`{"id":%q,"shop":%q,"timestamp":%q,"signature":%q}`, custom, shopA, now, sign(c.front.t, value, custom, shopA, now))
	time.Sleep(rand.N(2 * time.Second / 10))
	for !c.stopped() {
		res, err := http.Post("http://"+c.front.address.Load().(string)+"/t/acme/shopify/api/v1/auth/token", "application/json", strings.NewReader(body))
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			continue // killed while it answered
		}
		c.count(res.StatusCode, string(text))
		return
	}
}

func (c *customers) count(status int, text string) {
	if status == http.StatusOK {
		c.served.Add(1)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.no = append(c.no, fmt.Sprint(status, " ", text))
}

func (c *customers) close() {
	close(c.stop)
	c.all.Wait()
}

func (c *customers) refused() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.no)
}

// within waits for what takes its time.
func within(t testing.TB, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not within %s", what, d)
}
