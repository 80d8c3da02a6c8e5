package main

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// swap is a program whose acme trusts a Firebase project and Shopify's customer
// accounts, and has clients that exchange tokens: client_swap, and client_mute,
// whose tokens are opaque.
type swap struct {
	*machines
	omi *omi
}

const (
	typeAccess = "urn:ietf:params:oauth:token-type:access_token"
	typeID     = "urn:ietf:params:oauth:token-type:id_token"
	typeJWT    = "urn:ietf:params:oauth:token-type:jwt"
	accounts   = "https://shopify.com/authentication/12345"
)

func newSwap(t testing.TB) *swap {
	t.Helper()
	s := furnishSwap(furnishPeople(furnishMachines(newProgram(t))))
	s.serve(append(s.omi.flags(), "--ip-rate", "0")...)
	return s
}

func furnishSwap(m *machines) *swap {
	s := &swap{m, furnishOMI(m.program)}
	s.must("", "issuer", "add", "acme", "--issuer", accounts, "--audience", "client-of-the-shop", "--shop", shopA, "--jwks-url", s.omi.firebase.server.URL+"/jwks")
	m.addClient("acme", client("client_swap", broker.TokenExchange, broker.ClientCredentials))
	mute := client("client_mute", broker.TokenExchange)
	mute.Opaque = true
	m.addClient("acme", mute)
	m.addClient("umbra", client("client_there", broker.TokenExchange, broker.ClientCredentials))
	return s
}

