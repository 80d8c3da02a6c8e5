package firebase_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/firebase"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	key      = "canary key+/?&#"
	email    = "anna@example.com"
	password = "canary-password \"\\ü"
)

// newClient is one whose Firebase answers so, and says what it was asked.
func newClient(t *testing.T, status int, body string) (*firebase.Client, *[]string) {
	t.Helper()
	asked := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var members map[string]any
		if err != nil || json.Unmarshal(text, &members) != nil {
			t.Errorf("body %q, %v", text, err)
		}
		if diff := cmp.Diff(map[string]any{"email": email, "password": password, "returnSecureToken": true}, members); diff != "" {
			t.Error(diff)
		}
		*asked = append(*asked, r.Method+" "+r.URL.Path+" "+r.URL.Query().Get("key")+" "+r.Header.Get("Content-Type"))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	out := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(func() { out.Close(); server.Close() })
	return &firebase.Client{HTTP: out, Base: server.URL + "/"}, asked
}

func signIn(t *testing.T, c *firebase.Client, name, word string) (string, error) {
	t.Helper()
	token, err := c.SignIn(t.Context(), secret.New(key), broker.Login{Name: name, Password: secret.New(word), Sent: true})
	return token.Reveal(), err
}

func wrong(message string) string {
	return `{"error":{"code":400,"message":"` + message + `","errors":[]}}`
}

// What Firebase says, and what becomes of it. Neither the key nor what was typed
// is in any error, and nothing that Firebase could quote.
func TestSignIn(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   *broker.Error // nil: signed in
		cause  string
	}{
		{"signed in", 200, `{"kind":"identitytoolkit#VerifyPasswordResponse","localId":"u","email":"anna@example.com","idToken":"a.b.c","registered":true,"refreshToken":"canary","expiresIn":"3600"}`, nil, ""},
		{"wrong", 400, wrong("INVALID_LOGIN_CREDENTIALS"), firebase.ErrLogin, ""},
		{"no such e-mail", 400, wrong("EMAIL_NOT_FOUND"), firebase.ErrLogin, ""},
		{"wrong password", 400, wrong("INVALID_PASSWORD"), firebase.ErrLogin, ""},
		{"disabled", 400, wrong("USER_DISABLED"), firebase.ErrLogin, ""},
		{"no e-mail", 400, wrong("INVALID_EMAIL"), firebase.ErrLogin, ""},
		{"too often", 400, wrong("TOO_MANY_ATTEMPTS_TRY_LATER : Access to this account has been temporarily disabled: canary"), firebase.ErrMany, ""},
		{"a second factor", 200, `{"localId":"u","mfaPendingCredential":"canary","mfaInfo":[]}`, firebase.ErrSecond, ""},
		{"a wrong key", 400, wrong("API key not valid. Please pass a valid API key. canary"), firebase.ErrAway, "it does not take the project's API key, or says what is not known here: look at it in the Firebase console"},
		{"a key that is not for this", 403, wrong("Requests from referer \\u003cempty\\u003e are blocked. canary"), firebase.ErrAway, "it does not take the project's API key, or says what is not known here: look at it in the Firebase console"},
		{"no passwords", 400, wrong("PASSWORD_LOGIN_DISABLED"), firebase.ErrAway, "it says PASSWORD_LOGIN_DISABLED"},
		{"no project", 400, wrong("CONFIGURATION_NOT_FOUND"), firebase.ErrAway, "it says CONFIGURATION_NOT_FOUND"},
		{"an error in a 200", 200, wrong("INVALID_PASSWORD"), firebase.ErrAway, "it has answered with status 200 and no JSON of its own"},
		{"a token in a 400", 400, `{"idToken":"canary"}`, firebase.ErrAway, "it has answered with status 400 and no JSON of its own"},
		{"neither", 200, `{}`, firebase.ErrAway, "it has answered with neither a token nor an error"},
		{"no JSON", 502, `<html>canary`, firebase.ErrAway, "it has answered with status 502 and no JSON of its own"},
		{"elsewhere", 302, ``, firebase.ErrAway, "it has answered with status 302 and no JSON of its own"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, asked := newClient(t, row.status, row.body)
			token, err := signIn(t, c, email, password)
			if diff := cmp.Diff([]string{"POST /v1/accounts:signInWithPassword " + key + " application/json"}, *asked); diff != "" {
				t.Error(diff)
			}
			if row.want == nil {
				if err != nil || token != "a.b.c" {
					t.Errorf("%q, %v", token, err)
				}
				return
			}
			e := broker.AsError(err)
			if token != "" || e.Code != row.want.Code || e.Message != row.want.Message || e.RetryAfter != row.want.RetryAfter || e.Cause != nil != (row.cause != "") || e.Cause != nil && e.Cause.Error() != row.cause {
				t.Errorf("got %q, %v", token, err)
			}
			if text := err.Error(); strings.Contains(text, "canary") || strings.Contains(text, email) {
				t.Errorf("quotes: %s", text)
			}
		})
	}
}

// An empty login or password asks nobody.
func TestNothingTyped(t *testing.T) {
	c, asked := newClient(t, 200, `{"idToken":"a.b.c"}`)
	for _, typed := range [][2]string{{"", password}, {email, ""}, {"", ""}} {
		if _, err := signIn(t, c, typed[0], typed[1]); !errors.Is(err, error(firebase.ErrLogin)) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if len(*asked) > 0 {
		t.Errorf("asked %v", *asked)
	}
}

// Where Firebase is not, nobody is told that a password is wrong.
func TestAway(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	strict := outbound.New(outbound.Config{})
	lenient := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for name, c := range map[string]*firebase.Client{
		"nobody listens":       {HTTP: lenient, Base: server.URL},
		"nobody may go there":  {HTTP: strict, Base: server.URL},
		"an address of no use": {HTTP: lenient, Base: "http://%zz"},
	} {
		_, err := signIn(t, c, email, password)
		if e := broker.AsError(err); e.Code != broker.Unavailable || e.Message != firebase.ErrAway.Message || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a base it is Google's.
func TestDefault(t *testing.T) {
	var host string
	c := &firebase.Client{HTTP: doer(func(r *http.Request) (*http.Response, error) {
		host = r.URL.Scheme + "://" + r.URL.Host
		return nil, errors.New("no network")
	})}
	if _, err := signIn(t, c, email, password); err == nil || host != firebase.Default {
		t.Errorf("%s: %v", host, err)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(r *http.Request) (*http.Response, error) { return f(r) }
