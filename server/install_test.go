package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

const ownAddress = "https://id.example.com/t/acme"

// merchant is a browser between the program and a Shopify.
type merchant struct {
	*program
	shopify *shopifytest.Server
	cookie  string // name=value, as it was set last
}

func newMerchant(t *testing.T) *merchant {
	t.Helper()
	schema, err := os.ReadFile("../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	m := &merchant{shopify: shopifytest.New(t, string(schema))}
	m.shopify.App(appID, appSecret)
	server := httptest.NewServer(m.shopify)
	t.Cleanup(server.Close)
	m.program = newAcme(t, "--shopify-url="+server.URL+"/{shop}", "--outbound-allow=127.0.0.0/8")
	m.must(appSecret+"\n", "shop", "app", "acme", shopA, "--client-id", appID, "--client-secret-stdin")
	m.must("", "tenant", "set", "acme", "--issuer", ownAddress)
	eventually(t, "the issuer is known", func() bool {
		return strings.Contains(m.do("GET", m.public+"/t/acme/.well-known/openid-configuration", "").body, ownAddress)
	})
	return m
}

// get asks as a browser does, and follows nothing.
func (m *merchant) get(url string, header ...string) answer {
	m.t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	if m.cookie != "" {
		r.Header.Set("Cookie", "theme=dark; "+m.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		m.cookie = c.Name + "=" + c.Value
		if c.MaxAge < 0 {
			m.cookie = ""
		}
	}
	return answer{res, string(b)}
}

// opened is a query of Shopify's, signed with the app's secret.
func opened(t testing.TB, key *hmac.Key, shop string, at time.Time, more ...string) string {
	t.Helper()
	query := strings.Join(append([]string{"shop=" + shop, fmt.Sprint("timestamp=", at.Unix())}, more...), "&")
	signature, result := key.SignOAuth(query)
	if result != hmac.Valid {
		t.Fatal(result)
	}
	return query + "&hmac=" + signature
}

func (m *merchant) install(query string, header ...string) answer {
	return m.get(m.public+"/t/acme/shopify/install?"+query, header...)
}

// consents goes from the install page through Shopify's, and returns the query
// that it comes back with.
func (m *merchant) consents() (query string) {
	m.t.Helper()
	a := m.install(opened(m.t, appKey(m.t), shopA, time.Now()))
	if a.StatusCode != 302 {
		m.t.Fatalf("install: %d %s", a.StatusCode, a.body)
	}
	back, err := url.Parse(m.get(a.Header.Get("Location")).Header.Get("Location"))
	if err != nil || back.Scheme+"://"+back.Host+back.Path != ownAddress+"/shopify/callback" {
		m.t.Fatalf("Shopify sends the browser to %v: %v", back, err)
	}
	return back.RawQuery
}

func (m *merchant) returns(query string) answer {
	return m.get(m.public + "/t/acme/shopify/callback?" + query)
}

// mustBeClosed checks the headers of a merchant's page: nothing is loaded into it,
// nothing is sent from it, and nobody keeps it or frames it.
func mustBeClosed(t *testing.T, name string, a answer) {
	t.Helper()
	style, _, _ := strings.Cut(a.body[strings.Index(a.body, "<style>")+len("<style>"):], "</style>")
	sum := sha256.Sum256([]byte(style))
	for _, want := range []string{
		"default-src 'none';", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'",
	} {
		if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, want) {
			t.Errorf("%s: the policy lacks %s: %s", name, want, policy)
		}
	}
	for header, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if got := a.Header.Get(header); got != want {
			t.Errorf("%s: %s: %q", name, header, got)
		}
	}
}

// mustShow checks a page that refuses.
func mustShow(t *testing.T, name string, a answer, status int, says string) {
	t.Helper()
	if a.StatusCode != status || !strings.Contains(a.body, says) || a.Header.Get("Location") != "" {
		t.Errorf("%s: %d %v\n%s", name, a.StatusCode, a.Header, a.body)
	}
	mustBeClosed(t, name, a)
	mustNotSay(t, name, a.body, "canary", "evil", "hmac=", "code=", "state=", "shpat_")
}

