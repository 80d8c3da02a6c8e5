package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// omi is a program beside which there are a Firebase project and an app.
type omi struct {
	*program
	firebase *fakeFirebase
	app      *fakeApp
}

const (
	omiProject  = "acme-omi"
	omiKey      = "canary-web-api-key"
	annasMail   = "anna@example.com"
	annasWord   = "canary-password-of-anna"
	annasUID    = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"
	omiState    = "st&te=1 #ü"
	omiStateEsc = "st%26te%3D1%20%23%C3%BC"
)

// fakeFirebase publishes a project's keys, and signs people in.
type fakeFirebase struct {
	server *httptest.Server
	mu     sync.Mutex
	down   bool   // its keys cannot be had
	error  string // of the next sign-in; empty: by the password
	asked  int    // sign-ins
}

var omiSigner = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func startFirebase(t testing.TB) *fakeFirebase {
	f := &fakeFirebase{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jwks", f.keys)
	mux.HandleFunc("POST /v1/accounts:signInWithPassword", f.signIn)
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fakeFirebase) set(change func(*fakeFirebase)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeFirebase) keys(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	public := omiSigner().PublicKey
	b64 := base64.RawURLEncoding.EncodeToString
	w.Header().Set("Cache-Control", "public, max-age=19000")
	_, _ = fmt.Fprintf(w, `{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"k1","n":"%s","e":"%s"}]}`,
		b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes()))
}

func (f *fakeFirebase) signIn(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	var q struct{ Email, Password string }
	_ = json.NewDecoder(r.Body).Decode(&q)
	message := f.error
	switch {
	case message != "":
	case r.URL.Query().Get("key") != omiKey:
		message = "API key not valid. Please pass a valid API key."
	case q.Email != annasMail || q.Password != annasWord:
		message = "INVALID_LOGIN_CREDENTIALS"
	}
	if message != "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":{"code":400,"message":%q}}`, message)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"localId": annasUID, "idToken": firebaseToken(nil), "refreshToken": "canary"})
}

// firebaseToken is a right ID token with changes; nil deletes.
func firebaseToken(changes jwt.MapClaims) string {
	now := time.Now().Unix()
	claims := jwt.MapClaims{
		"iss": "https://securetoken.google.com/" + omiProject, "aud": omiProject, "sub": annasUID, "user_id": annasUID,
		"exp": now + 3600, "iat": now, "auth_time": now, "email": annasMail, "firebase": map[string]any{"sign_in_provider": "password"},
	}
	for name, value := range changes {
		if value == nil {
			delete(claims, name)
			continue
		}
		claims[name] = value
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "k1"
	text, err := token.SignedString(omiSigner())
	if err != nil {
		panic(err)
	}
	return text
}

// fakeApp is somebody's app, that says whether people have set it up.
type fakeApp struct {
	server *httptest.Server
	mu     sync.Mutex
	status int
	body   string
	asked  []string // the queries
}

func startApp(t testing.TB) *fakeApp {
	a := &fakeApp{status: 200, body: `{"is_setup_completed":true}`}
	a.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.asked = append(a.asked, r.RequestURI)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(a.server.Close)
	return a
}

func (a *fakeApp) says(status int, body string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.body, a.asked = status, body, nil
}

func (a *fakeApp) heard() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked
}

const omiAllow = "--outbound-allow=127.0.0.0/8"

// furnishOMI gives acme the project and an app, notes, that has nothing to set up.
func furnishOMI(p *program) *omi {
	p.t.Helper()
	o := &omi{p, startFirebase(p.t), startApp(p.t)}
	p.must(omiKey+"\n", "issuer", "add", "acme", "--firebase-project", omiProject, "--firebase-api-key-stdin", "--jwks-url", o.firebase.server.URL+"/jwks")
	o.create("notes", "--home-url", "https://notes.example/home?x=1#in")
	return o
}

func (o *omi) create(id string, flags ...string) {
	o.t.Helper()
	o.must("", append([]string{"app", "create", "acme", id, "--name", "App " + id, omiAllow}, flags...)...)
}

// flags are those by which serve reaches what stands beside it.
func (o *omi) flags() []string { return []string{omiAllow, "--firebase-url=" + o.firebase.server.URL} }

func newOMI(t testing.TB) *omi {
	t.Helper()
	p := newProgram(t)
	p.must("", "tenant", "create", "acme")
	o := furnishOMI(p)
	o.serve(append(o.flags(), "--ip-rate", "0")...)
	return o
}

func (o *omi) token(form url.Values, header ...string) answer {
	o.t.Helper()
	return o.do("POST", o.public+"/t/acme/v1/oauth/token", form.Encode(), append([]string{"Content-Type", formType}, header...)...)
}

// brings is the form of whoever has Firebase's token, for an app.
func brings(app, token string) url.Values {
	return url.Values{"firebase_id_token": {token}, "app_id": {app}}
}

// allows sends the page's form as a browser does.
func (o *omi) allows(form url.Values, header ...string) answer {
	o.t.Helper()
	if len(header) == 0 {
		header = []string{"Sec-Fetch-Site", "same-origin"}
	}
	return o.followed("POST", o.public+"/t/acme/v1/oauth/authorize", form.Encode(), append([]string{"Content-Type", formType}, header...)...)
}

func typed(app string) url.Values {
	return url.Values{"app_id": {app}, "answer": {"allow"}, "email": {annasMail}, "password": {annasWord}}
}

// followed is do for what may send elsewhere, where it does not go.
func (o *omi) followed(method, address, body string, header ...string) answer {
	o.t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	client := http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer{res, string(b)}
}

// asks opens the page.
func (o *omi) asks(query string, header ...string) answer {
	o.t.Helper()
	return o.followed("GET", o.public+"/t/acme/v1/oauth/authorize?"+query, "", header...)
}
