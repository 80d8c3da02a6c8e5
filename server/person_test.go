package main

import (
	"cmp"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/shapestoken/shapestoken/server/broker"
)

// The clients through which people sign in, and where they are sent back to.
const (
	callback    = "https://app.example/callback"
	loopbackURI = "http://localhost:6000/"
	challenge   = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	verifier    = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// people are machines with clients through which people sign in: client_web, which
// has a secret, client_page, which has none, and client_omni, whose opaque tokens
// never end.
func newPeople(t testing.TB, flags ...string) *machines {
	t.Helper()
	m := furnishPeople(furnishMachines(newProgram(t)))
	m.serve(append([]string{"--ip-rate", "0"}, flags...)...)
	return m
}

func furnishPeople(m *machines) *machines {
	m.t.Helper()
	web := personClient("client_web")
	m.addClient("acme", web)
	page := personClient("client_page")
	page.Public = true
	if err := m.store.In("acme").AddClient(m.t.Context(), page, nil); err != nil {
		m.t.Fatal(err)
	}
	omni := personClient("client_omni")
	omni.Opaque, omni.TokenTTL, omni.Lasts = true, broker.Forever, broker.Forever
	m.addClient("acme", omni)
	return m
}

func personClient(id string) broker.Client {
	c := client(id, broker.AuthorizationCode, broker.RefreshToken)
	c.Name, c.Redirects = "The "+id, []string{callback, loopbackURI}
	c.Scopes = append(c.Scopes, "openid", "profile", "email", "read-stock")
	c.Lasts, c.Grace = broker.DefaultSession, broker.DefaultGrace
	return c
}

// browser is what a person looks at: it has cookies, follows redirects within the
// service, and stops where it is sent elsewhere.
type browser struct {
	t      testing.TB
	client *http.Client
	page   *url.URL
	answer answer
	sentTo string // outside; empty: nowhere
}

func (p *program) browser() *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{t: p.t}
	inside := strings.TrimPrefix(p.public, "http://")
	b.client = &http.Client{Jar: jar, Timeout: 15 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == inside {
			return nil
		}
		b.sentTo = r.URL.String()
		return http.ErrUseLastResponse
	}}
	return b
}

func (b *browser) get(address string) *browser {
	b.t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r, "none")
}

func (b *browser) do(r *http.Request, site string) *browser {
	b.t.Helper()
	b.sentTo = ""
	r.Header.Set("Sec-Fetch-Site", site)
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page, b.answer = res.Request.URL, answer{res, string(text)}
	b.goOn()
	return b
}

// goOn does what a page asks for that sends the browser on by itself.
func (b *browser) goOn() {
	for _, n := range b.nodes("meta") {
		if _, to, found := strings.Cut(attr(n, "content"), "url="); found && strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			b.sentTo = to
		}
	}
}

func (b *browser) nodes(element string) (found []*html.Node) {
	doc, err := html.Parse(strings.NewReader(b.answer.body))
	if err != nil {
		b.t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// form is the form of the page that goes to an address with this end.
func (b *browser) form(action string) (to *url.URL, fields url.Values) {
	b.t.Helper()
	for _, f := range b.nodes("form") {
		if !strings.HasSuffix(attr(f, "action"), action) {
			continue
		}
		to, err := b.page.Parse(attr(f, "action"))
		if err != nil {
			b.t.Fatal(err)
		}
		fields = url.Values{}
		for n := range f.Descendants() {
			if n.Data == "input" {
				fields.Set(attr(n, "name"), attr(n, "value"))
			}
		}
		return to, fields
	}
	b.t.Fatalf("no form to %s in %d %s", action, b.answer.StatusCode, b.answer.body)
	return nil, nil
}

// send fills in a form and sends it.
func (b *browser) send(action string, fill ...string) *browser {
	b.t.Helper()
	to, fields := b.form(action)
	for i := 0; i+1 < len(fill); i += 2 {
		fields.Set(fill[i], fill[i+1])
	}
	return b.post(to.String(), fields, "same-origin")
}

func (b *browser) post(to string, fields url.Values, site string) *browser {
	b.t.Helper()
	r, err := http.NewRequest("POST", to, strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", formType)
	return b.do(r, site)
}

// asking is the address where a client sends a person.
func (m *machines) asking(client string, more ...string) string {
	q := url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {callback}, "scope": {"openid profiles.read"}, "state": {"a state & more"}}
	if client == "client_page" {
		q.Set("code_challenge", challenge)
		q.Set("code_challenge_method", "S256")
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
		if more[i+1] == "" {
			q.Del(more[i])
		}
	}
	return m.public + "/t/acme/oauth2/authorize?" + q.Encode()
}

// signIn is Bob who signs in and allows what is asked.
func (b *browser) signIn(address string) *browser {
	b.t.Helper()
	b.get(address)
	if b.sentTo == "" && strings.Contains(b.answer.body, `name="password"`) {
		b.send("login", "login", bob, "password", bobsWord)
	}
	if b.sentTo == "" { // Bob has not allowed it before
		b.send("consent", "answer", "allow")
	}
	return b
}

// bare posts a form without following where it leads.
func (b *browser) bare(to string, fields url.Values, header ...string) answer {
	b.t.Helper()
	return b.unfollowed("POST", to, fields.Encode(), append([]string{"Content-Type", formType}, header...)...)
}

// bareGet is get without following where it leads, and without cookies.
func (b *browser) bareGet(address string, header ...string) answer {
	b.t.Helper()
	return b.unfollowed("GET", address, "", header...)
}

func (b *browser) unfollowed(method, address, body string, header ...string) answer {
	b.t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, string(text)}
}

// param is one of the address to which the browser was sent.
func (b *browser) param(name string) string {
	b.t.Helper()
	u, err := url.Parse(b.sentTo)
	if err != nil || b.sentTo == "" {
		b.t.Fatalf("sent to %q, %v: %d %s", b.sentTo, err, b.answer.StatusCode, b.answer.body)
	}
	return u.Query().Get(name)
}

// redeem is a client that brings a code back.
func (m *machines) redeem(client, code string, more ...string) answer {
	m.t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "client_id": {client}}
	if client == "client_page" {
		form.Set("code_verifier", verifier)
	} else {
		form.Set("client_secret", secretOf(client))
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
		if more[i+1] == "" {
			form.Del(more[i])
		}
	}
	return m.ask("/oauth2/token", form.Encode())
}

