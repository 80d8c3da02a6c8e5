package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestNeverRedirected is every address that merely looks like a registered one
// (row O1): the person is shown a page, and the address is in no header.
func TestNeverRedirected(t *testing.T) {
	var corpus struct {
		Registered, Refused []string
	}
	text, err := os.ReadFile("../testdata/redirects.json")
	if err == nil {
		err = json.Unmarshal(text, &corpus)
	}
	if err != nil || len(corpus.Refused) < 120 {
		t.Fatal(len(corpus.Refused), err)
	}
	m := furnishPeople(furnishMachines(newProgram(t)))
	odd := personClient("client_odd")
	odd.Redirects = corpus.Registered
	m.addClient("acme", odd)
	m.serve("--ip-rate", "0")
	signedIn := m.browser().signIn(m.asking("client_web"))
	for name, b := range map[string]*browser{"nobody": m.browser(), "somebody": signedIn} {
		for _, uri := range corpus.Refused {
			for _, more := range [][]string{nil, {"prompt", "none"}, {"scope", "\xff"}, {"response_type", "token"}} {
				b.get(m.asking("client_odd", append([]string{"redirect_uri", uri}, more...)...))
				if b.answer.StatusCode != 400 || b.sentTo != "" || b.answer.Header.Get("Location")+b.answer.Header.Get("Refresh") != "" || b.page.Path != "/t/acme/oauth2/authorize" {
					t.Errorf("%s, %q, %q: %d, sent to %q", name, uri, more, b.answer.StatusCode, b.sentTo)
				}
			}
		}
	}
	good := url.QueryEscape(corpus.Registered[0])
	for name, query := range map[string]string{
		"two addresses":      "client_id=client_odd&redirect_uri=" + good + "&redirect_uri=https%3A%2F%2Fevil.example",
		"two, the bad first": "client_id=client_odd&redirect_uri=https%3A%2F%2Fevil.example&redirect_uri=" + good,
		"the same twice":     "client_id=client_odd&redirect_uri=" + good + "&redirect_uri=" + good,
		"two clients":        "client_id=client_odd&client_id=client_web&redirect_uri=" + good,
		"no address":         "client_id=client_odd",
		"no client":          "redirect_uri=" + good,
		"another's address":  "client_id=client_web&redirect_uri=" + good,
		"an unknown client":  "client_id=client_none&redirect_uri=" + good,
		"another tenant's":   "client_id=client_umbra&redirect_uri=" + good,
		"bad escapes":        "client_id=client_odd&redirect_uri=" + good + "%zz",
		"semicolons":         "client_id=client_odd;redirect_uri=" + good,
		"upper case":         "CLIENT_ID=client_odd&REDIRECT_URI=" + good,
		"nothing":            "",
	} {
		b := signedIn.get(m.public + "/t/acme/oauth2/authorize?response_type=code&" + query)
		if code := b.answer.StatusCode; code != 400 && code != 401 || b.sentTo != "" {
			t.Errorf("%s: %d, sent to %q", name, code, b.sentTo)
		}
	}
}

