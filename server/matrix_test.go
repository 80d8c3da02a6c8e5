package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A way is one route to a token, or to what a token opens.
type way struct {
	name  string
	grant broker.GrantType
	ok    int
	ask   func(m *matrix, header ...string) answer
}

// matrix is a program with everything that the waysIn are asked with.
type matrix struct {
	*machines
	omi                               *omi
	bobs, api, idToken, others, asked string
	apiID                             string
	scope, audience                   string // asked for besides, where it can be
	n                                 int

	person         *browser
	registers      string   // an API token of Bob's that registers clients
	codes, refresh []string // of client_web; each is used once
}

var waysIn = []way{
	{"storefront", broker.Storefront, 200, func(m *matrix, h ...string) answer {
		return m.do("POST", m.public+"/t/acme/shopify/api/v1/auth/token", v1(m.t, secretA, custom), append([]string{"Content-Type", "application/json"}, h...)...)
	}},
	{"app proxy", broker.AppProxy, 200, func(m *matrix, _ ...string) answer { return m.proxied(custom, time.Now()) }},
	{"session token", broker.SessionToken, 200, func(m *matrix, _ ...string) answer { return m.extension("gid://shopify/Customer/" + custom) }},
	{"webhook", broker.Webhook, 200, func(m *matrix, _ ...string) answer {
		m.n++
		return m.deliver(noticeOf("customers/data_request", fmt.Sprint("id-", m.n), "501"))
	}},
	{"install", broker.Install, 302, func(m *matrix, h ...string) answer {
		return (&merchant{program: m.program}).install(opened(m.t, appKey(m.t), shopA, time.Now()), h...)
	}},
	{"client credentials", broker.ClientCredentials, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/token", selfGrant+as("client_self")+m.wishes(), h...)
	}},
	{"Omneo's client credentials", broker.ClientCredentials, 200, func(m *matrix, h ...string) answer {
		return m.ask("/api/v3/auth/token", selfGrant+as("client_self")+m.wishes(), h...)
	}},
	{"OmniLab", broker.ClientCredentials, 200, func(m *matrix, h ...string) answer {
		wishes := m.wishes()
		if m.audience == "" {
			wishes += "&audience=" + url.QueryEscape(audienceA)
		}
		return m.ask("/v1/oauth:token", selfGrant+as("client_self")+wishes, h...)
	}},
	{"password", broker.Password, 200, func(m *matrix, h ...string) answer {
		return m.ask("/api/v3/auth/token", selfGrant+as("client_both")+"&username="+url.QueryEscape(bob)+"&password="+url.QueryEscape(bobsWord)+m.wishes(), h...)
	}},
	{"opaque", broker.Password, 200, func(m *matrix, h ...string) answer {
		return m.ask("/api/v3/auth/token", selfGrant+as("client_opaque")+"&username="+url.QueryEscape(bob)+"&password="+url.QueryEscape(bobsWord)+m.wishes(), h...)
	}},
	{"proxy login", broker.Basic, 200, func(m *matrix, h ...string) answer {
		return m.do("POST", m.public+"/t/acme/login", "", append([]string{"Authorization", basic(bob, bobsWord)}, h...)...)
	}},
	{"verify", broker.Bearer, 200, func(m *matrix, h ...string) answer { return m.using("GET", "/api/v3/auth/verify", "", h...) }},
	{"list API tokens", broker.Bearer, 200, func(m *matrix, h ...string) answer { return m.using("GET", "/api/v3/auth/api-tokens", "", h...) }},
	{"end an API token", broker.Bearer, 204, func(m *matrix, h ...string) answer {
		return m.using("DELETE", "/api/v3/auth/api-tokens/"+m.apiID, "", h...)
	}},
	{"make an API token", broker.MakeAPIToken, 201, func(m *matrix, h ...string) answer {
		return m.using("POST", "/api/v3/auth/api-tokens", `{"name":"n","scopes":["`+orElse(m.scope, "*")+`"]}`, h...)
	}},
	{"profile", broker.MintProfile, 200, func(m *matrix, h ...string) answer {
		return m.using("POST", "/id/api/v1/auth/token", `{"id":"`+custom+`","id_handle":"shopify"}`, h...)
	}},
	{"profiles/me", broker.IDTokenBearer, 200, func(m *matrix, h ...string) answer {
		return m.do("GET", m.public+"/t/acme/id/api/v1/profiles/me", "", append([]string{"Authorization", "Bearer " + m.idToken}, h...)...)
	}},
	{"sign in", broker.SigningIn, 303, func(m *matrix, h ...string) answer {
		return m.person.bare(m.public+"/t/acme/oauth2/login", url.Values{"login": {bob}, "password": {bobsWord}}, append([]string{"Sec-Fetch-Site", "same-origin"}, h...)...)
	}},
	{"account", broker.Visitor, 200, func(m *matrix, _ ...string) answer { return m.person.get(m.public + "/t/acme/account").answer }},
	{"authorize", broker.Authorize, 303, func(m *matrix, _ ...string) answer {
		return m.person.get(m.asking("client_web", "scope", orElse(m.scope, "openid profiles.read"), "resource", m.audience)).answer
	}},
	{"code", broker.AuthorizationCode, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/token", "grant_type=authorization_code&code="+pop(m.t, &m.codes)+"&redirect_uri="+url.QueryEscape(callback)+"&"+as("client_web")+m.wishes(), h...)
	}},
	{"refresh token", broker.RefreshToken, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/token", "grant_type=refresh_token&refresh_token="+pop(m.t, &m.refresh)+"&"+as("client_web")+m.wishes(), h...)
	}},
	{"token exchange", broker.TokenExchange, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/token", offering(typeAccess, m.bobs)+as("client_swap")+m.wishes(), h...)
	}},
	{"register", broker.Registration, 201, func(m *matrix, h ...string) answer {
		return m.do("POST", m.public+"/t/acme/oauth2/register", `{"client_name":"An app","redirect_uris":["`+callback+`"],"scope":"`+m.scope+`"}`,
			append([]string{"Authorization", "Bearer " + m.registers, "Content-Type", "application/json"}, h...)...)
	}},
	{"introspection", broker.Introspection, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/introspect", "token="+m.asked+"&"+as("client_both"), h...)
	}},
	{"revocation", broker.Revocation, 200, func(m *matrix, h ...string) answer {
		return m.ask("/oauth2/revoke", "token="+m.others+"&"+as("client_both"), h...)
	}},
	{"OMI's token", broker.AppConsent, 200, func(m *matrix, h ...string) answer {
		return m.omi.token(brings("notes", firebaseToken(nil)), h...)
	}},
	{"OMI's page", broker.AppConsent, 200, func(m *matrix, h ...string) answer { return m.omi.allows(typed("notes"), h...) }},
}

