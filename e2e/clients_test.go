package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// A library is somebody else's OAuth client. It does what it is asked, and
// returns what it was answered, or {error}.
type library func(do string, given object) object

// libraries are told the issuer, who they are, and how to show it; they find
// out the rest. Each can get a token and use it, and what is listed besides.
var libraries = []struct {
	name string
	open func(t *testing.T, start object) library
	can  []string
}{
	{"golang.org/x/oauth2", goOAuth2, nil},
	{"openid-client", script("node", "clients/openid-client.mjs"), []string{"introspect", "revoke", "private_key_jwt"}},
	{"oauth4webapi", script("node", "clients/oauth4webapi.mjs"), []string{"introspect", "revoke", "verify", "private_key_jwt"}},
	{"simple-oauth2", script("node", "clients/simple-oauth2.mjs"), []string{"revoke"}},
	{"python3-authlib", script("/usr/bin/python3", "clients/python3-authlib.py"), []string{"introspect", "revoke", "verify", "private_key_jwt"}},
}

// A method is how a client shows which one it is, and what the tests' client shows.
type method struct {
	name         string
	who          registered
	right, wrong any // a secret, or a private key
}

// methods are those that the discovery document names.
func methods(p *program) []method {
	own, other := newKey(p.t), newKey(p.t)
	bySecret, byKey := p.machine(), p.machine("--jwks-url", publish(p.t, own))
	return []method{
		{"client_secret_basic", bySecret, bySecret.secret, p.machine().secret},
		{"client_secret_post", bySecret, bySecret.secret, p.machine().secret},
		{"private_key_jwt", byKey, own, other},
	}
}

// Other people's clients get tokens, use them, ask about them and end them.
func TestClients(t *testing.T) {
	p := newAcme(t)
	all := methods(p)
	issuer := issuerOf(p.serve("--outbound-allow", "127.0.0.0/8"))
	judges := []library{joseVerifier(t, object{"issuer": issuer}), goVerifier(t.Context(), t, issuer)}
	for _, l := range libraries {
		for _, m := range all {
			if m.name == "private_key_jwt" && !slices.Contains(l.can, m.name) {
				continue
			}
			t.Run(l.name+"/"+m.name, func(t *testing.T) {
				start := object{"issuer": issuer, "id": m.who.id, "secret": m.right, "method": m.name}
				s := story{t, l.open(t, start), l.can, judges, issuer, m.who.id}
				s.token()
				s.audiences()
				s.refusals()
				start["secret"] = m.wrong
				s.ask = l.open(t, start)
				s.refused("invalid_client", object{})
			})
		}
	}
}

// An IDToken has the same issuer and audience as an access token, and neither is
// ever taken for the other.
func TestAccessTokenIsNoIDToken(t *testing.T) {
	p := newAcme(t)
	who := p.machine()
	issuer := issuerOf(p.serve())
	access := goOAuth2(t, who.at(issuer))("token", object{})["access_token"].(string)
	_, answer := post(t, issuer+"/shopify/api/v1/auth/token", object{"id": customer, "signature": signV1})
	id := answer["token"].(string)
	verifyAccess, verifyID := joseVerifier(t, object{"issuer": issuer}), jose(t, issuer)
	if got := verifyAccess("verify", object{"token": id, "audience": issuer})["error"]; got != "ERR_JWT_CLAIM_VALIDATION_FAILED" {
		t.Errorf("an IDToken as an access token: %v", got)
	}
	if pid, err := verifyID(access); err == nil {
		t.Errorf("an access token as the IDToken of %q", pid)
	}
	if got := verifyAccess("verify", object{"token": access, "audience": issuer}); got["sub"] != who.id {
		t.Errorf("an access token: %v", got)
	}
	if pid, err := verifyID(id); err != nil {
		t.Errorf("an IDToken: %q %v", pid, err)
	}
}

// story is what happens between one library and the service.
type story struct {
	t      *testing.T
	ask    library
	can    []string
	judges []library // verify tokens, beside the library itself
	issuer string
	client string
}

func (s story) good(do string, given object) object {
	s.t.Helper()
	answer := s.ask(do, given)
	if answer["error"] != nil {
		s.t.Fatalf("%s: %v", do, answer["error"])
	}
	return answer
}

// get asks for a token that must be as it was asked for.
func (s story) get(parameters object, audience, scope string) string {
	s.t.Helper()
	got := s.good("token", parameters)
	token, _ := got["access_token"].(string)
	if got["expires_in"] != 3600.0 || got["scope"] != scope {
		s.t.Errorf("expires_in %v, scope %v", got["expires_in"], got["scope"])
	}
	judges := s.judges
	if slices.Contains(s.can, "verify") {
		judges = append([]library{s.ask}, judges...)
	}
	for _, judge := range judges {
		claims := judge("verify", object{"token": token, "audience": audience})
		if claims["error"] != nil || claims["client_id"] != s.client || claims["scope"] != scope {
			s.t.Errorf("claims %v", claims)
		}
		if refused := judge("verify", object{"token": token, "audience": stock}); refused["error"] == nil {
			s.t.Errorf("it was taken for %s", stock)
		}
	}
	return token
}