// Whatever else is wrong, the client hears of it, with its state and who says so.
func TestErrorsForTheClient(t *testing.T) {
	m := newPeople(t)
	b := m.browser()
	for _, row := range []struct {
		name string
		more []string
		code string
	}{
		{"no response type", []string{"response_type", ""}, "invalid_request"},
		{"implicit", []string{"response_type", "token"}, "unsupported_response_type"},
		{"fragment", []string{"response_mode", "fragment"}, "invalid_request"},
		{"an unknown scope", []string{"scope", "openid everything"}, "invalid_scope"},
		{"a scope that is none", []string{"scope", "a\"b"}, "invalid_scope"},
		{"scope and scopes", []string{"scopes", "openid"}, "invalid_request"},
		{"an unknown audience", []string{"resource", "https://z.example"}, "invalid_target"},
		{"a request object", []string{"request", "x.y.z"}, "request_not_supported"},
		{"a request by reference", []string{"request_uri", "https://app.example/r"}, "request_uri_not_supported"},
		{"a plain challenge", []string{"code_challenge", challenge, "code_challenge_method", "plain"}, "invalid_request"},
		{"a challenge without a method", []string{"code_challenge", challenge}, "invalid_request"},
		{"prompt none and login", []string{"prompt", "none login"}, "invalid_request"},
		{"nobody signed in", []string{"prompt", "none"}, "login_required"},
	} {
		b.get(m.asking("client_web", row.more...))
		if b.param("error") != row.code || b.param("state") != "a state & more" || b.param("iss") != m.public+"/t/acme" || b.param("code") != "" {
			t.Errorf("%s: %s", row.name, b.sentTo)
		}
		if b.answer.StatusCode != 303 || strings.Contains(b.sentTo, "%22b") {
			t.Errorf("%s: %d, %s", row.name, b.answer.StatusCode, b.sentTo)
		}
	}
	b.get(m.public + strings.TrimPrefix(m.asking("client_web"), m.public) + "&state=twice")
	if b.param("error") != "invalid_request" {
		t.Errorf("a state twice: %s", b.sentTo)
	}
	b.get(m.asking("client_page", "code_challenge", "", "code_challenge_method", ""))
	if b.param("error") != "invalid_request" {
		t.Errorf("a public client without a challenge: %s", b.sentTo)
	}
	b.get(m.asking("client_web", "redirect_uri", "http://localhost:54321/", "response_type", "x"))
	if !strings.HasPrefix(b.sentTo, "http://localhost:54321/?") {
		t.Errorf("another port: %s", b.sentTo)
	}
}

func TestConsent(t *testing.T) {
	m := newPeople(t)
	b := m.browser().get(m.asking("client_web")).send("login", "login", bob, "password", bobsWord).send("consent", "answer", "deny")
	if b.param("error") != "access_denied" || b.param("state") != "a state & more" || b.param("iss") == "" {
		t.Errorf("denied: %s", b.sentTo)
	}
	b.get(m.asking("client_web", "prompt", "none"))
	if b.param("error") != "consent_required" {
		t.Errorf("not asked, silently: %s", b.sentTo)
	}
	b.get(m.asking("client_web")).send("consent")
	if b.param("error") != "access_denied" {
		t.Errorf("a form without an answer: %s", b.sentTo)
	}
	b.get(m.asking("client_web")).send("consent", "answer", "allow")
	for name, row := range map[string]struct {
		client string
		more   []string
		code   string // or the page that is shown
	}{
		"remembered":                      {"client_web", nil, "code"},
		"silently":                        {"client_web", []string{"prompt", "none"}, "code"},
		"less":                            {"client_web", []string{"scope", "openid"}, "code"},
		"as Omnisend's document calls it": {"client_web", []string{"scope", "", "scopes", "openid"}, "code"},
		"more":                            {"client_web", []string{"scope", "openid read-stock"}, "consent"},
		"more, silently":                  {"client_web", []string{"scope", "openid read-stock", "prompt", "none"}, "consent_required"},
		"to be asked again":               {"client_web", []string{"prompt", "consent"}, "consent"},
		"another client":                  {"client_omni", nil, "consent"},
		"to sign in again":                {"client_web", []string{"prompt", "login"}, "login"},
		"signed in too long ago":          {"client_web", []string{"max_age", "0"}, "login"},
	} {
		b.get(m.asking(row.client, row.more...))
		switch {
		case row.code == "code" && b.sentTo != "" && b.param("code") != "" && b.answer.StatusCode == 303:
		case row.code == "consent" || row.code == "login":
			b.form(row.code)
		case b.sentTo == "" || b.param("error") != row.code:
			t.Errorf("%s: %d, %s", name, b.answer.StatusCode, b.sentTo)
		}
	}
	for _, more := range [][]string{{"prompt", "login"}, {"max_age", "0"}, {"prompt", "login consent"}} {
		b.get(m.asking("client_web", more...)).send("login", "login", bob, "password", bobsWord)
		if more[1] == "login consent" {
			b.send("consent", "answer", "allow")
		}
		if b.param("code") == "" {
			t.Errorf("%v, and signed in again: %s", more, b.sentTo)
		}
	}
	b.get(m.asking("client_page")).send("consent", "answer", "allow")
	b.get(m.asking("client_page")).form("consent") // anybody can be this client, so it is asked each time
}

