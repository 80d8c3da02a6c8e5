package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

// everyToken is one of each sort, all of acme's.
func (m *machines) everyToken() map[string]string {
	m.t.Helper()
	_, api := m.apiToken()
	return map[string]string{
		"access token": m.selfToken("client_self"), "opaque token": m.selfToken("client_opaque"), "API token": api,
		"user's token": m.bobsToken("client_both"), "opaque token of a user": m.bobsToken("client_opaque"),
		"IDToken": m.withToken("POST", "/id/api/v1/auth/token", api, `{}`).says(m.t, 200, "data", "token"),
	}
}

// A token that was cut anywhere, made longer, or of which one letter has another
// case, is no token.
func TestEveryPrefixIsInactive(t *testing.T) {
	m := newMachines(t)
	for name, token := range m.everyToken() {
		if !m.active("client_sees", token) {
			t.Fatalf("the %s is not active", name)
		}
		forged := map[string]string{}
		for n := 1; n < len(token); n++ {
			forged["cut"] = token[:n]
			forged["without its beginning"] = token[n:]
			if r := rune(token[n-1]); unicode.IsLetter(r) {
				forged["another case"] = token[:n-1] + string(r^0x20) + token[n:]
			}
			for how, text := range forged {
				if m.active("client_sees", text) {
					t.Errorf("%s, %s at %d: active", name, how, n)
				}
			}
		}
		for _, more := range []string{"x", "=", ".", "A", " ", "\n", "\x00", ".x", token} {
			if m.active("client_sees", token+more) {
				t.Errorf("%s with %q behind it is active", name, more)
			}
			if more != " " && more != "\n" && m.active("client_sees", more+token) {
				t.Errorf("%s with %q before it is active", name, more)
			}
		}
		if m.active("client_sees", strings.ToUpper(token)) || m.active("client_sees", strings.ToLower(token)) {
			t.Errorf("%s in one case is active", name)
		}
		for how, use := range map[string]string{"cut": token[:len(token)-1], "longer": token + "x"} {
			if a := m.withToken("GET", "/api/v3/auth/verify", use, ""); a.StatusCode != 401 {
				t.Errorf("%s, %s, is let in: %d", name, how, a.StatusCode)
			}
		}
	}
}

// At another tenant's it is nothing, and a client learns of others' tokens no
// more than of none.
func TestForeignTokensAreInactive(t *testing.T) {
	m := newMachines(t)
	for name, token := range m.everyToken() {
		a := m.do("POST", m.public+"/t/umbra/oauth2/introspect", "token="+token+"&"+as("client_umbra"), "Content-Type", formType)
		if a.StatusCode != 200 || a.body != `{"active":false}` {
			t.Errorf("%s at another tenant: %d %s", name, a.StatusCode, a.body)
		}
		if m.active("client_other", token) {
			t.Errorf("%s: another client learns of it", name)
		}
		if a := m.ask("/oauth2/revoke", "token="+token+"&"+as("client_other")); a.StatusCode != 200 || !m.active("client_sees", token) {
			t.Errorf("%s: another client has ended it: %d %s", name, a.StatusCode, a.body)
		}
		if a := m.do("GET", m.public+"/t/umbra/api/v3/auth/verify", "", "Authorization", "Bearer "+token); a.StatusCode != 401 {
			t.Errorf("%s is let in at another tenant: %d", name, a.StatusCode)
		}
	}
	for _, rubbish := range []string{"x", "shp_", "sha_", "a.b.c", "..", strings.Repeat("a", 60<<10)} {
		if a := m.ask("/oauth2/revoke", "token="+rubbish+"&"+as("client_other")); a.StatusCode != 200 || a.body != "{}" {
			t.Errorf("revoking rubbish: %d %s", a.StatusCode, a.body)
		}
	}
	for path, body := range map[string]string{"/oauth2/introspect": as("client_self"), "/oauth2/revoke": "token=&" + as("client_self")} {
		if a := m.ask(path, body); a.StatusCode != 400 || !strings.Contains(a.body, "token is missing") {
			t.Errorf("%s without a token: %d %s", path, a.StatusCode, a.body)
		}
	}
}

// Passwords, secrets and tokens are in no answer but the one that gives them, and
// in no log, audit line or file.
func TestNoCanaryOfMachines(t *testing.T) {
	furnished := newFurnished(t)
	m := furnished.machines
	tokens := m.everyToken()
	canaries := []string{"canary"}
	for _, token := range tokens {
		canaries = append(canaries, token, token[strings.LastIndex(token, ".")+1:])
	}
	for _, w := range waysIn { // with the tokens where they do not belong
		mx := &matrix{machines: m, omi: furnished.omi, bobs: tokens["API token"], idToken: tokens["opaque token"], others: tokens["IDToken"], apiID: tokens["API token"], asked: tokens["opaque token"],
			person: m.browser(), registers: tokens["access token"], codes: []string{tokens["API token"]}, refresh: []string{tokens["opaque token"]}, scope: "x-" + bobsWord}
		a := w.ask(mx, "X-Canary", bobsWord, "Cookie", "c="+bobsWord)
		if a.StatusCode >= 400 {
			mustNotSay(t, w.name, a.body, canaries...)
		}
	}
	for _, path := range []string{"/oauth2/token?client_secret=" + secretOf("client_self"), "/" + tokens["API token"], "/api/v3/auth/api-tokens/" + tokens["API token"]} {
		for _, method := range []string{"POST", "DELETE", "GET"} {
			a := m.do(method, m.public+"/t/acme"+path, bobsWord, "Authorization", "Bearer "+tokens["access token"])
			mustNotSay(t, path, a.body, canaries...)
		}
	}
	m.ask("/oauth2/revoke", "token="+tokens["opaque token"]+"&"+as("client_opaque"))
	m.ask("/oauth2/revoke", "token="+tokens["access token"]+"&"+as("client_self"))
	lines, err := m.store.In("acme").LatestAudit(t.Context(), time.Time{}, 1000)
	if err != nil || len(lines) < 8 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, l := range lines {
		mustNotSay(t, "the audit", l.Line, canaries...)
	}
	m.tamper(`VACUUM INTO '` + filepath.Join(filepath.Dir(m.args[3]), "backup.db") + `'`)
	for _, running := range []bool{true, false} {
		if !running {
			m.stop()
		}
		files, err := os.ReadDir(filepath.Dir(m.args[3]))
		if err != nil || len(files) < 3 {
			t.Fatalf("%d files: %v", len(files), err)
		}
		for _, f := range files {
			content, err := os.ReadFile(filepath.Join(filepath.Dir(m.args[3]), f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			mustNotSay(t, f.Name(), string(content), canaries...)
		}
	}
	mustNotSay(t, "the log", m.log.String(), canaries...)
	for _, told := range []string{`"grant":"client_credentials"`, `"grant":"introspection"`, `"outcome":"invalid_token"`} {
		if !strings.Contains(m.log.String(), told) {
			t.Errorf("the log does not say %s", told)
		}
	}
}
