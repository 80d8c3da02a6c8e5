package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// engines are the two databases; what a server does must not depend on which.
var engines = map[string]func(*testing.T) string{
	"SQLite":   storetest.SQLite,
	"Postgres": storetest.Postgres,
}

// TestLive is an operator at work while the service runs: whatever a command
// changes reaches it, on both engines.
func TestLive(t *testing.T) {
	for name, fresh := range engines {
		t.Run(name, func(t *testing.T) {
			p := onDatabase(t, fresh(t), t.TempDir()+"/test.key")
			p.serve("--ip-rate", "0")
			status := func(origin, body string, want int) func() bool {
				return func() bool { return p.exchange("acme", origin, body).StatusCode == want }
			}
			good := v1(t, secretA, custom)
			if a := p.exchange("acme", "", good); a.StatusCode != 404 {
				t.Fatalf("before there is a tenant: %d %s", a.StatusCode, a.body)
			}
			p.must("", "tenant", "create", "acme", "--jwks-max-age", "1s")
			eventually(t, "a new tenant", status("", good, 401))
			p.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
			eventually(t, "its shop", status("", good, 200))
			eventually(t, "a page not listed", status(page, good, 403))
			p.must("", "origin", "add", "acme", page)
			eventually(t, "a listed page", status(page, good, 200))
			p.must("", "origin", "remove", "acme", page)
			eventually(t, "a page no longer listed", status(page, good, 403))

			rotated := p.must("", "shop", "rotate", "acme", shopA)["id_secret"].(string)
			eventually(t, "the second secret", status("", v1(t, rotated, custom), 200))
			if a := p.exchange("acme", "", good); a.StatusCode != 200 {
				t.Errorf("the first secret in between: %d", a.StatusCode)
			}
			p.must("", "shop", "retire", "acme", shopA)
			eventually(t, "the first secret retired", status("", good, 401))

			good = v1(t, rotated, custom)
			p.must("", "shop", "policy", "acme", shopA, "v2-only")
			eventually(t, "v2-only", func() bool { return strings.Contains(p.exchange("acme", "", good).body, "signature_version") })
			p.must("", "shop", "policy", "acme", shopA, "v1+v2", "--revive-v1")
			eventually(t, "v1 revived", status("", good, 200))

			p.must("", "tenant", "suspend", "acme")
			eventually(t, "suspended", status("", good, 403))
			p.must("", "tenant", "resume", "acme")
			eventually(t, "resumed", status("", good, 200))
			p.must("", "tenant", "set", "acme", "--deny", "storefront")
			eventually(t, "grant denied", status("", good, 403))
			p.must("", "tenant", "set", "acme", "--allow", "storefront", "--token-ttl", "1m")
			eventually(t, "allowed again, shorter", func() bool { return strings.Contains(p.exchange("acme", "", good).body, `"expires_in":60,`) })

			p.must("", "profile", "link", "acme", shopA, custom, "0b5f5a0e-7d0c-4b52-9d0e-1f3c5a7b9d11")
			eventually(t, "a linked profile", func() bool {
				return claimsOf(t, p.exchange("acme", "", good).body)["pid"] == "0b5f5a0e-7d0c-4b52-9d0e-1f3c5a7b9d11"
			})
			p.must("", "profile", "block", "acme", shopA, custom)
			eventually(t, "a blocked customer", status("", good, 403))
			if a := p.exchange("acme", "", v1(t, rotated, "2")); a.StatusCode != 200 {
				t.Errorf("another customer: %d %s", a.StatusCode, a.body)
			}
			eventually(t, "that customer is known", func() bool {
				pid := claimsOf(t, p.exchange("acme", "", v1(t, rotated, "2")).body)["pid"].(string)
				_, _, code := p.command("", "profile", "show", "acme", pid)
				return code == done
			})

			before := p.do("GET", p.public+"/t/acme/.well-known/jwks.json", "").Header.Get("ETag")
			p.must("", "key", "rotate", "acme")
			eventually(t, "other keys", func() bool {
				return p.do("GET", p.public+"/t/acme/.well-known/jwks.json", "").Header.Get("ETag") != before
			})
			p.must("", "tenant", "delete", "acme", "--yes")
			eventually(t, "deleted", status("", good, 404))
		})
	}
}

// Two servers on one Postgres follow the same commands.
func TestTwoServers(t *testing.T) {
	database, key := storetest.Postgres(t), t.TempDir()+"/test.key"
	one := onDatabase(t, database, key)
	two := onDatabase(t, database, key)
	one.serve("--ip-rate", "0")
	two.serve("--ip-rate", "0")
	one.must("", "tenant", "create", "acme", "--issuer", "https://id.example.com/acme")
	one.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
	pids := map[any]bool{}
	for _, p := range []*program{one, two} {
		eventually(t, "served", func() bool { return p.exchange("acme", "", v1(t, secretA, custom)).StatusCode == 200 })
		pids[claimsOf(t, p.exchange("acme", "", v1(t, secretA, custom)).body)["pid"]] = true
	}
	if len(pids) != 1 {
		t.Errorf("one customer has two profiles: %v", pids)
	}
	jwks := func(p *program) string { return p.do("GET", p.public+"/t/acme/.well-known/jwks.json", "").body }
	if jwks(one) != jwks(two) {
		t.Error("they publish different keys")
	}
}

// A started server is ready soon and stops when told to.
func TestStops(t *testing.T) {
	p := newProgram(t)
	p.serve()
	if a := p.do("GET", p.ops+"/readyz", ""); a.StatusCode != 200 {
		t.Errorf("not ready: %d %s", a.StatusCode, a.body)
	}
	began := time.Now()
	if code := p.stop(); code != done {
		t.Errorf("exit %d after %s:\n%s", code, time.Since(began), p.log)
	}
}