// token is the life of one: got, used, asked about, and ended.
func (s story) token() {
	s.t.Helper()
	token := s.get(object{"scope": "read-profiles"}, s.issuer, "read-profiles")
	use := object{"token": token, "url": s.issuer + "/api/v3/auth/verify"}
	if status := s.good("use", use)["status"]; status != 200.0 {
		s.t.Errorf("used: %v", status)
	}
	if slices.Contains(s.can, "introspect") {
		says := s.good("introspect", object{"token": token})
		if says["active"] != true || says["client_id"] != s.client || says["scope"] != "read-profiles" {
			s.t.Errorf("introspection: %v", says)
		}
	}
	if !slices.Contains(s.can, "revoke") {
		return
	}
	s.good("revoke", object{"token": token})
	within(s.t, "the token is refused", func() bool { return s.good("use", use)["status"] == 401.0 })
	if slices.Contains(s.can, "introspect") && s.good("introspect", object{"token": token})["active"] != false {
		s.t.Error("a revoked token is active")
	}
}

func (s story) audiences() {
	s.t.Helper()
	const all = "profiles.* read-transactions"
	for _, parameter := range []string{"audience", "resource"} {
		token := s.get(object{parameter: bookings}, bookings, all)
		if status := s.good("use", object{"token": token, "url": s.issuer + "/api/v3/auth/verify"})["status"]; status != 401.0 {
			s.t.Errorf("a token for somebody else was taken: %v", status)
		}
	}
}

func (s story) refusals() {
	s.t.Helper()
	s.refused("invalid_scope", object{"scope": "delete-transactions"})
	s.refused("invalid_target", object{"audience": stock})
	s.refused("invalid_target", object{"resource": stock})
}

func (s story) refused(code string, parameters object) {
	s.t.Helper()
	if answer := s.ask("token", parameters); answer["error"] != code {
		s.t.Errorf("%v: %v, want %s", parameters, answer["error"], code)
	}
}

// within waits for what another process does by itself in a moment.
func within(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("not within 5 s: %s", what)
}

// script is a library in a process of its own that lives as long as the test.
func script(interpreter, path string) func(*testing.T, object) library {
	return func(t *testing.T, start object) library {
		t.Helper()
		say := converse(t, exec.Command(interpreter, path))
		ask := func(do string, given object) object {
			question := object{"do": do}
			maps.Copy(question, given)
			answer := object{}
			said(t, say, question, &answer)
			return answer
		}
		if answer := ask("", start); answer["error"] != nil {
			t.Fatalf("%s: %v", path, answer["error"])
		}
		return ask
	}
}

// converse starts a program that answers each line with a line, until the test ends.
func converse(t *testing.T, c *exec.Cmd) (say func(line []byte) []byte) {
	t.Helper()
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = t.Output()
	if err := c.Start(); err != nil {
		t.Fatalf("%v: run scripts/setup, which says what to install", err)
	}
	stuck := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	t.Cleanup(func() { in.Close(); _ = c.Wait(); stuck.Stop() })
	lines := bufio.NewReader(out)
	return func(line []byte) []byte {
		t.Helper()
		if _, err := in.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
		answer, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("%v: %q %v", c.Args, answer, err)
		}
		return answer
	}
}

// said is a conversation in JSON.
func said(t *testing.T, say func([]byte) []byte, question, answer any) {
	t.Helper()
	line, err := json.Marshal(question)
	if err == nil {
		err = json.Unmarshal(say(line), answer)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// goOAuth2 is golang.org/x/oauth2, which go-oidc tells the endpoint.
func goOAuth2(t *testing.T, start object) library {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), start["issuer"].(string))
	if err != nil {
		t.Fatal(err)
	}
	config := clientcredentials.Config{
		ClientID: start["id"].(string), ClientSecret: start["secret"].(string), TokenURL: provider.Endpoint().TokenURL,
		AuthStyle: map[any]oauth2.AuthStyle{"client_secret_basic": oauth2.AuthStyleInHeader, "client_secret_post": oauth2.AuthStyleInParams}[start["method"]],
	}
	return func(do string, given object) object {
		if do == "use" {
			return usedByGo(t, given)
		}
		c := config
		c.EndpointParams = map[string][]string{}
		for name, value := range given {
			c.EndpointParams[name] = []string{value.(string)}
		}
		token, err := c.Token(t.Context())
		if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) {
			return object{"error": refused.ErrorCode}
		} else if err != nil {
			return object{"error": err.Error()}
		}
		return object{"access_token": token.AccessToken, "expires_in": token.Extra("expires_in"), "scope": token.Extra("scope")}
	}
}

func usedByGo(t *testing.T, given object) object {
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: given["token"].(string)})
	res, err := oauth2.NewClient(t.Context(), source).Get(given["url"].(string))
	if err != nil {
		return object{"error": err.Error()}
	}
	defer res.Body.Close()
	return object{"status": float64(res.StatusCode)}
}

// joseVerifier does what RFC 9068 asks of a resource server.
var joseVerifier = script("node", "clients/jose.mjs")

// goVerifier is go-oidc, which looks at everything but typ.
func goVerifier(ctx context.Context, t *testing.T, issuer string) library {
	t.Helper()
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return func(_ string, given object) object {
		token, err := provider.Verifier(&oidc.Config{ClientID: given["audience"].(string)}).Verify(ctx, given["token"].(string))
		if err != nil {
			return object{"error": err.Error()}
		}
		claims := object{}
		if err := token.Claims(&claims); err != nil {
			return object{"error": err.Error()}
		}
		return claims
	}
}
