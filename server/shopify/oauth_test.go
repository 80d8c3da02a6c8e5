package shopify_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const clientID = "0123456789abcdef0123456789abcdef"

var clientSecret = secret.New("shpss_0123456789abcdef0123456789abcdef")

func openApp(t *testing.T) *store {
	t.Helper()
	s := open(t)
	s.App(clientID, clientSecret.Reveal())
	return s
}

func TestAuthorizeURL(t *testing.T) {
	c := shopify.Client{}
	got := c.AuthorizeURL(acme, clientID, "https://id.example.com/shopify/callback?a=b&c=d", "state-1", []string{"read_customers", "write_app_proxy"})
	want := "https://acme.myshopify.com/admin/oauth/authorize?client_id=" + clientID +
		"&redirect_uri=https%3A%2F%2Fid.example.com%2Fshopify%2Fcallback%3Fa%3Db%26c%3Dd&scope=read_customers%2Cwrite_app_proxy&state=state-1"
	if got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
}

// From the consent page to a token that works.
func TestInstall(t *testing.T) {
	s := openApp(t)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := browser.Get(s.AuthorizeURL(acme, clientID, "https://id.example.com/shopify/callback", "state-1", []string{"read_customers"}))
	if err != nil {
		t.Fatal(err)
	}
	back, err := page.Location()
	if err != nil {
		t.Fatal(err)
	}
	q, r := hmac.ParseOAuth(back.RawQuery)
	key, err := hmac.NewKey([]byte(clientSecret.Reveal()))
	if r != hmac.Valid || err != nil || !q.SignedBy(key) || q.Shop != acme || q.State != "state-1" || back.Host != "id.example.com" {
		t.Fatalf("came back with %v: %v", q, r)
	}
	a, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New(q.Code))
	if err != nil {
		t.Fatal(err)
	}
	want := shopify.Access{Shop: acme, Token: a.Token, Expires: noon.Add(time.Hour), Refresh: a.Refresh, RefreshExpires: noon.Add(90 * 24 * time.Hour), Scopes: []string{"read_customers", "write_app_proxy"}}
	if diff := cmp.Diff(want, a); diff != "" || a.Token.Empty() || a.Refresh.Empty() {
		t.Error(diff)
	}
	if _, err := s.Metafield(t.Context(), a, shopify.OnShop); err != nil {
		t.Error(err)
	}
	if _, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New(q.Code)); !errors.Is(err, shopify.ErrAccess) {
		t.Errorf("a used code: %v", err)
	}
}

func TestExpiryAndRefresh(t *testing.T) {
	s := openApp(t)
	first := installed(t, s)
	s.pass(time.Hour)
	if _, err := s.Metafield(t.Context(), first, shopify.OnShop); !errors.Is(err, shopify.ErrAccess) {
		t.Fatalf("an hour later: %v", err)
	}
	refresh := func(from shopify.Access) (shopify.Access, error) {
		return s.Refresh(t.Context(), acme, clientID, clientSecret, from.Refresh)
	}
	second, err := refresh(first)
	if err != nil || second.Refresh.Equal(first.Refresh) || !second.Expires.Equal(s.clock.Now().Add(time.Hour)) {
		t.Fatalf("%+v, %v", second, err)
	}
	if _, err := s.Metafield(t.Context(), second, shopify.OnShop); err != nil {
		t.Error(err)
	}
	again, err := refresh(first) // the second pair was never stored
	if err != nil {
		t.Fatalf("the former refresh token, before its successor was used: %v", err)
	}
	if _, err = refresh(again); err != nil {
		t.Fatal(err)
	}
	if _, err = refresh(first); !errors.Is(err, shopify.ErrAccess) {
		t.Errorf("the former refresh token, afterwards: %v", err)
	}
	s.pass(91 * 24 * time.Hour)
	if _, err = refresh(again); !errors.Is(err, shopify.ErrAccess) {
		t.Errorf("an old refresh token: %v", err)
	}
}

