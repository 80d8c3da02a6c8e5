package e2e

import (
	"slices"
	"testing"
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
	{"openid-client", script("node", "clients/openid-client.mjs"), []string{"exchange", "introspect", "revoke", "private_key_jwt"}},
	{"oauth4webapi", script("node", "clients/oauth4webapi.mjs"), []string{"exchange", "introspect", "revoke", "verify", "private_key_jwt"}},
	{"simple-oauth2", script("node", "clients/simple-oauth2.mjs"), []string{"revoke"}},
	{"python3-authlib", script("/usr/bin/python3", "clients/python3-authlib.py"), []string{"exchange", "introspect", "revoke", "verify", "private_key_jwt"}},
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
				s.exchange()
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
	if got["expires_in"] != 3600.0 || got["scope"] != scope {
		s.t.Errorf("expires_in %v, scope %v", got["expires_in"], got["scope"])
	}
	return s.judged(got, audience, scope)
}

// judged is a token that everybody verifies who can, and that is for nobody else.
func (s story) judged(got object, audience, scope string) string {
	s.t.Helper()
	token, _ := got["access_token"].(string)
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

// exchange is a token in return for another, for less (RFC 8693).
func (s story) exchange() {
	s.t.Helper()
	if !slices.Contains(s.can, "exchange") {
		return
	}
	const access = "urn:ietf:params:oauth:token-type:access_token"
	given := object{"subject_token": s.get(object{}, s.issuer, "profiles.* read-transactions"), "subject_token_type": access, "scope": "read-transactions", "resource": bookings}
	got := s.good("exchange", given)
	if got["issued_token_type"] != access {
		s.t.Errorf("issued: %v", got["issued_token_type"])
	}
	s.judged(got, bookings, "read-transactions")
	given["subject_token"] = "rubbish"
	if refused := s.ask("exchange", given); refused["error"] != "invalid_request" {
		s.t.Errorf("rubbish: %v", refused)
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
