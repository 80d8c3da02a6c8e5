package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// machines is a program with clients, users and tokens of theirs.
type machines struct {
	*program
	store *store.Store
}

// What acme has. Every secret is a canary: see mustNotSay.
const (
	bob       = "Bob@Acme.example" // as it was entered
	bobsWord  = "canary-password-of-bob-0123456789abcdef"
	audienceA = "https://booking.acme.example"
	audienceB = "https://stock.acme.example"
)

// newMachines is newAcme with clients and users.
func newMachines(t testing.TB, flags ...string) *machines {
	t.Helper()
	m := furnishMachines(newProgram(t))
	m.serve(append([]string{"--ip-rate", "0"}, flags...)...)
	return m
}

func furnishMachines(p *program) *machines {
	p.t.Helper()
	furnishAcme(p)
	p.must(appSecret+"\n", "shop", "app", "acme", shopA, "--client-id", appID, "--client-secret-stdin")
	m := &machines{p, p.database()}
	m.addClient("acme", client("client_both", broker.ClientCredentials, broker.Password))
	m.addClient("acme", client("client_self", broker.ClientCredentials))
	other := client("client_other", broker.ClientCredentials)
	other.Audiences = []string{audienceB}
	m.addClient("acme", other)
	opaque := client("client_opaque", broker.ClientCredentials, broker.Password)
	opaque.Opaque = true
	m.addClient("acme", opaque)
	sees := client("client_sees", broker.ClientCredentials)
	sees.Scopes = broker.Scopes{broker.SeesAllTokens}
	m.addClient("acme", sees)
	m.addClient("umbra", client("client_umbra", broker.ClientCredentials))
	m.addUser("acme", "user_bob", bob, bobsWord, broker.Scopes{"profiles.*", "api-tokens.*", "id-tokens.*", "read-stock"})
	return m
}

func client(id string, grants ...broker.GrantType) broker.Client {
	c := broker.Client{ID: id, Name: id, Grants: map[broker.GrantType]bool{}, Scopes: broker.Scopes{"profiles.*", "api-tokens.*", "id-tokens.*"},
		Audiences: []string{audienceA}, TokenTTL: broker.DefaultAccessTTL}
	for _, g := range grants {
		c.Grants[g] = true
	}
	return c
}

// secretOf is the one secret of a test's client: as ours are, but the same each time.
func secretOf(client string) string { return "shpc_canary-secret-of-" + client }