func pop(t testing.TB, list *[]string) string {
	t.Helper()
	if len(*list) == 0 {
		t.Fatal("none is left")
	}
	last := (*list)[len(*list)-1]
	*list = (*list)[:len(*list)-1]
	return last
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// using asks with Bob's token.
func (m *matrix) using(method, path, body string, header ...string) answer {
	m.t.Helper()
	return m.do(method, m.public+"/t/acme"+path, body, append([]string{"Authorization", "Bearer " + m.bobs, "Content-Type", "application/json"}, header...)...)
}

// wishes are scope and audience as a form asks for them.
func (m *matrix) wishes() (form string) {
	if m.scope != "" {
		form += "&scope=" + url.QueryEscape(m.scope)
	}
	if m.audience != "" {
		form += "&audience=" + url.QueryEscape(m.audience)
	}
	return form
}

// outcome is an answer in short: its status and error, or what it does not say.
func outcome(a answer) string {
	switch {
	case a.body == `{"active":false}`:
		return "inactive"
	case strings.Contains(a.body, `name="password"`):
		return "login page"
	case strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"):
		return fmt.Sprint(a.StatusCode)
	}
	if to, err := a.Location(); err == nil && to.Query().Has("error") {
		return fmt.Sprint(a.StatusCode, " ", to.Query().Get("error"))
	}
	if code := regexp.MustCompile(`^\{"error":"([a-z_]+)"`).FindStringSubmatch(a.body); code != nil {
		return fmt.Sprint(a.StatusCode, " ", code[1])
	}
	return fmt.Sprint(a.StatusCode)
}

// A control is one thing that can stand in a way. outcomes say of each way what
// comes of it, or why it does not concern it.
type control struct {
	name     string
	arrange  func(m *matrix)
	header   []string
	outcomes map[string]string // by way; "": the rest
}

const (
	no = "no: " // an outcome that says why a control does not concern a way

	foreigner   = "it speaks of somebody whom another issuer knows"
	noToken     = "it yields no token: an app learns who somebody is"
	rightSecret = "a right secret passes, and wrong ones are limited: TestNobodyKeepsAClientOut"
	noGuess     = "a token is no guess"
)

var controls = []control{
	{"tenant suspended", func(m *matrix) { m.must("", "tenant", "suspend", "acme") }, nil, map[string]string{
		"": "403 access_denied", "webhook": no + "what Shopify tells of people is taken in for suspended tenants, too", "install": "403",
		"verify": "403", "list API tokens": "403", "end an API token": "403", "make an API token": "403", "profile": "403", "profiles/me": "403",
		"sign in": "403", "account": "403", "authorize": "303 access_denied",
		"OMI's token": "403", "OMI's page": "403",
	}},
	{"grant denied", func(m *matrix) {
		args := []string{"tenant", "set", "acme"}
		for _, g := range broker.GrantTypes {
			args = append(args, "--deny", string(g))
		}
		m.must("", args...)
	}, nil, map[string]string{
		"": "403 access_denied", "install": "403", "sign in": "403", "account": "403", "authorize": "303 access_denied",
		"verify": "403", "list API tokens": "403", "end an API token": "403", "make an API token": "403", "profile": "403", "profiles/me": "403",
		"OMI's token": "403", "OMI's page": "403",
	}},
	{"client disabled", func(m *matrix) {
		for _, id := range []string{"client_self", "client_both", "client_opaque", "client_web", "client_swap"} {
			m.check(m.store.In("acme").SetClientDisabled(m.t.Context(), id, true))
		}
	}, nil, withShopify("no client takes part", map[string]string{
		"": "401 invalid_client", "OmniLab": "401 access_denied", "proxy login": no + "no client takes part",
		"verify": "401", "list API tokens": "401", "end an API token": "401", "make an API token": "401", "profile": "401",
		"profiles/me": no + "no client takes part", "sign in": no + "no client takes part", "account": no + "no client takes part", "authorize": "400",
		"register":    no + "no client takes part: a user's API token survives the client that made it",
		"OMI's token": no + "no client takes part", "OMI's page": no + "no client takes part",
	})},
	{"user disabled", func(m *matrix) { m.check(m.store.In("acme").SetUserDisabled(m.t.Context(), "user_bob", true)) }, nil, withShopify("no user takes part", map[string]string{
		"client credentials": no + "no user takes part", "Omneo's client credentials": no + "no user takes part", "OmniLab": no + "no user takes part",
		"password": "400 invalid_grant", "opaque": "400 invalid_grant", "proxy login": "401 invalid_grant",
		"verify": "401", "list API tokens": "401", "end an API token": "401", "make an API token": "401", "profile": "401",
		"profiles/me": no + "it speaks of a customer", "introspection": "inactive",
		"sign in": "login page", "account": "login page", "authorize": "login page", "code": "400 invalid_grant", "refresh token": "400 invalid_grant",
		"register": "401 invalid_token", "token exchange": "400 invalid_request",
		"OMI's token": no + foreigner, "OMI's page": no + foreigner,
		"revocation": no + "there is nothing left to revoke, which is success (RFC 7009)",
	})},
	{"scope", func(m *matrix) {
		m.scope = "delete-everything"
		m.bobs = m.limitedToken()
	}, nil, withShopify("storefront tokens have no scopes", map[string]string{
		"": "400 invalid_scope", "OmniLab": "403 access_denied", "proxy login": no + "no scope can be asked for: it gets the user's",
		"verify": no + "it asks for no scope", "list API tokens": "403", "end an API token": "403", "make an API token": "403", "profile": "403",
		"sign in": no + "it asks for no scope", "account": no + "it asks for no scope", "authorize": "303 invalid_scope",
		"register":    "400 invalid_client_metadata",
		"profiles/me": no + "it asks for no scope", "introspection": no + "a client always learns of its own tokens; of others: TestIntrospectAndRevoke",
		"OMI's token": no + noToken, "OMI's page": no + noToken,
		"revocation": no + "a client may always end its own tokens",
	})},
	{"audience", func(m *matrix) {
		m.audience = audienceB
		m.bobs = m.elsewhereToken()
	}, nil, withShopify("it is the tenant's, always", map[string]string{
		"": "400 invalid_target", "OmniLab": "403 access_denied", "proxy login": no + "no audience can be asked for: it is the tenant's",
		"verify": "401", "list API tokens": "401", "end an API token": "401", "make an API token": "401", "profile": "401",
		"sign in": no + "a cookie is for the tenant's pages", "account": no + "a cookie is for the tenant's pages", "authorize": "303 invalid_target",
		"register": no + "a client is registered for no audience", "token exchange": "400 invalid_request",
		"profiles/me": no + "an IDToken is for the tenant, always", "introspection": no + "a client may ask about its own tokens, whomever they are for",
		"OMI's token": no + noToken, "OMI's page": no + noToken,
		"revocation": no + "a client may end its own tokens, whomever they are for",
	})},
	{"rate limit", func(m *matrix) { m.guessTooOften() }, nil, withShopify("it counts by itself: limits_test.go", map[string]string{
		"password": "429 rate_limited", "opaque": "429 rate_limited", "proxy login": "429 rate_limited",
		"client credentials": no + rightSecret, "Omneo's client credentials": no + rightSecret, "OmniLab": no + rightSecret,
		"introspection": no + rightSecret, "revocation": no + rightSecret,
		"verify": no + noGuess, "list API tokens": no + noGuess, "end an API token": no + noGuess, "make an API token": no + noGuess,
		"profile": no + noGuess, "profiles/me": no + noGuess, "sign in": "login page",
		"account": no + noGuess, "authorize": no + noGuess, "code": no + rightSecret, "refresh token": no + rightSecret, "token exchange": no + rightSecret,
		"register":    no + noGuess,
		"OMI's token": no + noGuess, "OMI's page": "login page",
	})},
	{"origin", func(*matrix) {}, []string{"Origin", "https://evil.example"}, map[string]string{
		"": "403 origin_not_allowed", "app proxy": no + "it is Shopify that asks, and no page may read the answer",
		"session token": no + "extensions run in workers without an origin", "webhook": no + "it is Shopify that asks",
		"install": no + "a merchant's browser comes from Shopify", "verify": "403", "list API tokens": "403", "end an API token": "403",
		"make an API token": "403", "profile": "403", "profiles/me": "403",
		"sign in": no + "it goes by Sec-Fetch-Site, and by Origin where there is none: TestLoginPage", "account": no + "it is a page",
		"authorize":   no + "it is a page",
		"OMI's token": "403", "OMI's page": "403",
	}},
	{"audit failure", func(m *matrix) { m.tamper(`UPDATE audit_head SET n = n - 1`) }, nil, withShopify("it is counted and logged, not audited", map[string]string{
		"": "503 server_error", "verify": no + "it issues nothing", "list API tokens": no + "it issues nothing", "end an API token": "503",
		"make an API token": "503", "profile": "503", "profiles/me": no + "it issues nothing", "introspection": no + "it issues nothing",
		"sign in": "login page", "account": no + "it issues nothing", "authorize": "303 temporarily_unavailable",
		"OMI's token": "503", "OMI's page": "login page",
	})},
}

// withShopify says of all waysIn that Shopify signs why a control does not concern them.
func withShopify(why string, outcomes map[string]string) map[string]string {
	for _, name := range []string{"storefront", "app proxy", "session token", "webhook", "install"} {
		outcomes[name] = no + why
	}
	return outcomes
}

func (m *matrix) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// limitedToken may do nothing but look at stock.
func (m *matrix) limitedToken() string {
	m.check(m.store.In("acme").AddAPIToken(m.t.Context(), broker.APIToken{ID: "limited", User: "user_bob", Scopes: broker.Scopes{"read-stock"}}, sum(newText("limited"))))
	return newText("limited").Reveal()
}

// elsewhereToken is Bob's, and for somebody else's API.
func (m *matrix) elsewhereToken() string {
	return m.ask("/api/v3/auth/token", selfGrant+as("client_both")+"&username="+url.QueryEscape(bob)+"&password="+url.QueryEscape(bobsWord)+
		"&audience="+url.QueryEscape(audienceA)).says(m.t, 200, "access_token")
}

// guessTooOften wears the patience with this address out.
func (m *matrix) guessTooOften() {
	for n := range 200 {
		if m.ask("/oauth2/token", fmt.Sprintf("%sclient_id=nobody-%d&client_secret=x", selfGrant, n)).StatusCode == 429 {
			return
		}
	}
	m.t.Fatal("200 guesses, and no limit")
}

// newFurnished has all that the waysIn need beside tokens.
func newFurnished(t *testing.T) *matrix {
	m := &matrix{machines: furnishPeople(furnishMachines(newProgram(t)))}
	m.omi = furnishSwap(m.machines).omi
	m.serve(append(m.omi.flags(), "--ip-rate", "0")...)
	return m
}

func newMatrix(t *testing.T) *matrix {
	m := newFurnished(t)
	m.person = m.browser()
	m.must("", "tenant", "set", "acme", "--allow", "registration")
	m.must("", "user", "set", "acme", bob, "--scope", "profiles.*", "--scope", "api-tokens.*", "--scope", "id-tokens.*", "--scope", "read-stock", "--scope", broker.RegistersClients)
	m.registers = newText("registers").Reveal()
	m.check(m.store.In("acme").AddAPIToken(t.Context(), broker.APIToken{ID: "registers", User: "user_bob", Scopes: broker.Scopes{broker.RegistersClients}}, sum(newText("registers"))))
	m.must("", "tenant", "set", "acme", "--issuer", ownAddress)
	eventually(t, "the issuer is known", func() bool {
		return strings.Contains(m.do("GET", m.public+"/t/acme/.well-known/openid-configuration", "").body, ownAddress)
	})
	m.idToken = waysIn[0].ask(m).says(t, 200, "token")
	eventually(t, "the customer is known", func() bool {
		list, err := m.store.In("acme").ProfilesOf(t.Context(), broker.CustomerRef{ID: custom})
		return err == nil && len(list) == 1
	})
	m.fresh()
	return m
}

// fresh gets what the waysIn use up.
func (m *matrix) fresh() {
	m.bobs, m.others, m.asked = m.bobsToken("client_both"), m.bobsToken("client_both"), m.bobsToken("client_both")
	m.apiID, m.api = m.apiToken()
	for len(m.codes) < 3 {
		m.codes = append(m.codes, m.person.signIn(m.asking("client_web")).param("code"))
	}
	for len(m.refresh) < 3 {
		m.refresh = append(m.refresh, m.redeem("client_web", m.person.signIn(m.asking("client_web")).param("code")).says(m.t, 200, "refresh_token"))
	}
}

// Every way to a token, under every control: nobody gets one, and everybody is
// told the same as always. A way or control that is new must be said what comes
// of it.
func TestMatrix(t *testing.T) {
	covered := map[broker.GrantType]bool{}
	for _, w := range waysIn {
		covered[w.grant] = true
	}
	for _, g := range broker.GrantTypes {
		if !covered[g] {
			t.Errorf("no way is of the grant %s", g)
		}
	}
	for _, c := range controls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t)
			for _, w := range waysIn {
				if a := w.ask(m); outcome(a) != fmt.Sprint(w.ok) {
					t.Errorf("%s: %d %s before anything stands in its way", w.name, a.StatusCode, a.body)
				}
			}
			m.fresh()
			c.arrange(m)
			for _, w := range waysIn {
				want, own := c.outcomes[w.name]
				if !own {
					want = c.outcomes[""]
				}
				t.Run(w.name, func(t *testing.T) { m.hold(t, w, c, want) })
			}
		})
	}
}

func (m *matrix) hold(t *testing.T, w way, c control, want string) {
	m.t = t
	if strings.HasPrefix(want, no) {
		if a := w.ask(m, c.header...); outcome(a) != fmt.Sprint(w.ok) {
			t.Errorf("%d %s, although %s", a.StatusCode, a.body, strings.TrimPrefix(want, no))
		}
		return
	}
	var a answer
	eventually(t, "the control counts", func() bool { // a command reaches servers within two seconds
		a = w.ask(m, c.header...)
		return outcome(a) == want || outcome(a) != fmt.Sprint(w.ok)
	})
	if got := outcome(a); want == "" || got != want {
		t.Errorf("got %q, want %q: %s", got, want, a.body)
	}
	mustNotSay(t, "the answer", a.body, "canary", "eyJ", "shp_", "sha_")
}