func installed(t *testing.T, s *store) shopify.Access {
	t.Helper()
	a, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New(s.Code(acme, clientID)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A lost answer costs a code and not a refresh token.
func TestLostAnswers(t *testing.T) {
	for name, fault := range map[string]shopifytest.Fault{"lost": shopifytest.Lose, "not arrived": shopifytest.Drop, "failed": shopifytest.Status(500)} {
		s := openApp(t)
		a := installed(t, s)
		s.Calls(acme)
		s.Break(acme, fault)
		if _, err := s.Refresh(t.Context(), acme, clientID, clientSecret, a.Refresh); err != nil || len(s.Calls(acme)) != 2 {
			t.Errorf("refresh, %s: %v", name, err)
		}
		s.Break(acme, fault)
		_, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New(s.Code(acme, clientID)))
		if !errors.Is(err, shopify.ErrUnavailable) || len(s.Calls(acme)) != 1 {
			t.Errorf("exchange, %s: %v", name, err)
		}
	}
	s := openApp(t)
	s.Break(acme, shopifytest.TooMany("1")) // nothing was done
	installed(t, s)
}

func TestTokenRefused(t *testing.T) {
	s := openApp(t)
	code := func() secret.Text { return secret.New(s.Code(acme, clientID)) }
	exchange := func(shop, client string, app, code secret.Text) error {
		_, err := s.Exchange(t.Context(), shop, client, app, code)
		return err
	}
	rows := map[string]error{
		"unknown code":    exchange(acme, clientID, clientSecret, secret.New("made-up-code")),
		"wrong secret":    exchange(acme, clientID, secret.New("wrong-secret"), code()),
		"unknown client":  exchange(acme, "unknown", clientSecret, code()),
		"another's code":  exchange(other, clientID, clientSecret, code()),
		"unknown refresh": second(s.Refresh(t.Context(), acme, clientID, clientSecret, secret.New("made-up-token"))),
		"a revoked token": revoked(t, s),
	}
	for name, err := range rows {
		if !errors.Is(err, shopify.ErrAccess) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := rows["unknown client"]; !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("does not say why: %v", err)
	}
}

// What cannot be right is refused before anything goes out.
func TestTokenIsNotAsked(t *testing.T) {
	c := shopify.Client{HTTP: doer(func(*http.Request) (*http.Response, error) { t.Error("asked"); return nil, io.EOF }), Pause: (&store{clock: &clock{}}).pause}
	some := secret.New("some")
	rows := map[string]error{
		"no code":    second(c.Exchange(t.Context(), acme, clientID, some, secret.Text{})),
		"no secret":  second(c.Exchange(t.Context(), acme, clientID, secret.Text{}, some)),
		"no client":  second(c.Exchange(t.Context(), acme, "", some, some)),
		"no refresh": second(c.Refresh(t.Context(), acme, clientID, some, secret.Text{})),
	}
	for name, err := range rows {
		if !errors.Is(err, shopify.ErrAccess) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Exchange(t.Context(), "evil.example", clientID, some, some); !errors.Is(err, shopify.ErrShop) {
		t.Errorf("a host that is no shop: %v", err)
	}
}

func second(_ shopify.Access, err error) error { return err }

func revoked(t *testing.T, s *store) error {
	a := installed(t, s)
	s.Revoke(acme)
	_, err := s.Refresh(t.Context(), acme, clientID, clientSecret, a.Refresh)
	if _, asking := s.Metafield(t.Context(), a, shopify.OnShop); !errors.Is(asking, shopify.ErrAccess) {
		t.Errorf("asking with a revoked token: %v", asking)
	}
	return err
}

func TestTokenAnswers(t *testing.T) {
	s := openApp(t)
	rows := map[string]struct {
		answer   string
		exchange shopify.Access
		refresh  shopify.Access
	}{
		"a custom app's": {`{"access_token":"t","scope":"a,b"}`,
			shopify.Access{Shop: acme, Token: secret.New("t"), Scopes: []string{"a", "b"}},
			shopify.Access{Shop: acme, Token: secret.New("t"), Scopes: []string{"a", "b"}, Expires: noon.Add(time.Hour), Refresh: secret.New("r0")}},
		"a whole one": {`{"access_token":"t","scope":"","expires_in":60,"refresh_token":"r1","refresh_token_expires_in":120}`,
			shopify.Access{Shop: acme, Token: secret.New("t"), Expires: noon.Add(time.Minute), Refresh: secret.New("r1"), RefreshExpires: noon.Add(2 * time.Minute)},
			shopify.Access{Shop: acme, Token: secret.New("t"), Expires: noon.Add(time.Minute), Refresh: secret.New("r1"), RefreshExpires: noon.Add(2 * time.Minute)}},
	}
	for name, row := range rows {
		s.Break(acme, shopifytest.Answers(row.answer), shopifytest.Answers(row.answer))
		got, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New("c"))
		if diff := cmp.Diff(row.exchange, got); diff != "" || err != nil {
			t.Errorf("%s, exchanged: %v %s", name, err, diff)
		}
		got, err = s.Refresh(t.Context(), acme, clientID, clientSecret, secret.New("r0"))
		if diff := cmp.Diff(row.refresh, got); diff != "" || err != nil {
			t.Errorf("%s, refreshed: %v %s", name, err, diff)
		}
	}
	for _, bad := range []string{`{}`, `{"access_token":""}`, `{"access_token":7}`, `[]`, `<html>`, `{"access_token":"t","expires_in":-1}`, `{"access_token":"t","expires_in":1e30}`,
		`{"access_token":"t","expires_in":"3600"}`, `{"access_token":"t","expires_in":9999999999}`, `{"access_token":"t","refresh_token_expires_in":-1}`} {
		s.Break(acme, shopifytest.Answers(bad))
		if got, err := s.Exchange(t.Context(), acme, clientID, clientSecret, secret.New("c")); !errors.Is(err, shopify.ErrAnswer) {
			t.Errorf("%s: %+v, %v", bad, got, err)
		}
	}
}

// The members that shopify.dev names, in a form.
func TestTokenRequests(t *testing.T) {
	var form url.Values
	c := shopify.Client{HTTP: doer(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			form, err = url.ParseQuery(string(body))
		}
		return &http.Response{StatusCode: 404, Body: http.NoBody}, err
	})}
	_, _ = c.Exchange(t.Context(), acme, "id", secret.New("s&s"), secret.New("c=c"))
	if diff := cmp.Diff(url.Values{"client_id": {"id"}, "client_secret": {"s&s"}, "code": {"c=c"}, "expiring": {"1"}}, form); diff != "" {
		t.Error(diff)
	}
	_, _ = c.Refresh(t.Context(), acme, "id", secret.New("s"), secret.New("r"))
	if diff := cmp.Diff(url.Values{"client_id": {"id"}, "client_secret": {"s"}, "grant_type": {"refresh_token"}, "refresh_token": {"r"}}, form); diff != "" {
		t.Error(diff)
	}
}