func (m *machines) addClient(tenant string, c broker.Client) {
	m.t.Helper()
	sum := broker.Digest(sha256.Sum256([]byte(secretOf(c.ID))))
	if err := m.store.In(tenant).AddClient(m.t.Context(), c, &sum); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machines) addUser(tenant, id, login, password string, scopes broker.Scopes) {
	m.t.Helper()
	phc, err := hash.NewPasswords(hash.Config{}).Hash(m.t.Context(), secret.New(password))
	if err == nil {
		err = m.store.In(tenant).AddUser(m.t.Context(), broker.User{ID: id, Login: login, Password: phc, Scopes: scopes})
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

const formType = "application/x-www-form-urlencoded"

// ask posts a form to a path of acme's.
func (m *machines) ask(path, form string, header ...string) answer {
	m.t.Helper()
	return m.do("POST", m.public+"/t/acme"+path, form, append([]string{"Content-Type", formType}, header...)...)
}

// as are the credentials of a client, for a form.
func as(client string) string {
	return "client_id=" + client + "&client_secret=" + url.QueryEscape(secretOf(client))
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

const selfGrant = "grant_type=client_credentials&"

// says reads a member of a JSON answer that must have this status.
func (a answer) says(t testing.TB, status int, members ...string) string {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%d, want %d: %s", a.StatusCode, status, a.body)
	}
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	for _, name := range members {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	if text == "" {
		t.Fatalf("no %v in %s", members, a.body)
	}
	return text
}

// selfToken is an access token of a client for itself.
func (m *machines) selfToken(client string) string {
	m.t.Helper()
	return m.ask("/oauth2/token", selfGrant+as(client)).says(m.t, 200, "access_token")
}

// bobsToken is an access token that a client has got for Bob.
func (m *machines) bobsToken(client string) string {
	m.t.Helper()
	form := selfGrant + as(client) + "&username=" + url.QueryEscape(bob) + "&password=" + url.QueryEscape(bobsWord)
	return m.ask("/api/v3/auth/token", form).says(m.t, 200, "access_token")
}

func (m *machines) withToken(method, path, token, body string) answer {
	m.t.Helper()
	return m.do(method, m.public+"/t/acme"+path, body, "Authorization", "Bearer "+token, "Content-Type", "application/json")
}

// apiToken is one that Bob has made.
func (m *machines) apiToken() (id, token string) {
	m.t.Helper()
	a := m.withToken("POST", "/api/v3/auth/api-tokens", m.bobsToken("client_both"), `{"name":"shopify-integration","scopes":["*"]}`)
	return a.says(m.t, 201, "token", "id"), a.says(m.t, 201, "accessToken")
}

// active asks what a token is, as a client.
func (m *machines) active(client, token string) bool {
	m.t.Helper()
	a := m.ask("/oauth2/introspect", "token="+url.QueryEscape(token)+"&"+as(client))
	if a.StatusCode != 200 {
		m.t.Fatalf("introspection: %d %s", a.StatusCode, a.body)
	}
	if a.body != `{"active":false}` && !strings.HasPrefix(a.body, `{"active":true,`) {
		m.t.Fatalf("introspection: %s", a.body)
	}
	return a.body != `{"active":false}`
}

func TestMachines(t *testing.T) {
	m := newMachines(t)
	self, bobs := m.selfToken("client_self"), m.bobsToken("client_both")
	id, token := m.apiToken()
	login := m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic("bob@acme.example", bobsWord)).says(t, 200, "token")
	opaque := m.selfToken("client_opaque")
	guest := m.withToken("POST", "/id/api/v1/auth/token", token, `{}`).says(t, 200, "data", "token")
	lab := m.do("POST", m.public+"/t/acme/v1/oauth:token", `{"client_id":"client_self","client_secret":"`+secretOf("client_self")+`","audience":"`+audienceA+`","grant_type":"client_credentials"}`,
		"Content-Type", "application/json").says(t, 200, "access_token")
	for name, tok := range map[string]string{"self": self, "bob's": bobs, "API": token, "login": login, "opaque": opaque, "guest": guest, "lab": lab} {
		if !m.active("client_sees", tok) {
			t.Errorf("%s token is not active", name)
		}
		got, want := m.withToken("GET", "/api/v3/auth/verify", tok, "").StatusCode, 200
		if name == "guest" || name == "lab" {
			want = 401
		}
		if got != want {
			t.Errorf("verify %s: %d", name, got)
		}
	}
	if a := m.withToken("GET", "/api/v3/auth/api-tokens", token, ""); !strings.Contains(a.body, id) || a.StatusCode != 200 {
		t.Errorf("list: %d %s", a.StatusCode, a.body)
	}
	if a := m.withToken("GET", "/id/api/v1/profiles/me", guest, ""); a.StatusCode != 404 {
		t.Errorf("guest's profile: %d %s", a.StatusCode, a.body)
	}
	if a := m.withToken("DELETE", "/api/v3/auth/api-tokens/"+id, bobs, ""); a.StatusCode != 204 {
		t.Errorf("delete: %d %s", a.StatusCode, a.body)
	}
	if m.active("client_sees", token) {
		t.Error("a deleted API token is active")
	}
	for _, tok := range []string{self, opaque} {
		client := map[bool]string{true: "client_self", false: "client_opaque"}[tok == self]
		m.ask("/oauth2/revoke", "token="+tok+"&"+as(client))
		eventually(t, "revoked", func() bool { return !m.active("client_sees", tok) })
	}
}

// newText is an API token of ours that a test knows beforehand, by its name.
func newText(name string) secret.Text {
	return known.get(name)
}

// texts are tokens by name, each made when first asked for.
type texts struct {
	mu   sync.Mutex
	made map[string]secret.Text
}

var known = texts{made: map[string]secret.Text{}}

func (k *texts) get(name string) secret.Text {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, there := k.made[name]; !there {
		k.made[name] = hash.NewSecret(hash.APIToken)
	}
	return k.made[name]
}

// tamper changes the database around the program.
func (m *machines) tamper(query string) {
	m.t.Helper()
	db := m.raw()
	defer db.Close()
	result, err := db.Exec(query)
	if err != nil {
		m.t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n == 0 && !strings.HasPrefix(query, "VACUUM") {
		m.t.Fatalf("%s has done nothing", query)
	}
}