// refresh is a client that goes on with a refresh token.
func (m *machines) refresh(client, token string, more ...string) answer {
	m.t.Helper()
	return m.redeem(client, "", append([]string{"grant_type", "refresh_token", "refresh_token", token, "code", "", "redirect_uri", "", "code_verifier", ""}, more...)...)
}

// code is one that Bob has just let a client have.
func (m *machines) code(client string, more ...string) string {
	m.t.Helper()
	code := m.browser().signIn(m.asking(client, more...)).param("code")
	if code == "" {
		m.t.Fatal("no code")
	}
	return code
}

func TestSignIn(t *testing.T) {
	m := newPeople(t)
	for _, client := range []string{"client_web", "client_page", "client_omni"} {
		b := m.browser().get(m.asking(client, "nonce", "n-1"))
		if !strings.Contains(b.answer.body, "The "+client) || b.answer.StatusCode != 200 || b.sentTo != "" {
			t.Fatalf("the login page: %d %s", b.answer.StatusCode, b.answer.body)
		}
		b.send("login", "login", bob, "password", bobsWord)
		if !strings.Contains(b.answer.body, "app.example") || b.page.Query().Get("client_id") != client {
			t.Fatalf("the consent page at %s: %s", b.page, b.answer.body)
		}
		b.send("consent", "answer", "allow")
		if !strings.HasPrefix(b.sentTo, callback+"?") || b.param("state") != "a state & more" || b.param("iss") != m.public+"/t/acme" {
			t.Fatalf("sent to %s", b.sentTo)
		}
		got := m.redeem(client, b.param("code"))
		access, refresh := got.says(t, 200, "access_token"), got.says(t, 200, "refresh_token")
		if !m.active("client_sees", access) || m.active("client_sees", refresh) || client != "client_page" && !m.active(client, refresh) {
			t.Errorf("%s: what was given does not count, or the refresh token for others", client)
		}
		id := payloadOf(t, got.says(t, 200, "id_token"))
		if id["sub"] != "user_bob" || id["aud"] != client || id["nonce"] != "n-1" || id["iss"] != m.public+"/t/acme" {
			t.Errorf("%s: ID token %v", client, id)
		}
		if client == "client_omni" && !strings.Contains(got.body, `"expires_in":9223372036,`) {
			t.Errorf("opaque: %s", got.body)
		}
		me := m.do("GET", m.public+"/t/acme/oauth2/userinfo", "", "Authorization", "Bearer "+access)
		if me.says(t, 200, "sub") != "user_bob" {
			t.Errorf("userinfo: %s", me.body)
		}
		again := m.refresh(client, refresh)
		if next := again.says(t, 200, "refresh_token"); next == refresh || !m.active("client_sees", again.says(t, 200, "access_token")) {
			t.Errorf("%s: refreshed: %s", client, cmp.Or(again.body, "nothing"))
		}
	}
}
