package e2e

import (
	"testing"
)

// codeflows are other people's clients with a person. They are told the issuer,
// who they are, where they are sent back, and what to ask for; they find out the
// rest. Each is tried as these clients of a described server.
var codeflows = []struct {
	name string
	open func(t *testing.T, start object) library
	as   []string
}{
	{"golang.org/x/oauth2 with go-oidc", goCodeFlow, []string{"public", "basic"}},
	{"openid-client", script("node", "clients/codeflow/openid-client.mjs"), []string{"public", "basic"}},
	{"oauth4webapi", script("node", "clients/codeflow/oauth4webapi.mjs"), []string{"public", "basic"}},
	{"passport-oauth2", script("node", "clients/codeflow/passport-oauth2.mjs"), []string{"loopback", "site"}},
}

// A server that other people's clients are tried at, by what starts it.
var described = []struct {
	name  string
	start func(t *testing.T, settings object) object
	there bool
}{
	{"oidc-provider", oidcProvider, true},
	{"shapestoken", shapestoken, oursServesCodes},
}

// A person signs in for other people's clients, which go on in their name.
func TestCodeFlow(t *testing.T) {
	for _, s := range described {
		if !s.there {
			continue
		}
		server := s.start(t, object{})
		for _, l := range codeflows {
			for _, as := range l.as {
				t.Run(s.name+"/"+l.name+"/"+as, func(t *testing.T) {
					person := script("node", "conformance/person.mjs")(t, server["account"].(object))
					codeFlow(t, l.open(t, startOf(server, as)), person)
				})
			}
		}
	}
}

// startOf is what a library is told of a described server's client.
func startOf(server object, as string) object {
	client := server["clients"].(object)[as].(object)
	redirect := first(client["redirects"])
	start := object{"issuer": server["issuer"], "id": client["id"], "redirect": redirect, "scope": server["scopes"].(object)["narrow"]}
	if client["method"] != "none" {
		start["secret"] = client["secret"]
	}
	return start
}

// first of a list that came from JSON or not.
func first(list any) any {
	if texts, ok := list.([]string); ok {
		return texts[0]
	}
	return list.([]any)[0]
}

// codeFlow is the whole way: code, tokens, who it is, and going on.
func codeFlow(t *testing.T, ask, person library) {
	t.Helper()
	good := func(by library, do string, given object) object {
		t.Helper()
		answer := by(do, given)
		if answer["error"] != nil {
			t.Fatalf("%s: %v", do, answer["error"])
		}
		return answer
	}
	tokens := good(ask, "finish", good(person, "visit", good(ask, "start", object{})))
	who := good(ask, "userinfo", object{})
	if who["sub"] == nil || tokens["sub"] != nil && tokens["sub"] != who["sub"] {
		t.Errorf("the ID token is of %v, userinfo of %v", tokens["sub"], who["sub"])
	}
	for range 2 {
		next := good(ask, "refresh", object{})
		if next["access_token"] == tokens["access_token"] || next["access_token"] == nil {
			t.Error("a refresh brought no other access token")
		}
		if again := good(ask, "userinfo", object{}); again["sub"] != who["sub"] {
			t.Errorf("after a refresh it is %v", again["sub"])
		}
		tokens = next
	}
}
