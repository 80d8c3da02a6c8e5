package main

import (
	"testing"

	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// Without its database the service says so, and never that a token is not good,
// or that it was revoked. What it can know by itself it goes on telling.
func TestMachinesWithoutDatabase(t *testing.T) {
	for name, start := range map[string]func(*testing.T) (m *machines, cut, mend func()){
		"SQLite, every call fails": func(t *testing.T) (*machines, func(), func()) {
			m := furnishMachines(newProgram(t))
			var outage storetest.Outage
			m.serveWith(serviceConfig{Store: openWith(t, m.args[1], m.args[3], &outage)})
			return m, outage.Cut, outage.Mend
		},
		"Postgres, stopped": func(t *testing.T) (*machines, func(), func()) {
			cluster := storetest.StartPostgres(t)
			m := furnishMachines(onDatabase(t, cluster.Database(t), t.TempDir()+"/test.key"))
			m.serve("--ip-rate", "0")
			return m, func() { cluster.Stop(t) }, func() { cluster.Start(t) }
		},
	} {
		t.Run(name, func(t *testing.T) { withoutDatabase(t, start) })
	}
}

func withoutDatabase(t *testing.T, start func(*testing.T) (m *machines, cut, mend func())) {
	m, cut, mend := start(t)
	tokens := m.everyToken()
	about := func(token, client string) string { return "token=" + tokens[token] + "&" + as(client) }
	asks := map[string]func() answer{
		"client credentials": func() answer { return m.ask("/oauth2/token", selfGrant+as("client_self")) },
		"an opaque token":    func() answer { return m.ask("/oauth2/token", selfGrant+as("client_opaque")) },
		"a wrong secret":     func() answer { return m.ask("/oauth2/token", selfGrant+"client_id=client_self&client_secret=x") },
		"a login": func() answer {
			return m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(bob, bobsWord))
		},
		"a wrong login":              func() answer { return m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(bob, "x")) },
		"verify an API token":        func() answer { return m.withToken("GET", "/api/v3/auth/verify", tokens["API token"], "") },
		"verify an opaque token":     func() answer { return m.withToken("GET", "/api/v3/auth/verify", tokens["opaque token"], "") },
		"introspect an API token":    func() answer { return m.ask("/oauth2/introspect", about("API token", "client_sees")) },
		"introspect an opaque token": func() answer { return m.ask("/oauth2/introspect", about("opaque token", "client_opaque")) },
		"revoke a JWT":               func() answer { return m.ask("/oauth2/revoke", about("access token", "client_self")) },
		"revoke an opaque token":     func() answer { return m.ask("/oauth2/revoke", about("opaque token", "client_opaque")) },
		"list API tokens":            func() answer { return m.withToken("GET", "/api/v3/auth/api-tokens", tokens["user's token"], "") },
		"a profile": func() answer {
			return m.withToken("POST", "/id/api/v1/auth/token", tokens["user's token"], `{"id":"`+custom+`"}`)
		},
	}
	cut()
	eventually(t, "readyz tells", func() bool { return readiness(t, m.program) == "200 degraded" })
	for name, ask := range asks {
		if a := ask(); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s %v", name, a.StatusCode, a.body, a.Header)
		}
	}
	if !m.active("client_sees", tokens["access token"]) || m.active("client_sees", "a.b.c") {
		t.Error("a JWT needs no database to be told from rubbish")
	}
	mend()
	eventually(t, "readyz recovers", func() bool { return readiness(t, m.program) == "200 ok" })
	for _, token := range tokens {
		eventually(t, "what was not revoked is active", func() bool { return m.active("client_sees", token) })
	}
}
