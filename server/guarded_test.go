package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/outbound"
)

// friend is the only address that a guarded program may reach. It is nobody's
// otherwise, so that 127.0.0.1 is denied as everywhere.
var friend = netip.MustParseAddr("127.0.0.2")

// guarded is a program with a friend, who has Firebase's keys and apps, and with
// traps at the same port of denied addresses.
type guarded struct {
	*omi
	port    string
	answers func(path string, h http.HandlerFunc) // the friend's
	traps   int
	came    atomic.Int64 // connections to traps

	mu    sync.Mutex
	names map[string][]netip.Addr // what DNS has
}

// newGuarded sets a trap at 127.0.0.1 and at every other of the denied addresses
// that is this machine: where nobody can listen, nobody can be reached.
func newGuarded(t *testing.T, denied []netip.Addr) *guarded {
	t.Helper()
	g := &guarded{omi: &omi{program: newProgram(t), firebase: &fakeFirebase{}}, names: map[string][]netip.Addr{"friend.example": {friend}}}
	first := listen(t)
	g.trap(first)
	_, g.port, _ = net.SplitHostPort(first.Addr().String()) // of a listener it can be split
	for _, a := range denied {
		if !a.IsLoopback() {
			continue
		}
		if l, err := net.Listen("tcp", net.JoinHostPort(a.String(), g.port)); err == nil {
			g.trap(l)
		}
	}
	g.befriend()
	g.must("", "tenant", "create", "acme")
	g.must("", "issuer", "add", "acme", "--firebase-project", omiProject, "--jwks-url", "http://"+friend.String()+":"+g.port+"/jwks", omiAllow)
	return g
}

func (g *guarded) trap(l net.Listener) {
	g.traps++
	g.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			g.came.Add(1)
			_ = conn.Close()
		}
	}()
}

// befriend starts the friend's server, which wants a new connection, and with it a
// new look at DNS, for every request.
func (g *guarded) befriend() {
	g.t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(friend.String(), g.port))
	if err != nil {
		g.t.Fatalf("%v (where only 127.0.0.1 is one's own, as on macOS: sudo ifconfig lo0 alias %s)", err, friend)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/jwks", g.firebase.keys)
	mux.HandleFunc("/done", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"is_setup_completed":true}`) })
	g.answers = func(path string, h http.HandlerFunc) { mux.HandleFunc(path, h) }
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: mux}}
	server.Config.SetKeepAlivesEnabled(false)
	server.Start()
	g.t.Cleanup(server.Close)
}

func (g *guarded) at(host, path string) string { return "http://" + host + ":" + g.port + path }

// serves apps, each of which has its set-up URL as its id: what keeps an operator
// from entering one is not what is tried here.
func (g *guarded) serves(setups ...string) {
	g.t.Helper()
	s := g.database()
	for _, setup := range setups {
		a := broker.App{ID: setup, Name: "An app", HomeURL: "https://app.example", SetupURL: setup, Capabilities: []string{broker.ExternalIntegration}}
		if err := s.In("acme").AddApp(g.t.Context(), a); err != nil {
			g.t.Fatal(err)
		}
	}
	allow := []netip.Prefix{netip.PrefixFrom(friend, 32)}
	g.serveWith(serviceConfig{Store: s, Outbound: outbound.New(outbound.Config{Allow: allow, Lookup: g.lookup})})
}

// lookup has one of a name's answers each time, and its last one for good.
func (g *guarded) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	host = strings.TrimSuffix(host, ".")
	list := g.names[host]
	if len(list) == 0 {
		return nil, errors.New("no such name")
	}
	if len(list) > 1 {
		g.names[host] = list[1:]
	}
	return list[:1], nil
}

// enables is what Anna is answered who wants the app.
func (g *guarded) enables(setup string) string {
	g.t.Helper()
	a := g.token(brings(setup, firebaseToken(nil)))
	return fmt.Sprint(a.StatusCode, " ", a.body)
}
