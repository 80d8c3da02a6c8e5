package proof_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/keyset"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	project  = "acme-omi"
	firebase = "https://securetoken.google.com/" + project
	accounts = "https://accounts.example"
)

// trust is a tenant that trusts a Firebase project and another issuer, whose keys
// are read over HTTP.
type trust struct {
	proof.IDToken
	tenant *broker.Tenant
	asked  atomic.Int64
	status atomic.Int64 // of the keys' server
}

func newTrust(t testing.TB) *trust {
	t.Helper()
	k := &trust{}
	k.status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.asked.Add(1)
		w.WriteHeader(int(k.status.Load()))
		_, _ = w.Write(published(t, "p256", "p384", "rsa"))
	}))
	client := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(func() { client.Close(); server.Close() })
	k.IDToken = proof.IDToken{Keys: keyset.New(keyset.Config{Client: client, Now: at(now)}), Now: at(now), AnyIssuer: true}
	mine, other := broker.Firebase(project), broker.Issuer{URL: accounts, Audience: "client", JWKSURL: server.URL}
	mine.JWKSURL = server.URL
	k.tenant = &broker.Tenant{Name: "acme", Issuers: map[string]*broker.Issuer{mine.URL: &mine, other.URL: &other}}
	return k
}

// said is a right ID token of the project's with changes; nil deletes.
func said(t testing.TB, header, claims object) secret.Text {
	t.Helper()
	return saidBy(t, jwt.SigningMethodRS256, signers()["rsa"], merge(object{"kid": "rsa"}, header), claims)
}

func saidBy(t testing.TB, method jwt.SigningMethod, key any, header, claims object) secret.Text {
	t.Helper()
	all := merge(object{
		"iss": firebase, "sub": "uid-of-anna", "aud": project, "exp": now + 3600, "iat": now - 10, "auth_time": now - 20,
		"user_id": "uid-of-anna", "firebase": object{"sign_in_provider": "password"},
	}, claims)
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat", "jti"} { // an assertion has them otherwise
		if _, there := all[name]; !there {
			all[name] = nil
		}
	}
	return assertedBy(t, method, key, header, all)
}

// ofOther are the claims of the issuer that is no Firebase project.
func ofOther(claims object) object {
	return merge(object{"iss": accounts, "aud": "client", "auth_time": nil}, claims)
}