// A second click on Allow comes instead of the first: it leads to the client with a
// code of its own, where what was said is remembered. It allows nothing by itself.
func TestConsentTwice(t *testing.T) {
	m := newPeople(t)
	b := m.browser().get(m.asking("client_web")).send("login", "login", bob, "password", bobsWord)
	to, fields := b.form("consent")
	fields.Set("answer", "allow")
	click := func() *browser { return b.post(to.String(), fields, "same-origin") }
	first := click().param("code")
	if second := click().param("code"); second == first || b.param("state") != "a state & more" || b.param("iss") == "" {
		t.Errorf("%q, then %s", first, b.sentTo)
	}
	for _, code := range []string{b.param("code"), first} {
		m.redeem("client_web", code).says(t, 200, "access_token")
	}
	clicks := make(chan answer)
	b.get(m.asking("client_web", "scope", "openid profiles.read read-stock"))
	to, fields = b.form("consent")
	fields.Set("answer", "allow")
	cookie := b.client.Jar.Cookies(b.page)[0].String()
	for range 8 {
		go func() { clicks <- b.bare(to.String(), fields, "Sec-Fetch-Site", "same-origin", "Cookie", cookie) }()
	}
	statuses := map[int]int{}
	for range 8 {
		a := <-clicks
		statuses[a.StatusCode]++
		if a.StatusCode == 303 && !strings.HasPrefix(a.Header.Get("Location"), "/t/acme/oauth2/authorize?client_id=client_web&") {
			t.Errorf("sent to %s", a.Header.Get("Location"))
		}
	}
	if statuses[200] != 1 || statuses[303] != 7 {
		t.Errorf("at once: %v", statuses)
	}

	b.get(m.public+"/t/acme/account").send("account/revoke", "client", "client_web")
	if click(); b.sentTo != "" {
		t.Errorf("when it was taken back: %s", b.sentTo)
	}
	b.form("consent")
	to, fields = b.get(m.asking("client_page")).form("consent")
	fields.Set("answer", "allow")
	if click().param("code") == "" {
		t.Error("no code")
	}
	if click(); b.sentTo != "" {
		t.Errorf("of a public client: %s", b.sentTo)
	}
	b.form("consent")
}

func TestLoginPage(t *testing.T) {
	m := newPeople(t)
	b := m.browser().get(m.asking("client_web"))
	to, fields := b.form("login")
	fields.Set("login", bob)
	for name, password := range map[string]string{"wrong": "canary-wrong-password", "empty": "", "long": strings.Repeat("x", 1025)} {
		fields.Set("password", password)
		b.post(to.String(), fields, "same-origin")
		if b.answer.StatusCode != 401 || strings.Contains(b.answer.body, "canary-wrong") || b.answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", name, b.answer.StatusCode, b.answer.body)
		}
		if _, shown := b.form("login"); shown.Get("login") != bob || shown.Get("request") != fields.Get("request") {
			t.Errorf("%s: the form has %v", name, shown)
		}
	}
	fields.Set("password", bobsWord)
	for name, site := range map[string]string{"another site": "cross-site", "a neighbour": "same-site", "a bookmark": "none", "in other case": "Same-Origin"} {
		if b.post(to.String(), fields, site); b.answer.StatusCode != 403 || b.answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d", name, b.answer.StatusCode)
		}
	}
	for name, row := range map[string]struct {
		origin string
		status int
	}{"nobody vouches": {"", 403}, "null": {"null", 403}, "another": {"http://evil.example", 403}, "our own": {m.public, 303}} {
		header := []string{}
		if row.origin != "" {
			header = append(header, "Origin", row.origin)
		}
		if a := b.bare(to.String(), fields, header...); a.StatusCode != row.status {
			t.Errorf("%s, in a browser without Sec-Fetch-Site: %d", name, a.StatusCode)
		}
	}
	b.post(to.String(), fields, "same-origin")
	if b.page.Path != "/t/acme/oauth2/authorize" || strings.Contains(b.page.RawQuery, "password") {
		t.Errorf("signed in: %s", b.page)
	}
	b.form("consent")
	if !strings.Contains(b.send("switch").page.Path, "/authorize") {
		t.Errorf("somebody else: %s", b.page)
	}
	b.form("login")
	m.browser().get(m.public+"/t/acme/account").send("login", "login", bob, "password", bobsWord).form("oauth2/logout")
}

