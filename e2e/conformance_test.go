package e2e

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// oursServesCodes says whether the program has the authorization code flow.
const oursServesCodes = true

var update = flag.Bool("update", false, "rewrite the tables in conformance/results")

// verdict is what a case of conformance/ found about a server.
type verdict struct{ ID, Source, Result, Reason string }

// unlike says why a case that somebody else's server passes is none for ours.
var unlike = map[string]string{}

// Somebody else's server, which is certified, tries the cases; then they try ours,
// which fails none that it passes. What each case found stands in the tables.
func TestConformance(t *testing.T) {
	theirs := judged(t, oidcProvider(t, object{"posts": true}))
	recorded(t, "oidc-provider", theirs)
	if !oursServesCodes {
		t.Log("the program has no authorization code flow yet")
		return
	}
	ours := judged(t, shapestoken(t, object{}))
	recorded(t, "shapestoken", ours)
	for id, their := range theirs {
		if our := ours[id]; their.Result == "pass" && our.Result != "pass" && unlike[id] == "" {
			t.Errorf("%s, which oidc-provider passes: %s: %s", id, our.Result, our.Reason)
		}
	}
	for id, why := range unlike {
		if ours[id].Result == "pass" || theirs[id].Result != "pass" {
			t.Errorf("%s needs no excuse: %s", id, why)
		}
	}
}

// judged tries all cases against the server of that description.
func judged(t *testing.T, description object) map[string]verdict {
	t.Helper()
	var list []verdict
	node(t, "conformance/suite.mjs", description, &list)
	byID := map[string]verdict{}
	for _, v := range list {
		byID[v.ID] = v
	}
	if len(list) < 200 || len(byID) != len(list) {
		t.Fatalf("%d cases, %d names", len(list), len(byID))
	}
	return byID
}

// recorded holds what was found against the server's table.
func recorded(t *testing.T, server string, found map[string]verdict) {
	t.Helper()
	path, got := "conformance/results/"+server+".txt", table(found)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]bool{}
	for line := range strings.Lines(file(t, path)) {
		want[line] = true
	}
	for line := range strings.Lines(got) {
		if !want[line] {
			t.Errorf("%s: not in its table: %s", server, line)
		}
		delete(want, line)
	}
	for line := range maps.Keys(want) {
		t.Errorf("%s: only in its table: %s", server, line)
	}
}

// table is one line for each case, and how many came out how.
func table(found map[string]verdict) string {
	var text strings.Builder
	counts := map[string]int{}
	for _, v := range slices.SortedFunc(maps.Values(found), func(a, b verdict) int { return cmp.Compare(a.ID, b.ID) }) {
		counts[v.Result]++
		fmt.Fprintln(&text, strings.TrimRight(fmt.Sprintf("%-14s  %-34s  %s  %s", v.Result, v.ID, v.Source, v.Reason), " "))
	}
	fmt.Fprintf(&text, "%d cases: %d pass, %d fail, %d not applicable\n", len(found), counts["pass"], counts["fail"], counts["not applicable"])
	return text.String()
}

// oidcProvider runs somebody else's server until the test ends, and returns its
// description. It ends when its stdin does.
func oidcProvider(t *testing.T, settings object) object {
	t.Helper()
	description := object{}
	said(t, converse(t, exec.Command("node", "conformance/provider.mjs")), settings, &description)
	return description
}

// shapestoken runs the program with the same clients and the same person, and
// returns its description. Pages may be at settings' redirects.
func shapestoken(t *testing.T, settings object) object {
	t.Helper()
	p := newAcme(t)
	p.must(password, "user", "create", "acme", login, "--password-stdin", "--scope", "profiles.*")
	pages, _ := settings["redirects"].([]string)
	for _, page := range append(pages, "https://app.example/callback") {
		at, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		p.must("", "origin", "add", "acme", at.Scheme+"://"+at.Host)
	}
	issuer := issuerOf(p.serve("--outbound-allow", "127.0.0.0/8", "--ip-rate", "0"))
	return object{
		"issuer": issuer, "clients": p.described(settings), "account": object{"login": login, "password": password},
		"gone": "https://app.example/callback",
		// Within the grace the last refresh token but one is good for the same answer; the one before it is not.
		"back":   2,
		"scopes": object{"openid": "openid", "wide": "openid profiles.read profiles.write", "narrow": "openid profiles.read", "api": "profiles.read"},
	}
}

// described registers the clients of the description.
func (p *program) described(settings object) object {
	p.t.Helper()
	here := []string{"https://app.example/callback", "https://app.example/second"}
	pages, _ := settings["redirects"].([]string)
	key := newKey(p.t)
	all := object{}
	for _, c := range []struct {
		name, method string
		redirects    []string
		flags        []string
	}{
		{"basic", "client_secret_basic", here, nil},
		{"post", "client_secret_post", here, nil},
		{"other", "client_secret_basic", []string{"https://other.example/callback"}, nil},
		{"public", "none", here, []string{"--public"}},
		{"stranger", "none", here, []string{"--public"}},
		{"signed", "private_key_jwt", here, []string{"--jwks-url", publish(p.t, key)}},
		{"loopback", "none", []string{"http://127.0.0.1/callback"}, []string{"--public"}},
		{"site", "client_secret_post", []string{"http://127.0.0.1/callback"}, nil},
		{"page", "none", append(here, pages...), []string{"--public"}},
	} {
		flags := append([]string{"--grant", "authorization_code", "--grant", "refresh_token", "--scope", "profiles.*"}, c.flags...)
		for _, scope := range []string{"openid", "offline_access", "profile", "email"} {
			flags = append(flags, "--scope", scope)
		}
		for _, redirect := range c.redirects {
			flags = append(flags, "--redirect-uri", redirect)
		}
		made := p.must("", append([]string{"client", "create", "acme", c.name}, flags...)...)
		all[c.name] = object{"id": made["client_id"], "secret": made["client_secret"], "method": c.method, "redirects": c.redirects}
	}
	all["signed"].(object)["key"] = key
	return all
}