func TestInstall(t *testing.T) {
	m := newMerchant(t)
	s := m.database()
	began := time.Now()
	query := m.consents()
	if !strings.HasPrefix(m.cookie, "__Host-shapestoken-install-acme=") {
		t.Errorf("cookie %s", m.cookie)
	}
	used := m.cookie
	a := m.returns(query)
	if a.StatusCode != 200 || !strings.Contains(a.body, `href="https://`+shopA+`/admin"`) || m.cookie != "" {
		t.Fatalf("%d %s, cookie %q", a.StatusCode, a.body, m.cookie)
	}
	mustBeClosed(t, "the page", a)
	mustNotSay(t, "the page", a.body, "canary", "shpat_", "code-")
	got, err := s.In("acme").Admin(t.Context(), shopA)
	if err != nil || got.Holder != broker.HeldByShop || got.Granted.Before(began.Truncate(time.Microsecond)) || got.Expires.IsZero() || got.Refresh.Empty() || got.RefreshExpires.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if hooks := m.shopify.Webhooks(shopA); !slices.Equal(hooks, []string{"APP_UNINSTALLED " + ownAddress + "/shopify/webhooks", "CUSTOMERS_MERGE " + ownAddress + "/shopify/webhooks"}) {
		t.Errorf("webhooks: %v", hooks)
	}

	mustShow(t, "again, without a state", m.returns(query), 403, "not begun in this browser")
	m.cookie = used
	mustShow(t, "again, with it", m.returns(query), 403, "has not taken the code")

	if err := s.In("acme").SetAdmin(t.Context(), shopA, broker.Admin{Holder: broker.HeldByApp, Token: secret.New("former"), Granted: began}); err != nil {
		t.Fatal(err)
	}
	if a := m.returns(m.consents()); a.StatusCode != 200 {
		t.Fatalf("installed anew: %d %s", a.StatusCode, a.body)
	}
	if got, err := s.In("acme").Admin(t.Context(), shopA); err != nil || got.Holder != broker.HeldByApp || got.Token.Reveal() == "former" {
		t.Errorf("%+v, %v", got, err)
	}
	mustNotSay(t, "the log", m.log.String(), "canary", "shpat_", "shprt_", "code-", "state=")
}

