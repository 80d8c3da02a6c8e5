package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A client that registers itself can be used at once, and says nothing more than
// it may.
func TestRegistration(t *testing.T) {
	m := newPeople(t)
	m.must("", "user", "set", "acme", bob, "--scope", broker.RegistersClients, "--scope", "profiles.*")
	text := newText("initial")
	if err := m.store.In("acme").AddAPIToken(t.Context(), broker.APIToken{ID: "initial", User: "user_bob", Scopes: broker.Scopes{broker.RegistersClients, "profiles.*"}}, sum(text)); err != nil {
		t.Fatal(err)
	}
	register := func(token, body string) answer {
		header := []string{"Content-Type", "application/json"}
		if token != "" {
			header = append(header, "Authorization", "Bearer "+token)
		}
		return m.do("POST", m.public+"/t/acme/oauth2/register", body, header...)
	}
	const good = `{"client_name":"An app","redirect_uris":["` + callback + `"],"grant_types":["authorization_code","refresh_token"],"scope":"openid profiles.read","logo_uri":"https://app.example/logo"}`
	discovered := func() bool {
		return strings.Contains(m.do("GET", m.public+"/t/acme/.well-known/openid-configuration", "").body, "registration_endpoint")
	}
	if a := register(text.Reveal(), good); a.says(t, 403, "error") != "access_denied" || discovered() {
		t.Errorf("as long as nobody has allowed it: %s", a.body)
	}
	m.must("", "tenant", "set", "acme", "--allow", "registration")
	eventually(t, "registration to be offered", discovered)

	a := register(text.Reveal(), good)
	id, secret := a.says(t, 201, "client_id"), a.says(t, 201, "client_secret")
	var told map[string]any
	if err := json.Unmarshal([]byte(a.body), &told); err != nil {
		t.Fatal(err)
	}
	if told["client_secret_expires_at"] != 0.0 || told["token_endpoint_auth_method"] != "client_secret_basic" || told["scope"] != "openid profiles.read" || told["client_id_issued_at"].(float64) < 1e9 {
		t.Errorf("the answer: %s", a.body)
	}
	eventually(t, "the client", func() bool { return m.browser().get(m.asking(id)).answer.StatusCode == 200 })
	b := m.browser().signIn(m.asking(id))
	m.redeem(id, b.param("code"), "client_secret", secret).says(t, 200, "refresh_token")

	public := register(text.Reveal(), `{"client_name":"A page","redirect_uris":["http://127.0.0.1/cb"],"token_endpoint_auth_method":"none"}`)
	if public.StatusCode != 201 || strings.Contains(public.body, "secret_") || public.says(t, 201, "scope") != "openid profile email offline_access" {
		t.Errorf("a public one: %d %s", public.StatusCode, public.body)
	}
	for name, row := range map[string]struct {
		token, body string
		status      int
		code        string
	}{
		"without a token":       {"", good, 401, "invalid_token"},
		"with another token":    {m.bobsToken("client_both"), good, 403, "insufficient_scope"},
		"without a name":        {text.Reveal(), strings.Replace(good, "An app", "", 1), 400, "invalid_client_metadata"},
		"with http":             {text.Reveal(), strings.Replace(good, "https:", "http:", 1), 400, "invalid_redirect_uri"},
		"with more scopes":      {text.Reveal(), strings.Replace(good, "openid", "*", 1), 400, "invalid_client_metadata"},
		"for itself":            {text.Reveal(), strings.Replace(good, "refresh_token", "client_credentials", 1), 400, "invalid_client_metadata"},
		"implicit":              {text.Reveal(), strings.Replace(good, `"scope"`, `"response_types":["token"],"scope"`, 1), 400, "invalid_client_metadata"},
		"signing":               {text.Reveal(), strings.Replace(good, `"scope"`, `"token_endpoint_auth_method":"private_key_jwt","scope"`, 1), 400, "invalid_client_metadata"},
		"redirects of a number": {text.Reveal(), strings.Replace(good, `["`+callback+`"]`, "1", 1), 400, "invalid_request"},
		"twice":                 {text.Reveal(), strings.Replace(good, `"scope"`, `"client_name":"x","scope"`, 1), 400, "invalid_request"},
		"no object":             {text.Reveal(), "[]", 400, "invalid_request"},
	} {
		a := register(row.token, row.body)
		if a.says(t, row.status, "error") != row.code || strings.Contains(a.body, text.Reveal()) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if audit, _, _ := m.command("", "audit", "list", "acme", "--json"); strings.Count(audit, "client register") != 2 || strings.Contains(audit, secret) {
		t.Errorf("the audit: %s", audit)
	}
}
