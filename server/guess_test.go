package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Guesses at one login are counted together: on every path, however the login is
// written, and by all servers. Tokens that were issued before go on.
func TestGuessesAreShared(t *testing.T) {
	m := furnishMachines(newProgram(t))
	m.must("", "tenant", "set", "acme", "--issuer", ownAddress) // else each has its own
	m.serve("--ip-rate", "0")
	token := m.bobsToken("client_both")
	other := &machines{&program{t: t, args: m.args, log: m.log}, m.store}
	other.serve("--ip-rate", "0")
	login := func(m *machines, name, password string) answer {
		return m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(name, password))
	}
	grant := func(m *machines, name, password string) answer {
		return m.ask("/api/v3/auth/token", selfGrant+as("client_both")+"&username="+url.QueryEscape(name)+"&password="+url.QueryEscape(password))
	}
	for n := range 10 {
		ask := []func(*machines, string, string) answer{login, grant}[n%2]
		if a := ask([]*machines{m, other}[n/2%2], []string{bob, strings.ToLower(bob), "  " + strings.ToUpper(bob)}[n%3], "wrong"); a.StatusCode != 400 && a.StatusCode != 401 {
			t.Fatalf("guess %d: %d %s", n, a.StatusCode, a.body)
		}
	}
	for _, server := range []*machines{m, other} {
		for way, a := range map[string]answer{"login": login(server, bob, bobsWord), "grant": grant(server, bob, bobsWord)} {
			if a.StatusCode != 429 || a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "too many wrong credentials") {
				t.Errorf("%s with the right password: %d %s", way, a.StatusCode, a.body)
			}
		}
		if a := server.withToken("GET", "/api/v3/auth/verify", token, ""); a.StatusCode != 200 {
			t.Errorf("a token of before: %d %s", a.StatusCode, a.body)
		}
	}
	m.addUser("acme", "user_eve", "eve", bobsWord, broker.Scopes{"*"})
	eventually(t, "another user gets in", func() bool { return login(m, "eve", bobsWord).StatusCode == 200 })
}

// A client's name is no secret: wrong secrets are answered with 429 in the end, and
// the right one as ever.
func TestNobodyKeepsAClientOut(t *testing.T) {
	m := newMachines(t)
	wrong := func() int {
		return m.ask("/oauth2/token", selfGrant+"client_id=client_self&client_secret=x").StatusCode
	}
	n := 0
	for ; wrong() == 401; n++ {
		if n > 50 {
			t.Fatal("50 wrong secrets, and no limit")
		}
	}
	if n != 20 {
		t.Errorf("limited after %d", n)
	}
	m.selfToken("client_self")
}