func TestIDTokens(t *testing.T) {
	mine := broker.Identity{
		Subject: broker.Subject{Kind: broker.External, ID: "uid-of-anna"}, Issuer: firebase, Method: broker.ForeignToken, NotAfter: time.Unix(now+3660, 0),
	}
	other, named, expiring := mine, mine, mine
	other.Issuer = accounts
	named.Subject.ID = strings.Repeat("ü", 128)
	expiring.NotAfter = time.Unix(now+1, 0)
	for name, row := range map[string]struct {
		token secret.Text
		want  broker.Identity
	}{
		"Firebase":                    {said(t, nil, nil), mine},
		"without typ":                 {said(t, object{"typ": nil}, nil), mine},
		"without a kid, one such key": {said(t, object{"kid": nil}, nil), mine},
		"aud a list of one":           {said(t, nil, object{"aud": []string{project}}), mine},
		"made 60 seconds ahead":       {said(t, nil, object{"iat": now + 60, "auth_time": now + 60}), mine},
		"ended 59 seconds ago":        {said(t, nil, object{"exp": now - 59}), expiring},
		"a uid of 128 characters":     {said(t, nil, object{"sub": named.Subject.ID}), named},
		"another issuer":              {said(t, nil, ofOther(nil)), other},
		"another issuer, ES256":       {saidBy(t, jwt.SigningMethodES256, signers()["p256"], object{"kid": "p256"}, ofOther(nil)), other},
		"another issuer, auth_time":   {said(t, nil, ofOther(object{"auth_time": now})), other},
	} {
		k := newTrust(t)
		got, err := k.Prove(t.Context(), k.tenant, &broker.Request{Bearer: row.token})
		if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

const (
	strange = "it is of no issuer or project that this tenant trusts"
	nobody  = "it has no uid of 1 to 128 characters"
)

// TestForgedIDTokens: one is wrong in one way each. quiet are those for which no
// key is asked for.
func TestForgedIDTokens(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(signers()["rsa"].Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	by := func(method jwt.SigningMethod, key any, header object) secret.Text {
		return saidBy(t, method, key, merge(object{"kid": "rsa"}, header), nil)
	}
	parts := strings.Split(said(t, nil, nil).Reveal(), ".")
	for name, f := range map[string]struct {
		token secret.Text
		cause string
		quiet bool
	}{
		"another project":           {said(t, nil, object{"iss": firebase + "2", "aud": project + "2"}), strange, true},
		"another project's aud":     {said(t, nil, object{"aud": project + "2"}), jwt.ErrTokenInvalidAudience.Error(), false},
		"another project's iss":     {said(t, nil, object{"iss": firebase + "2"}), strange, true},
		"iss with a slash":          {said(t, nil, object{"iss": firebase + "/"}), strange, true},
		"a session cookie's iss":    {said(t, nil, object{"iss": "https://session.firebase.google.com/" + project}), strange, true},
		"no iss":                    {said(t, nil, object{"iss": nil}), strange, true},
		"the other's aud":           {said(t, nil, object{"aud": "client"}), jwt.ErrTokenInvalidAudience.Error(), false},
		"two auds":                  {said(t, nil, object{"aud": []string{project, "client"}}), jwt.ErrTokenInvalidAudience.Error(), false},
		"the same aud twice":        {said(t, nil, object{"aud": []string{project, project}}), jwt.ErrTokenInvalidAudience.Error(), false},
		"no aud":                    {said(t, nil, object{"aud": nil}), missing, false},
		"ended a minute ago":        {said(t, nil, object{"exp": now - 60}), expired, false},
		"no exp":                    {said(t, nil, object{"exp": nil}), missing, false},
		"made 61 seconds ahead":     {said(t, nil, object{"iat": now + 61}), jwt.ErrTokenUsedBeforeIssued.Error(), false},
		"no iat":                    {said(t, nil, object{"iat": nil}), missing, false},
		"signed in ahead":           {said(t, nil, object{"auth_time": now + 61}), "the sign-in that it tells of is in the future", false},
		"no auth_time of Firebase":  {said(t, nil, object{"auth_time": nil}), missing, false},
		"good 61 seconds ahead":     {said(t, nil, object{"nbf": now + 61}), jwt.ErrTokenNotValidYet.Error(), false},
		"no sub":                    {said(t, nil, object{"sub": nil}), nobody, false},
		"sub empty":                 {said(t, nil, object{"sub": ""}), nobody, false},
		"sub of 129 characters":     {said(t, nil, object{"sub": strings.Repeat("u", 129)}), nobody, false},
		"sub with a NUL":            {said(t, nil, object{"sub": "u\x00"}), nobody, false},
		"sub with a line end":       {said(t, nil, object{"sub": "u\r\n"}), nobody, false},
		"sub a number":              {said(t, nil, object{"sub": 1}), malformed, true},
		"none":                      {by(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), unsigned, true},
		"none in another case":      {said(t, object{"alg": "nOnE"}, nil), malformed, true},
		"HS256 with the public key": {by(jwt.SigningMethodHS256, public, nil), unsigned, true},
		"PS256":                     {by(jwt.SigningMethodPS256, signers()["rsa"], nil), unsigned, true},
		"RS384":                     {by(jwt.SigningMethodRS384, signers()["rsa"], nil), unsigned, true},
		"ES384":                     {by(jwt.SigningMethodES384, signers()["p384"], object{"kid": "p384"}), unsigned, true},
		"RS256 by an EC key's kid":  {by(jwt.SigningMethodRS256, signers()["rsa"], object{"kid": "p256"}), noSuchKey, false},
		"another's key":             {by(jwt.SigningMethodES256, signers()["stranger"], object{"kid": "p256"}), unsigned, false},
		"an unknown key":            {by(jwt.SigningMethodES256, signers()["stranger"], object{"kid": "stranger"}), noSuchKey, false},
		"a kid that is a path":      {said(t, object{"kid": "../rsa"}, nil), noSuchKey, true},
		"a kid that is SQL":         {said(t, object{"kid": "' OR 1=1 --"}, nil), noSuchKey, true},
		"a kid that is a URL":       {said(t, object{"kid": "https://canary.example"}, nil), noSuchKey, true},
		"a long kid":                {said(t, object{"kid": strings.Repeat("k", 4<<10)}, nil), noSuchKey, true},
		"an access token":           {said(t, object{"typ": "at+jwt"}, nil), foreign, true},
		"jku":                       {said(t, object{"jku": "https://canary.example"}, nil), foreign, true},
		"crit":                      {said(t, object{"crit": []string{"exp"}}, nil), foreign, true},
		"a payload of another":      {secret.New(parts[0] + "." + strings.Split(said(t, nil, object{"sub": "bob"}).Reveal(), ".")[1] + "." + parts[2]), unsigned, false},
		"too long":                  {said(t, nil, object{"ext": strings.Repeat("a", 8<<10)}), malformed, true},
		"dots":                      {secret.New(strings.Repeat(".", 1<<20)), malformed, true},
		"nothing":                   {secret.Text{}, malformed, true},
		"rubbish":                   {secret.New("canary"), malformed, true},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTrust(t)
			id, err := k.Prove(t.Context(), k.tenant, &broker.Request{Bearer: f.token})
			e := broker.AsError(err)
			if err == nil || e.Code != broker.InvalidToken || e.Cause == nil || e.Cause.Error() != f.cause || id.Subject != (broker.Subject{}) {
				t.Errorf("%v, %v; want %s", id.Subject, err, f.cause)
			}
			if asked := k.asked.Load(); f.quiet && asked != 0 || asked > 2 {
				t.Errorf("the issuer was asked %d times", asked)
			}
			for _, part := range append(strings.Split(f.token.Reveal(), "."), "canary") {
				if len(part) > 3 && strings.Contains(err.Error(), part) {
					t.Errorf("quotes the token: %v", err)
				}
			}
		})
	}
}

// If the keys cannot be had, nobody says that a token is wrong, nor that it is right.
func TestIDTokenAway(t *testing.T) {
	k := newTrust(t)
	k.status.Store(http.StatusServiceUnavailable)
	_, err := k.Prove(t.Context(), k.tenant, &broker.Request{Bearer: said(t, nil, nil)})
	if e := broker.AsError(err); err == nil || e.Code != broker.Unavailable || e.RetryAfter != 10*time.Second || e.Cause == nil {
		t.Errorf("got %v", err)
	}
}

// Firebase's word alone is taken where nothing else is said; and that of an
// issuer of which something is missing, nowhere.
func TestIDTokenIssuers(t *testing.T) {
	k := newTrust(t)
	k.AnyIssuer = false
	token := said(t, nil, ofOther(nil))
	if _, err := k.Prove(t.Context(), k.tenant, &broker.Request{Bearer: token}); err == nil || !strings.HasSuffix(err.Error(), strange) || k.asked.Load() != 0 {
		t.Errorf("no project's: %v", err)
	}
	if _, err := k.Prove(t.Context(), k.tenant, &broker.Request{Bearer: said(t, nil, nil)}); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*broker.Issuer){
		"no iss": func(i *broker.Issuer) { i.URL = "" }, "no aud": func(i *broker.Issuer) { i.Audience = "" }, "no keys": func(i *broker.Issuer) { i.JWKSURL = "" },
	} {
		spoilt := *k.tenant.Issuers[firebase]
		spoil(&spoilt)
		tenant := &broker.Tenant{Issuers: map[string]*broker.Issuer{spoilt.URL: &spoilt}}
		if _, err := k.Prove(t.Context(), tenant, &broker.Request{Bearer: said(t, nil, object{"iss": spoilt.URL, "aud": spoilt.Audience})}); err == nil || !strings.HasSuffix(err.Error(), strange) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := *k.tenant.Issuers[firebase]
	other.URL = accounts
	tenant := &broker.Tenant{Issuers: map[string]*broker.Issuer{firebase: &other}}
	if _, err := k.Prove(t.Context(), tenant, &broker.Request{Bearer: said(t, nil, nil)}); !errors.Is(err, jwt.ErrTokenInvalidIssuer) {
		t.Errorf("under another's name: %v", err)
	}
}

// logins is a Firebase that says what it is told to.
type logins struct {
	token secret.Text
	err   error
	asked []broker.Login
	key   secret.Text
}

func (l *logins) SignIn(_ context.Context, key secret.Text, login broker.Login) (secret.Text, error) {
	l.asked, l.key = append(l.asked, login), key
	return l.token, l.err
}

// What a page was told is for Firebase to judge, and what Firebase says of that
// is verified as if a stranger had brought it.
func TestConsent(t *testing.T) {
	typed := broker.Login{Name: "anna@example.com", Password: secret.New("canary"), Sent: true}
	wrong := broker.Refuse(broker.InvalidGrant, "wrong")
	for _, row := range []struct {
		name    string
		request broker.Request
		says    logins
		keyless bool
		want    string // the error; empty: proved
		asked   int
	}{
		{"a token", broker.Request{Bearer: said(t, nil, nil)}, logins{}, false, "", 0},
		{"a login", broker.Request{Login: typed}, logins{token: said(t, nil, nil)}, false, "", 1},
		{"a login and a token", broker.Request{Login: typed, Bearer: said(t, nil, nil)}, logins{err: wrong}, false, "invalid_grant: wrong", 1},
		{"a wrong login", broker.Request{Login: typed}, logins{err: wrong}, false, "invalid_grant: wrong", 1},
		{"a login, another project", broker.Request{Login: typed}, logins{token: said(t, nil, object{"aud": "x"})}, false,
			"invalid_token: Invalid Firebase ID token: token has invalid audience: token has invalid audience", 1},
		{"no key", broker.Request{Login: typed}, logins{token: said(t, nil, nil)}, true, "temporarily_unavailable: signing in here is not set up", 0},
		{"another issuer's token", broker.Request{Bearer: said(t, nil, ofOther(nil))}, logins{}, false, "invalid_token: Invalid Firebase ID token: " + strange, 0},
		{"an expired token", broker.Request{Bearer: said(t, nil, object{"exp": now - 100})}, logins{}, false, "invalid_token: Invalid Firebase ID token: token is expired", 0},
		{"no uid", broker.Request{Bearer: said(t, nil, object{"sub": ""})}, logins{}, false, "invalid_token: Error verifying Firebase ID token: " + nobody, 0},
		{"nothing", broker.Request{}, logins{}, false, "invalid_token: Invalid Firebase ID token: token is malformed", 0},
	} {
		k := newTrust(t)
		k.AnyIssuer = false
		if !row.keyless {
			k.tenant.Issuers[firebase].Key = secret.New("the key")
		}
		p := proof.Consent{IDToken: k.IDToken, Logins: &row.says}
		id, err := p.Prove(t.Context(), k.tenant, &row.request)
		if row.want == "" && (err != nil || id.Subject.ID != "uid-of-anna") || row.want != "" && (err == nil || !strings.HasPrefix(err.Error(), row.want)) {
			t.Errorf("%s: %v, %v", row.name, id.Subject, err)
		}
		if len(row.says.asked) != row.asked || row.asked > 0 && (row.says.asked[0].Name != typed.Name || row.says.key.Reveal() != "the key") {
			t.Errorf("%s: asked %d times", row.name, len(row.says.asked))
		}
	}
	k := newTrust(t)
	k.status.Store(http.StatusBadGateway)
	_, err := proof.Consent{IDToken: k.IDToken}.Prove(t.Context(), k.tenant, &broker.Request{Bearer: said(t, nil, nil)})
	if e := broker.AsError(err); e.Code != broker.Unavailable || errors.Is(err, broker.ErrNotFound) {
		t.Errorf("away: %v", err)
	}
}