// Who is not signed in any more when they take something back signs in first. Until
// they say it again everything stays.
func TestAccountSignedOut(t *testing.T) {
	m := newPeople(t)
	b := m.browser().signIn(m.asking("client_web"))
	access := m.redeem("client_web", b.param("code")).says(t, 200, "access_token")
	account := m.public + "/t/acme/account"
	for name, expire := range map[string]func(former []*http.Cookie){
		"the browser has forgotten": func([]*http.Cookie) { b.client.Jar, _ = cookiejar.New(nil) },
		"the service has forgotten": func(former []*http.Cookie) {
			b.send("oauth2/logout")
			b.client.Jar.SetCookies(b.page, former)
		},
	} {
		to, fields := b.get(account).form("account/revoke")
		expire(b.client.Jar.Cookies(b.page))
		b.post(to.String(), fields, "same-origin")
		if b.answer.StatusCode != 401 || b.sentTo != "" || !strings.Contains(b.answer.body, "no longer signed in, so nothing was changed") {
			t.Errorf("%s: %d %s", name, b.answer.StatusCode, b.answer.body)
		}
		if b.send("login", "login", bob, "password", bobsWord); b.page.Path != "/t/acme/account" || !m.active("client_sees", access) {
			t.Errorf("%s: at %s, or the token counts no more", name, b.page)
		}
	}
	b.send("account/revoke")
	eventually(t, "the token to end", func() bool { return !m.active("client_sees", access) })
}

// Each page's headers keep it out of frames, caches and others' referrers.
func TestPageHeaders(t *testing.T) {
	m := newPeople(t)
	b := m.browser()
	for _, address := range []string{m.asking("client_web"), m.asking("nobody"), m.public + "/t/acme/account", m.public + "/t/acme/oauth2/logout"} {
		h := b.get(address).answer.Header
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy %q", address, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", address, h)
		}
	}
	b.get(m.asking("client_web")).send("login", "login", bob, "password", bobsWord)
	cookie := b.client.Jar.Cookies(b.page)
	if len(cookie) != 1 || cookie[0].Name != "shapestoken-sign-in-acme" {
		t.Errorf("cookies: %v", cookie)
	}
	a := b.bare(m.public+"/t/acme/oauth2/login", url.Values{"login": {bob}, "password": {bobsWord}}, "Sec-Fetch-Site", "same-origin")
	if set := a.Header.Get("Set-Cookie"); !strings.Contains(set, "; HttpOnly; SameSite=Lax") || !strings.Contains(set, "Path=/;") || a.StatusCode != 303 {
		t.Errorf("%d, cookie %s", a.StatusCode, set)
	}
}

