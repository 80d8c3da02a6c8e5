// Package shopifytest is a Shopify to test against: the part of the Admin API
// and of OAuth that server/shopify uses, over real HTTP. Every query and its
// variables are held against the published schema, answers have Shopify's
// shapes, and each shop can be told to misbehave.
//
// It is an http.Handler. Serve it with httptest, or on a port of your own for a
// program that is started as a process, and give its address to [Base].
package shopifytest

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Server is any number of shops. The methods may be called while it serves.
type Server struct {
	// Now is the clock by which tokens expire and buckets fill. Nil: time.Now.
	// Set it before serving.
	Now func() time.Time

	schema *ast.Schema
	routes *http.ServeMux

	mu       sync.Mutex
	shops    map[string]*shop
	apps     map[string]string // client id to secret
	problems []string
	arrival  func(shop, operation string)
	done     func(shop, operation string)
	serial   int
}

// New makes a server for a schema, the text of testdata/shopify/admin-2026-07.graphql.
// At the end of t everything in [Server.Problems] is an error of t; t may be nil.
func New(t testing.TB, schema string) *Server {
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: schema})
	if err != nil {
		panic(fmt.Sprint("shopifytest: the schema does not parse: ", err))
	}
	s := &Server{schema: parsed, shops: map[string]*shop{}, apps: map[string]string{}}
	s.route()
	if t != nil {
		t.Cleanup(func() {
			for _, p := range s.Problems() {
				t.Error(p)
			}
		})
	}
	return s
}

// Base is where the shops are reached once the server is served at root, such as
// http://127.0.0.1:1234: what shopify.Client.Base wants.
func Base(root string) func(shop string) string {
	return func(shop string) string { return root + "/" + shop }
}

// Problems are the requests that no client should send: another path or method,
// an invalid query, variables that do not fit. Real Shopify refuses them too.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// OnArrival has f called with each request before anything is done about it;
// operation is the first field of the document, or access_token.
func (s *Server) OnArrival(f func(shop, operation string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrival = f
}

// OnDone has f called when all is done and nothing is answered yet.
func (s *Server) OnDone(f func(shop, operation string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = f
}

// ServeHTTP answers /SHOP/admin/api/VERSION/graphql.json, /SHOP/admin/oauth/access_token
// and /SHOP/admin/oauth/authorize.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

func (s *Server) route() {
	s.routes = http.NewServeMux()
	s.routes.HandleFunc("POST /{shop}/admin/api/2026-07/graphql.json", s.graphql)
	s.routes.HandleFunc("POST /{shop}/admin/oauth/access_token", s.token)
	s.routes.HandleFunc("GET /{shop}/admin/oauth/authorize", s.authorize)
	s.routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem("nothing is at %s %s", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
}

func (s *Server) problem(format string, about ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, "shopifytest: "+fmt.Sprintf(format, about...))
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// hooks are called without the lock, so that they may use the server.
func (s *Server) hooks() (arrival, done func(shop, operation string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nothing := func(string, string) {}
	if arrival = s.arrival; arrival == nil {
		arrival = nothing
	}
	if done = s.done; done == nil {
		done = nothing
	}
	return arrival, done
}

// next makes an identifier that was not used before. It holds s.mu.
func (s *Server) next() int {
	s.serial++
	return s.serial
}