// offering is a form that offers a token as what it is; more are names and values.
func offering(kind, token string, more ...string) string {
	form := url.Values{"grant_type": {broker.ExchangeGrant}, "subject_token": {token}, "subject_token_type": {kind}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form.Encode() + "&"
}

func (s *swap) swap(kind, token string, more ...string) answer {
	s.t.Helper()
	return s.ask("/oauth2/token", offering(kind, token, more...)+as("client_swap"))
}

func (s *swap) ofShopper() string {
	return s.exchange("acme", "", v1(s.t, secretA, custom)).says(s.t, 200, "token")
}

func ofAccounts(sub string) string {
	return firebaseToken(jwt.MapClaims{"iss": accounts, "aud": "client-of-the-shop", "sub": sub, "user_id": nil, "auth_time": nil, "firebase": nil})
}

// said is what a service behind acme is told of a token.
func (s *swap) said(token string) map[string]any {
	s.t.Helper()
	a := s.ask("/oauth2/introspect", "token="+url.QueryEscape(token)+"&"+as("client_sees"))
	return object(s.t, a.body)
}

// Whatever tells who somebody is, is good for an access token that says the same:
// by whichever way a customer comes, it is the same profile.
func TestTokenExchange(t *testing.T) {
	s := newSwap(t)
	profile := claimsOf(t, s.exchange("acme", "", v1(t, secretA, custom)).body)["pid"]
	stranger := payloadOf(t, s.swap(typeID, firebaseToken(nil)).says(t, 200, "access_token"))["pid"]
	if stranger == profile || stranger == nil {
		t.Fatalf("Firebase's is %v, the customer %v", stranger, profile)
	}
	_, api := s.apiToken()
	for name, row := range map[string]struct {
		kind, token string
		sub         any
		scope       string
	}{
		"an IDToken":                  {typeID, s.ofShopper(), profile, ""},
		"an IDToken, as a JWT":        {typeJWT, s.ofShopper(), profile, ""},
		"Shopify's session token":     {typeID, sessionToken(t, "gid://shopify/Customer/"+custom), profile, ""},
		"Shopify's customer accounts": {typeID, ofAccounts(custom), profile, ""},
		"their global ids":            {typeJWT, ofAccounts("gid://shopify/Customer/" + custom), profile, ""},
		"Firebase's":                  {typeID, firebaseToken(nil), stranger, ""},
		"a user's":                    {typeAccess, s.bobsToken("client_both"), "user_bob", "api-tokens.* id-tokens.* profiles.*"},
		"a user's opaque one":         {typeAccess, s.bobsToken("client_opaque"), "user_bob", "api-tokens.* id-tokens.* profiles.*"},
		"a user's API token":          {typeAccess, api, "user_bob", "api-tokens.* id-tokens.* profiles.*"},
		"a client's":                  {typeJWT, s.selfToken("client_self"), "client_self", "api-tokens.* id-tokens.* profiles.*"},
	} {
		a := s.swap(row.kind, row.token)
		told := object(t, a.body)
		if a.StatusCode != 200 || told["issued_token_type"] != typeAccess || told["token_type"] != "Bearer" || told["expires_in"] == 0. || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
			continue
		}
		seen := s.said(told["access_token"].(string))
		if diff := cmp.Diff([]any{true, row.sub, "client_swap", sorted(row.scope)}, []any{seen["active"], seen["sub"], seen["client_id"], sorted(text(seen["scope"]))}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if profiled := row.sub == profile || row.sub == stranger; profiled != (seen["pid"] == row.sub) {
			t.Errorf("%s: pid %v", name, seen["pid"])
		}
	}
}

// object reads an answer.
func object(t testing.TB, body string) (o map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return o
}

func sorted(words string) []string { return slices.Sorted(strings.FieldsSeq(words)) }

func text(v any) string {
	s, _ := v.(string)
	return s
}

// A backend that has verified nothing itself gets an IDToken such as storefronts
// have, which profiles/me takes.
func TestExchangeForIDToken(t *testing.T) {
	s := newSwap(t)
	for name, token := range map[string]string{"Shopify's": sessionToken(t, "gid://shopify/Customer/"+custom), "Firebase's": firebaseToken(nil), "our own": s.ofShopper()} {
		a := s.swap(typeID, token, "requested_token_type", typeID)
		told := object(t, a.body)
		if a.StatusCode != 200 || told["issued_token_type"] != typeID || told["token_type"] != "N_A" || told["scope"] != nil {
			t.Fatalf("%s: %d %s", name, a.StatusCode, a.body)
		}
		claims := payloadOf(t, told["access_token"].(string))
		wantID := map[string]any{"Firebase's": map[string]any{"format": "iss_sub", "iss": "https://securetoken.google.com/" + omiProject, "sub": annasUID}}[name]
		if diff := cmp.Diff(wantID, claims["sub_id"]); diff != "" || claims["pid"] != claims["sub"] || (claims["customer_id"] == custom) == (name == "Firebase's") {
			t.Errorf("%s: %v", name, claims)
		}
		me := s.do("GET", s.public+"/t/acme/id/api/v1/profiles/me", "", "Authorization", "Bearer "+told["access_token"].(string))
		known := `"identities":[{"handle":"shopify","identifier":"` + custom + `"}]`
		if name == "Firebase's" {
			known = `"identities":[{"handle":"https://securetoken.google.com/` + omiProject + `","identifier":"` + annasUID + `"}]`
		}
		if me.StatusCode != 200 || !strings.Contains(me.body, known) {
			t.Errorf("%s: %d %s", name, me.StatusCode, me.body)
		}
	}
}

// Who speaks for somebody is named, for as long as they are there.
func TestActor(t *testing.T) {
	s := newSwap(t)
	first := s.swap(typeID, s.ofShopper(), "actor_token", s.bobsToken("client_both"), "actor_token_type", typeAccess).says(t, 200, "access_token")
	both := s.swap(typeAccess, first, "actor_token", s.selfToken("client_swap"), "actor_token_type", typeAccess).says(t, 200, "access_token")
	bobs := map[string]any{"sub": "user_bob"}
	chain := map[string]any{"sub": "client_swap", "client_id": "client_swap", "act": bobs}
	if diff := cmp.Diff([]any{bobs, chain}, []any{payloadOf(t, first)["act"], payloadOf(t, both)["act"]}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(any(chain), s.said(both)["act"]); diff != "" {
		t.Error(diff)
	}
	audit, _, _ := s.command("", "audit", "list", "acme", "--json")
	for _, who := range []string{"user_bob", "client_swap"} {
		if !strings.Contains(audit, `"actor":"`+who+`"`) {
			t.Errorf("%s is not in the audit: %s", who, audit)
		}
	}
	s.must("", "user", "disable", "acme", bob)
	eventually(t, "what Bob says counts no more", func() bool { return !s.active("client_sees", first) })
	if !s.active("client_sees", both) {
		t.Error("who spoke before decides")
	}
}

// Who speaks for a user does not do so for good, and what such tokens are is told
// without saying who somebody is elsewhere.
func TestActorIsForTheMoment(t *testing.T) {
	s := newSwap(t)
	actor := []string{"actor_token", s.selfToken("client_swap"), "actor_token_type", typeAccess}
	token := s.swap(typeAccess, s.bobsToken("client_both"), actor...).says(t, 200, "access_token")
	if a := s.withToken("POST", "/api/v3/auth/api-tokens", token, `{"name":"for good","scopes":["*"]}`); a.StatusCode != 403 {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	minted := s.withToken("POST", "/id/api/v1/auth/token", token, `{}`).says(t, 200, "data", "token")
	_, api := s.apiToken()
	plain := s.swap(typeAccess, api).says(t, 200, "access_token")
	if a := s.withToken("POST", "/api/v3/auth/api-tokens", plain, `{"name":"for good","scopes":["*"]}`); a.StatusCode != 403 {
		t.Errorf("of an API token: %d %s", a.StatusCode, a.body)
	}
	want := any(map[string]any{"sub": "user_bob", "act": map[string]any{"sub": "client_swap", "client_id": "client_swap"}})
	if diff := cmp.Diff(want, payloadOf(t, minted)["act"]); diff != "" {
		t.Error(diff)
	}
	for kind, found := range map[string]string{firebaseToken(nil): "", s.ofShopper(): "", token: "user_bob"} {
		of := map[bool]string{true: typeAccess, false: typeID}[kind == token]
		value := s.must(s.swap(of, kind).says(t, 200, "access_token"), "token", "revoke", "acme", "--token-stdin")
		if text(value["sub"]) != found || value["kind"] != "access token (JWT)" {
			t.Errorf("found: %v", value)
		}
	}
}

// What comes of a token ends with what that stands for.
func TestExchangedTokensEnd(t *testing.T) {
	omnis := func(s *swap) string {
		return s.redeem("client_omni", s.code("client_omni")).says(t, 200, "access_token")
	}
	giveBack := func(s *swap, of string) { s.ask("/oauth2/revoke", "token="+of+"&"+as("client_omni")) }
	for name, row := range map[string]struct {
		kind  string
		token func(*swap) string
		end   func(s *swap, of string)
	}{
		"the session":         {typeAccess, omnis, giveBack},
		"the session, opaque": {typeAccess, omnis, giveBack},
		"the user":            {typeAccess, func(s *swap) string { return s.bobsToken("client_both") }, func(s *swap, _ string) { s.must("", "user", "disable", "acme", bob) }},
		"the user's tokens":   {typeAccess, func(s *swap) string { return s.bobsToken("client_both") }, func(s *swap, _ string) { s.must("", "token", "revoke", "acme", "--user", bob) }},
		"the client":          {typeAccess, func(s *swap) string { return s.bobsToken("client_both") }, func(s *swap, _ string) { s.must("", "client", "disable", "acme", "client_swap") }},
		"the trust":           {typeID, func(*swap) string { return firebaseToken(nil) }, func(s *swap, _ string) { s.must("", "issuer", "remove", "acme", omiProject) }},
		"the customer":        {typeID, (*swap).ofShopper, func(s *swap, _ string) { s.must("", "profile", "block", "acme", shopA, custom) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSwap(t)
			of := row.token(s)
			client := map[bool]string{true: "client_mute", false: "client_swap"}[strings.HasSuffix(name, "opaque")]
			wants := map[bool]string{true: typeID, false: typeAccess}[strings.HasSuffix(name, "IDToken")]
			token := s.ask("/oauth2/token", offering(row.kind, of, "requested_token_type", wants)+as(client)).says(t, 200, "access_token")
			if !s.active("client_sees", token) {
				t.Fatal("it is not active")
			}
			row.end(s, of)
			eventually(t, "it has ended", func() bool { return !s.active("client_sees", token) })
		})
	}
}

// A client that ends what it has exchanged ends that, and nobody's session; with
// the actor's session it ends as well, and no other actor revives it.
func TestExchangeAndSessions(t *testing.T) {
	s := newSwap(t)
	given := s.redeem("client_omni", s.code("client_omni"))
	access := given.says(t, 200, "access_token")
	for _, client := range []string{"client_swap", "client_mute"} {
		token := s.ask("/oauth2/token", offering(typeAccess, access)+as(client)).says(t, 200, "access_token")
		s.ask("/oauth2/revoke", "token="+token+"&"+as(client))
		eventually(t, "it has ended", func() bool { return !s.active("client_sees", token) })
	}
	if !s.active("client_sees", access) {
		t.Fatal("the session has ended, too")
	}
	actor := []string{"actor_token", access, "actor_token_type", typeAccess}
	acted := s.swap(typeID, s.ofShopper(), actor...).says(t, 200, "access_token")
	idToken := s.swap(typeID, s.ofShopper(), append(actor, "requested_token_type", typeID)...).says(t, 200, "access_token")
	s.ask("/oauth2/revoke", "token="+access+"&"+as("client_omni"))
	eventually(t, "what its actor did has ended", func() bool { return !s.active("client_sees", acted) && !s.active("client_sees", idToken) })
	if a := s.swap(typeAccess, acted, "actor_token", s.selfToken("client_swap"), "actor_token_type", typeAccess); a.StatusCode != 400 {
		t.Errorf("with another actor: %d %s", a.StatusCode, a.body)
	}
}

// Every way to ask wrongly is told what is wrong, and quotes nothing.
func TestExchangeRefusals(t *testing.T) {
	s := newSwap(t)
	bobs, shopper := s.bobsToken("client_both"), s.ofShopper()
	there := s.do("POST", s.public+"/t/umbra/oauth2/token", selfGrant+as("client_there"), "Content-Type", formType).says(t, 200, "access_token")
	theirs := s.exchange("umbra", "", v1(t, "canary-secret-of-umbra-0123456789abcdef", custom)).says(t, 200, "token")
	for name, row := range map[string]struct {
		form   string
		status int
		says   string
	}{
		"no subject_token":            {offering(typeAccess, "") + as("client_swap"), 400, "subject_token is missing"},
		"no type":                     {offering("", bobs) + as("client_swap"), 400, "subject_token_type is one of"},
		"a refresh token":             {offering("urn:ietf:params:oauth:token-type:refresh_token", bobs) + as("client_swap"), 400, "subject_token_type is one of"},
		"an actor without a type":     {offering(typeAccess, bobs, "actor_token", bobs) + as("client_swap"), 400, "actor_token_type is one of"},
		"a type without an actor":     {offering(typeAccess, bobs, "actor_token_type", typeAccess) + as("client_swap"), 400, "actor_token is missing"},
		"something else wanted":       {offering(typeAccess, bobs, "requested_token_type", "urn:ietf:params:oauth:token-type:saml2") + as("client_swap"), 400, "requested_token_type is"},
		"as what it is not":           {offering(typeID, bobs) + as("client_swap"), 400, "invalid_request"},
		"rubbish":                     {offering(typeAccess, "rubbish") + as("client_swap"), 400, "invalid_request"},
		"another tenant's":            {offering(typeAccess, there) + as("client_swap"), 400, "invalid_request"},
		"another tenant's, as a JWT":  {offering(typeJWT, there) + as("client_swap"), 400, "invalid_request"},
		"another tenant's customer":   {offering(typeID, theirs) + as("client_swap"), 400, "invalid_request"},
		"another tenant's actor":      {offering(typeID, shopper, "actor_token", there, "actor_token_type", typeAccess) + as("client_swap"), 400, "invalid_request"},
		"another project's":           {offering(typeID, firebaseToken(jwt.MapClaims{"iss": "https://securetoken.google.com/other", "aud": "other"})) + as("client_swap"), 400, "invalid_request"},
		"one that is meant elsewhere": {offering(typeAccess, s.ask("/oauth2/token", selfGrant+as("client_other")+"&audience="+url.QueryEscape(audienceB)).says(t, 200, "access_token")) + as("client_swap"), 400, "invalid_request"},
		"a guest's":                   {offering(typeID, sessionToken(t, "")) + as("client_swap"), 400, "nobody whom the shop knows"},
		"a client without the grant":  {offering(typeAccess, bobs) + as("client_both"), 400, "unauthorized_client"},
		"another tenant's client":     {offering(typeAccess, bobs) + as("client_there"), 401, "invalid_client"},
		"a public client":             {offering(typeAccess, bobs) + "client_id=client_page", 401, "invalid_client"},
		"no client":                   {offering(typeAccess, bobs), 401, "invalid_client"},
		"more scopes":                 {offering(typeAccess, bobs, "scope", "read-stock") + as("client_swap"), 400, "invalid_scope"},
		"another audience":            {offering(typeAccess, bobs, "audience", audienceB) + as("client_swap"), 400, "invalid_target"},
		"an opaque one of a customer": {offering(typeID, shopper) + as("client_mute"), 400, "--token-format jwt"},
		"two subjects":                {offering(typeAccess, bobs) + "subject_token=x&" + as("client_swap"), 400, "more than once"},
	} {
		a := s.ask("/oauth2/token", row.form)
		if a.StatusCode != row.status || !strings.Contains(a.body, row.says) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		mustNotSay(t, name, a.body, "canary", "eyJ", "shp")
	}
	mustNotSay(t, "the log", s.log.String(), "canary", "eyJ", bobs[len(bobs)-20:])

	s.omi.firebase.set(func(f *fakeFirebase) { f.down = true })
	if a := s.swap(typeID, firebaseToken(nil)); a.StatusCode != 503 {
		t.Errorf("while the issuer's keys cannot be had: %d %s", a.StatusCode, a.body)
	}
	if a := s.ask("/oauth2/token", offering(typeAccess, bobs)+as("client_mute")); a.StatusCode != 200 || !s.active("client_sees", a.says(t, 200, "access_token")) {
		t.Errorf("an opaque one of a user: %d %s", a.StatusCode, a.body)
	}
}