func TestCodesAreBound(t *testing.T) {
	m := newPeople(t)
	for name, row := range map[string]struct {
		client, by string
		more       []string
		burns      bool // and the right client has no use of it afterwards
		status     int
		code       string
	}{
		"another client":         {"client_web", "client_omni", nil, true, 400, "invalid_grant"},
		"a wrong secret":         {"client_web", "client_web", []string{"client_secret", "x"}, false, 401, "invalid_client"},
		"no secret":              {"client_web", "client_web", []string{"client_secret", ""}, false, 401, "invalid_client"},
		"another address":        {"client_web", "client_web", []string{"redirect_uri", loopbackURI}, true, 400, "invalid_grant"},
		"no address":             {"client_web", "client_web", []string{"redirect_uri", ""}, false, 400, "invalid_request"},
		"a verifier for nothing": {"client_web", "client_web", []string{"code_verifier", verifier}, true, 400, "invalid_grant"},
		"another verifier":       {"client_page", "client_page", []string{"code_verifier", "x" + verifier[1:]}, true, 400, "invalid_grant"},
		"the challenge":          {"client_page", "client_page", []string{"code_verifier", challenge}, true, 400, "invalid_grant"},
		"no verifier":            {"client_page", "client_page", []string{"code_verifier", ""}, true, 400, "invalid_grant"},
		"a public one's secret":  {"client_page", "client_page", []string{"client_secret", "x"}, false, 401, "invalid_client"},
		"an unknown code":        {"client_web", "client_web", []string{"code", "shx_0000"}, false, 400, "invalid_grant"},
		"no code":                {"client_web", "client_web", []string{"code", ""}, false, 400, "invalid_request"},
		"another grant":          {"client_web", "client_web", []string{"grant_type", "password"}, false, 400, "unsupported_grant_type"},
		"as a refresh token":     {"client_web", "client_web", []string{"grant_type", "refresh_token", "refresh_token", "x"}, false, 400, "invalid_grant"},
		"another tenant":         {"client_web", "client_web", []string{"elsewhere", "umbra"}, false, 401, "invalid_client"},
	} {
		code := m.code(row.client)
		var a answer
		if len(row.more) > 0 && row.more[0] == "elsewhere" {
			a = m.do("POST", m.public+"/t/umbra/oauth2/token", "grant_type=authorization_code&code="+code+"&redirect_uri="+url.QueryEscape(callback)+"&"+as("client_web"), "Content-Type", formType)
		} else {
			a = m.redeem(row.by, code, row.more...)
		}
		if a.says(t, row.status, "error") != row.code || strings.Contains(a.body, code) {
			t.Errorf("%s: %s", name, a.body)
		}
		if after := m.redeem(row.client, code); (after.StatusCode == 400) != row.burns {
			t.Errorf("%s, and then the right way: %d %s", name, after.StatusCode, after.body)
		}
	}
}

// A code that comes twice ends what it has given (RFC 6749 section 4.1.2).
func TestReusedCode(t *testing.T) {
	m := newPeople(t)
	for _, client := range []string{"client_web", "client_page", "client_omni"} {
		code := m.code(client)
		first := m.redeem(client, code)
		access, refresh := first.says(t, 200, "access_token"), first.says(t, 200, "refresh_token")
		next := m.refresh(client, refresh)
		if a := m.redeem(client, code); a.says(t, 400, "error") != "invalid_grant" {
			t.Errorf("%s: again: %s", client, a.body)
		}
		eventually(t, "all of it to be inactive", func() bool {
			return !m.active("client_sees", access) && !m.active("client_sees", next.says(t, 200, "access_token"))
		})
		if a := m.refresh(client, next.says(t, 200, "refresh_token")); a.says(t, 400, "error") != "invalid_grant" {
			t.Errorf("%s: refreshed: %s", client, a.body)
		}
	}
	if audit, _, _ := m.command("", "audit", "list", "acme", "--json"); strings.Count(audit, "code used again") != 3 {
		t.Errorf("the audit: %s", audit)
	}
}