// Where the browser is sent, and what it is given, has nothing to do with what it says.
func TestInstallSendsToTheShop(t *testing.T) {
	m := &merchant{program: newApp(t)}
	query := opened(t, appKey(t), shopA, time.Now(), "host=YWRtaW4", "return_to=evil.example")
	for name, header := range map[string][]string{"plainly": nil, "by another host": {"Host", "id.evil.example", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https"}} {
		a := m.install(query, header...)
		to, err := url.Parse(a.Header.Get("Location"))
		if err != nil || a.StatusCode != 302 || to.Scheme+"://"+to.Host+to.Path != "https://"+shopA+"/admin/oauth/authorize" || a.Header.Get("Cache-Control") != "no-store" || a.body != "" {
			t.Fatalf("%s: %d %v", name, a.StatusCode, a.Header)
		}
		q := to.Query()
		if q.Get("redirect_uri") != m.public+"/t/acme/shopify/callback" || q.Get("client_id") != appID || q.Get("scope") != "read_customer_merge" || len(q) != 4 {
			t.Errorf("%s: %v", name, q)
		}
		want := "shapestoken-install-acme=" + q.Get("state") + "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax" // over http on this machine
		if got := a.Header.Values("Set-Cookie"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: cookies %q", name, got)
		}
	}
}

func TestInstallCookie(t *testing.T) {
	m := newMerchant(t)
	a := m.install(opened(t, appKey(t), shopA, time.Now()))
	form := regexp.MustCompile(`^__Host-shapestoken-install-acme=[A-Za-z0-9._-]{81}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$`)
	if got := a.Header.Values("Set-Cookie"); len(got) != 1 || !form.MatchString(got[0]) {
		t.Errorf("%q", got)
	}
	a = m.returns("nonsense")
	if got := a.Header.Get("Set-Cookie"); got != "__Host-shapestoken-install-acme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure" {
		t.Errorf("%q", got)
	}
}

func TestInstallRefusals(t *testing.T) {
	m := newMerchant(t)
	m.must("canary-client-secret-of-umbra-0123456789\n", "shop", "app", "umbra", shopA, "--client-id", "umbras-own-app", "--client-secret-stdin")
	now, key := time.Now(), appKey(t)
	other, err := hmac.NewKey([]byte("canary-client-secret-of-nobody-01234567"))
	if err != nil {
		t.Fatal(err)
	}
	good := opened(t, key, shopA, now)
	const again, forShopify = "open the app from the Shopify admin", "this address is for Shopify to open"
	mustShow(t, "no query", m.install(""), 400, forShopify)
	mustShow(t, "in German", m.install("", "Accept-Language", "de"), 400, "Die Installation hat nicht geklappt")
	mustShow(t, "another key", m.install(opened(t, other, shopA, now)), 401, "client secret")
	mustShow(t, "another tenant", m.get(m.public+"/t/umbra/shopify/install?"+good), 401, "client secret")
	mustShow(t, "a shop without an app", m.install(opened(t, key, shopB, now)), 401, "client secret")
	mustShow(t, "another host", m.install(strings.Replace(good, shopA, "evil.example", 1)), 400, forShopify)
	mustShow(t, "a host behind the shop's", m.install(strings.Replace(good, shopA, shopA+".evil.example", 1)), 400, forShopify)
	mustShow(t, "the shop twice", m.install(good+"&shop="+shopA), 400, forShopify)
	mustShow(t, "more than 90 seconds ago", m.install(opened(t, key, shopA, now.Add(-92*time.Second))), 401, again)
	mustShow(t, "more than 90 seconds ahead", m.install(opened(t, key, shopA, now.Add(95*time.Second))), 401, again)
	mustShow(t, "a POST", m.do("POST", m.public+"/t/acme/shopify/install?"+good, ""), 405, "method")
	mustShow(t, "no such tenant", m.get(m.public+"/t/nobody/shopify/install?"+good), 404, "no such tenant")

	mustShow(t, "back without anything", m.returns(""), 400, forShopify)
	mustShow(t, "back without a code", m.returns(good), 400, "no code")
	mustShow(t, "back without a state", m.returns(opened(t, key, shopA, now, "code=canary")), 403, "not begun in this browser")
	back := func(name string, change func(query, cookie string) (string, string)) {
		t.Helper()
		query := m.consents()
		query, m.cookie = change(query, m.cookie)
		mustShow(t, name, m.returns(query), 403, "not begun in this browser")
	}
	back("in another browser", func(query, _ string) (string, string) { return query, "" })
	back("with another's cookie", func(query, cookie string) (string, string) {
		other := map[bool]string{true: "Q", false: "A"}[strings.HasSuffix(cookie, "A")]
		return query, cookie[:len(cookie)-1] + other
	})
	back("with the cookie of another tenant", func(query, cookie string) (string, string) {
		return query, strings.Replace(cookie, "-acme", "-umbra", 1)
	})
	back("with the cookie's plain name", func(query, cookie string) (string, string) { return query, strings.TrimPrefix(cookie, "__Host-") })
	query := m.consents()
	mustShow(t, "with another code", m.returns(strings.Replace(query, "code-", "code-1", 1)), 401, "client secret")

	m.must("", "tenant", "suspend", "acme")
	eventually(t, "suspended", func() bool { return m.install(opened(t, key, shopA, time.Now())).StatusCode == 403 })
	m.must("", "tenant", "resume", "acme")
	m.must("", "tenant", "set", "acme", "--deny", "install")
	eventually(t, "resumed, and denied", func() bool {
		return strings.Contains(m.install(opened(t, key, shopA, time.Now())).body, "does not serve this way")
	})
	if _, err := m.database().In("acme").Admin(t.Context(), shopA); !errors.Is(err, broker.ErrNotFound) {
		t.Errorf("an access was kept: %v", err)
	}
	mustNotSay(t, "the log", m.log.String(), "canary", "hmac=", "state=", "code=")
}

// What Shopify may answer to the code.
func TestExchangeFails(t *testing.T) {
	m := newMerchant(t)
	for name, row := range map[string]struct {
		fault  shopifytest.Fault
		status int
		says   string
	}{
		"refused":         {shopifytest.Refuses("invalid_request", "the code is too old"), 403, "has not taken the code"},
		"another app":     {shopifytest.Status(403), 403, "has not taken the code"},
		"down":            {shopifytest.Status(500), 503, "did not answer as it should"},
		"cut off":         {shopifytest.Drop, 503, "did not answer as it should"},
		"lost on the way": {shopifytest.Lose, 503, "did not answer as it should"},
		"a page":          {shopifytest.Page, 503, "did not answer as it should"},
	} {
		query := m.consents()
		m.shopify.Break(shopA, row.fault)
		mustShow(t, name, m.returns(query), row.status, row.says)
	}
	if _, err := m.database().In("acme").Admin(t.Context(), shopA); !errors.Is(err, broker.ErrNotFound) {
		t.Errorf("an access was kept: %v", err)
	}
	query := m.consents()
	m.shopify.Break(shopA, shopifytest.Pass, shopifytest.Says("ACCESS_DENIED", "no read_customer_merge"))
	if a := m.returns(query); a.StatusCode != 200 {
		t.Errorf("a subscription that fails: %d %s", a.StatusCode, a.body)
	}
	if hooks := m.shopify.Webhooks(shopA); len(hooks) != 1 || !strings.HasPrefix(hooks[0], "CUSTOMERS_MERGE ") {
		t.Errorf("webhooks %v", hooks)
	}
	eventually(t, "the log says so", func() bool { return strings.Contains(m.log.String(), "could not be subscribed to") })
	mustNotSay(t, "the log", m.log.String(), "canary", "shpat_", "code-")
}

type never struct{}

// Do implements shopify.HTTP.
func (never) Do(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

var theShop = &broker.Shop{Name: shopA, App: &broker.ShopifyApp{ClientID: appID, Secrets: []broker.AppSecret{{Text: secret.New(appSecret)}}}}

// A Shopify that never answers is given up in time.
func TestExchangeTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := installer{shopify: &shopify.Client{HTTP: never{}}, log: discard}
		began := time.Now()
		_, err := i.exchange(context.Background(), theShop, secret.New("code"))
		if e := broker.AsError(err); e.Code != broker.Unavailable || time.Since(began) != exchanging {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// Without an address of its own there is nothing that Shopify could send a browser back to.
func TestInstallNeedsAnAddress(t *testing.T) {
	i := installer{shopify: &shopify.Client{}, visits: proof.Install{Now: time.Now}}
	for issuer, good := range map[string]bool{
		"https://id.example.com/t/acme": true, "http://127.0.0.1:8080/t/acme": true, "http://localhost:8080/t/acme": true,
		"http://10.0.0.5:8080/t/acme": false, "http://id.example.com": false, "": false,
	} {
		location, state, err := i.Begin(&broker.Tenant{Issuer: issuer, Pseudonyms: appKey(t)}, theShop)
		if (err == nil) != good || (location != "") != good || (state != "") != good {
			t.Errorf("%q: %q %q %v", issuer, location, state, err)
		}
	}
}

// An access that cannot be kept is not said to be there.
func TestInstallWithoutDatabase(t *testing.T) {
	m := newMerchant(t)
	var outage storetest.Outage
	s := openWith(t, m.args[1], m.args[3], &outage)
	defer s.Close()
	server := httptest.NewServer(m.shopify)
	defer server.Close()
	i := installer{s, &shopify.Client{HTTP: http.DefaultClient, Base: shopifytest.Base(server.URL)}, proof.Install{Now: time.Now}, discard}
	finish := func() error {
		return i.Finish(t.Context(), &broker.Tenant{Name: "acme", Issuer: ownAddress}, theShop, secret.New(m.shopify.Code(shopA, appID)))
	}
	outage.Cut()
	if e := broker.AsError(finish()); e.Code != broker.Unavailable || strings.Contains(e.Message, "cut") {
		t.Errorf("%v", e)
	}
	outage.Mend()
	if err := finish(); err != nil {
		t.Error(err)
	}
}