func TestRefreshTokens(t *testing.T) {
	m := newPeople(t)
	give := func(client string, more ...string) string {
		return m.redeem(client, m.code(client, more...)).says(t, 200, "refresh_token")
	}
	first := give("client_web")
	a, b := m.refresh("client_web", first), m.refresh("client_web", first)
	if a.says(t, 200, "refresh_token") != b.says(t, 200, "refresh_token") || a.says(t, 200, "access_token") == b.says(t, 200, "access_token") {
		t.Errorf("a lost answer, asked for again:\n%s\n%s", a.body, b.body)
	}
	second := a.says(t, 200, "refresh_token")
	third := m.refresh("client_web", second).says(t, 200, "refresh_token")
	if got := m.refresh("client_web", first); got.says(t, 400, "error") != "invalid_grant" {
		t.Errorf("the last but two: %s", got.body)
	}
	if got := m.refresh("client_web", third); got.says(t, 400, "error") != "invalid_grant" {
		t.Errorf("the session lives on: %s", got.body)
	}
	if audit, _, _ := m.command("", "audit", "list", "acme", "--json"); !strings.Contains(audit, "refresh token used again") {
		t.Errorf("the audit: %s", audit)
	}
	for name, row := range map[string]struct {
		by   string
		more []string
		code string
	}{
		"another client":     {"client_omni", nil, "invalid_grant"},
		"a wrong secret":     {"client_web", []string{"client_secret", "x"}, "invalid_client"},
		"more scopes":        {"client_web", []string{"scope", "openid read-stock"}, "invalid_scope"},
		"another audience":   {"client_web", []string{"resource", audienceA}, "invalid_target"},
		"a truncated one":    {"client_web", []string{"refresh_token", "shpr_x.1.y"}, "invalid_grant"},
		"an access token":    {"client_web", []string{"refresh_token", "sha_x"}, "invalid_grant"},
		"nothing":            {"client_web", []string{"refresh_token", ""}, "invalid_request"},
		"in other case":      {"client_web", []string{"refresh_token", "UPPER"}, "invalid_grant"},
		"as it is, and less": {"client_web", []string{"scope", "openid"}, ""},
	} {
		token := give("client_web")
		if len(row.more) > 1 && row.more[1] == "UPPER" {
			row.more[1] = strings.ToUpper(token)
		}
		a := m.refresh(row.by, token, row.more...)
		if row.code == "" {
			a.says(t, 200, "access_token")
			continue
		}
		var told struct{ Error string }
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || told.Error != row.code || strings.Contains(a.body, token) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		m.refresh("client_web", token).says(t, 200, "access_token") // nothing was spent
	}
}

// Either token that is given back ends the session (RFC 7009 section 2.1), and
// so does the person, at the account page.
func TestSessionsEnd(t *testing.T) {
	m := newPeople(t)
	for _, client := range []string{"client_web", "client_page", "client_omni"} {
		for _, which := range []string{"access_token", "refresh_token", "the person", "the user's", "the client's", "disabled"} {
			b := m.browser().signIn(m.asking(client))
			given := m.redeem(client, b.param("code"))
			access, refresh := given.says(t, 200, "access_token"), given.says(t, 200, "refresh_token")
			undo := func() {}
			switch which {
			case "the person":
				b.get(m.public + "/t/acme/account")
				to, fields := b.form("account/revoke")
				fields.Set("client", client) // the form of another app has the same token
				b.post(to.String(), fields, "same-origin")
				if b.page.Path != "/t/acme/account" || strings.Contains(b.answer.body, "The "+client) {
					t.Errorf("the page goes on with %s: %s", client, b.page)
				}
			case "the user's":
				m.must("", "token", "revoke", "acme", "--user", bob)
			case "the client's":
				m.must("", "token", "revoke", "acme", "--client", client)
			case "disabled":
				m.must("", "user", "disable", "acme", bob)
				undo = func() { m.must("", "user", "enable", "acme", bob) }
			default:
				form := "token=" + url.QueryEscape(given.says(t, 200, which)) + "&" + as(client)
				if client == "client_page" {
					form = "token=" + url.QueryEscape(given.says(t, 200, which)) + "&client_id=" + client
				}
				if a := m.ask("/oauth2/revoke", form); a.StatusCode != 200 {
					t.Errorf("%s, %s: %d %s", client, which, a.StatusCode, a.body)
				}
			}
			eventually(t, client+", by "+which+": the access token", func() bool { return !m.active("client_sees", access) })
			eventually(t, client+", by "+which+": the refresh token", func() bool { return m.refresh(client, refresh).StatusCode == 400 })
			undo()
			eventually(t, "Bob again", func() bool {
				return m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(bob, bobsWord)).StatusCode == 200
			})
		}
	}
}

func TestUserinfo(t *testing.T) {
	m := newPeople(t)
	token := func(scope string) string {
		return m.redeem("client_web", m.code("client_web", "scope", scope)).says(t, 200, "access_token")
	}
	userinfo := func(method, body string, header ...string) answer {
		return m.do(method, m.public+"/t/acme/oauth2/userinfo", body, header...)
	}
	all := token("openid profile email")
	want := `{"sub":"user_bob","preferred_username":"Bob@Acme.example","email":"Bob@Acme.example","email_verified":false}`
	for name, a := range map[string]answer{
		"GET":         userinfo("GET", "", "Authorization", "Bearer "+all),
		"POST":        userinfo("POST", "", "Authorization", "Bearer "+all),
		"in the form": userinfo("POST", "access_token="+all, "Content-Type", formType),
	} {
		if a.StatusCode != 200 || a.body != want {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := userinfo("GET", "", "Authorization", "Bearer "+token("openid")); a.body != `{"sub":"user_bob"}` {
		t.Errorf("openid alone: %s", a.body)
	}
	for name, row := range map[string]struct {
		token  string
		status int
	}{
		"without openid":    {token("profiles.read"), 403},
		"a client's own":    {m.selfToken("client_sees"), 403},
		"nothing":           {"", 401},
		"nonsense":          {"x.y.z", 401},
		"an ID token":       {m.redeem("client_web", m.code("client_web")).says(t, 200, "id_token"), 401},
		"a refresh token":   {m.redeem("client_web", m.code("client_web")).says(t, 200, "refresh_token"), 401},
		"without a profile": {m.bobsToken("client_both"), 403},
	} {
		a := userinfo("GET", "", "Authorization", "Bearer "+row.token)
		if a.StatusCode != row.status || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: %d %s %s", name, a.StatusCode, a.Header.Get("WWW-Authenticate"), a.body)
		}
	}
	if a := userinfo("GET", "", "Authorization", "Bearer "+all, "Origin", page); a.Header.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("a listed page: %v", a.Header)
	}
}

func TestLogout(t *testing.T) {
	m := newPeople(t)
	back := "&state=s+1&post_logout_redirect_uri=" + url.QueryEscape(callback)
	hint := "id_token_hint=" + m.redeem("client_web", m.code("client_web")).says(t, 200, "id_token")
	for name, row := range map[string]struct {
		query string
		asks  bool
		to    string // afterwards
	}{
		"by itself":           {"", true, ""},
		"and back":            {"client_id=client_web" + back, true, callback + "?state=s+1"},
		"who we know":         {hint + back, false, callback + "?state=s+1"},
		"who we know by name": {hint + "&client_id=client_web" + back, false, callback + "?state=s+1"},
		"two names":           {hint + "&client_id=client_omni" + back, true, ""},
		"a forged hint":       {hint + "x" + back, true, ""},
		"to a stranger":       {hint + "&post_logout_redirect_uri=https%3A%2F%2Fevil.example", false, ""},
		"to two":              {hint + back + back, false, ""},
		"without a client":    {"post_logout_redirect_uri=" + url.QueryEscape(callback), true, ""},
	} {
		b := m.browser().signIn(m.asking("client_web"))
		cookies := b.client.Jar.Cookies(b.page)
		silent := func() string { return b.get(m.asking("client_web", "prompt", "none")).param("error") }
		b.get(m.public + "/t/acme/oauth2/logout?" + row.query)
		if row.asks {
			to, fields := b.form("oauth2/logout")
			b.post(to.String(), fields, "cross-site")
			if silent() != "" {
				t.Errorf("%s: signed out without being asked", name)
			}
			b.get(m.public + "/t/acme/oauth2/logout?" + row.query).send("oauth2/logout")
		}
		if b.sentTo != row.to {
			t.Errorf("%s: sent to %q", name, b.sentTo)
		}
		b.client.Jar.SetCookies(b.page, cookies) // as somebody would who has kept them
		if silent() != "login_required" {
			t.Errorf("%s: still signed in: %s", name, b.sentTo)
		}
	}
}

// A tenant's cookie is of no use at another's, although both share an origin.
func TestSignInsAreTheTenants(t *testing.T) {
	m := newPeople(t)
	web := personClient("client_web")
	m.addClient("umbra", web)
	eventually(t, "the client at umbra", func() bool {
		return m.do("GET", strings.Replace(m.asking("client_web"), "/t/acme/", "/t/umbra/", 1), "").StatusCode == 200
	})
	b := m.browser().signIn(m.asking("client_web"))
	cookie := b.client.Jar.Cookies(b.page)[0]
	cookie.Name = strings.Replace(cookie.Name, "acme", "umbra", 1)
	b.client.Jar.SetCookies(b.page, []*http.Cookie{cookie})
	b.get(strings.Replace(m.asking("client_web", "prompt", "none"), "/t/acme/", "/t/umbra/", 1))
	if b.param("error") != "login_required" {
		t.Errorf("at another tenant: %s", b.sentTo)
	}
}

// Where a form of ours has led to is told by Sec-Fetch-Site, or else by the
// referrer, of a GET alone: then a page goes on, and no redirect.
func TestWhoComesFromAForm(t *testing.T) {
	m := newPeople(t)
	b := m.browser().signIn(m.asking("client_web"))
	cookie := b.client.Jar.Cookies(b.page)[0].String()
	own := m.public + "/t/acme/oauth2/login"
	for name, row := range map[string]struct {
		header []string
		status int
	}{
		"nothing is said":       {nil, 303},
		"from our own page":     {[]string{"Referer", own}, 200},
		"from a page like ours": {[]string{"Referer", m.public + ".evil.example/"}, 303},
		"from the client":       {[]string{"Referer", "https://app.example/"}, 303},
		"the browser says so":   {[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		"the browser denies it": {[]string{"Sec-Fetch-Site", "cross-site", "Referer", own}, 303},
	} {
		if a := b.bareGet(m.asking("client_web"), append(row.header, "Cookie", cookie)...); a.StatusCode != row.status {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	form := url.Values{"login": {bob}, "password": {bobsWord}}
	if a := b.bare(own, form, "Referer", own); a.StatusCode != 403 {
		t.Errorf("a form with a referrer alone: %d", a.StatusCode)
	}
}

// A client may also post its question, which is then asked by GET.
func TestPostedQuestions(t *testing.T) {
	m := newPeople(t)
	b := m.browser()
	address, query, _ := strings.Cut(m.asking("client_web"), "?")
	values, _ := url.ParseQuery(query)
	if a := b.bare(address, values); a.StatusCode != 303 || a.Header.Get("Location") != "/t/acme/oauth2/authorize?"+values.Encode() {
		t.Errorf("%d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := b.bare(address, values, "Content-Type", "text/plain"); a.StatusCode != 415 || a.Header.Get("Location") != "" {
		t.Errorf("no form: %d", a.StatusCode)
	}
	values.Set("state", strings.Repeat("x", 4000))
	if a := b.bare(address, values); a.StatusCode != 415 || a.Header.Get("Location") != "" {
		t.Errorf("a long one: %d", a.StatusCode)
	}
}

// Who signs in again is signed in once: what the browser had before counts no more.
func TestSignInsDoNotPileUp(t *testing.T) {
	m := newPeople(t)
	b := m.browser().signIn(m.asking("client_web"))
	former := b.client.Jar.Cookies(b.page)
	b.get(m.asking("client_web", "prompt", "login")).send("login", "login", bob, "password", bobsWord)
	if b.param("code") == "" {
		t.Fatal(b.sentTo)
	}
	b.client.Jar.SetCookies(b.page, former)
	if b.get(m.asking("client_web", "prompt", "none")); b.param("error") != "login_required" {
		t.Errorf("the former cookie: %s", b.sentTo)
	}
	a := b.bare(m.public+"/t/acme/account/revoke", url.Values{"token": {"x"}, "client": {"client_web"}}, "Sec-Fetch-Site", "same-origin", "Cookie", former[0].String())
	if a.StatusCode != 400 {
		t.Errorf("a form that is none of ours: %d", a.StatusCode)
	}
}
