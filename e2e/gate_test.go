package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// gate is what an integrator calls: the service, and an API that asks it about
// each token. It counts what goes through.
type gate struct {
	t   *testing.T
	url string
	api registered // the API's own client, which may ask about all tokens

	service http.Handler
	mu      sync.Mutex
	closed  bool   // to everybody
	asked   int    // for a token
	token   string // the last one given out
	refused int    // calls
}

func newGate(t *testing.T, service string, api registered) *gate {
	t.Helper()
	g := &gate{t: t, api: api}
	pass := passTo(service)
	pass.ModifyResponse = g.given
	g.service = pass
	mux := http.NewServeMux()
	mux.Handle("/", pass)
	mux.HandleFunc("GET /t/acme/api/v3/profiles", g.call(g.verified))
	mux.HandleFunc("GET /t/acme/v1/bookings", g.call(g.forBookings))
	listener := httptest.NewServer(mux)
	t.Cleanup(listener.Close)
	g.url = listener.URL + "/t/acme"
	return g
}

// given looks at what the service answers to those who ask for a token.
func (g *gate) given(res *http.Response) error {
	if path := res.Request.URL.Path; !strings.HasSuffix(path, "/auth/token") && !strings.HasSuffix(path, "/oauth:token") {
		return nil
	}
	body, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	var said struct {
		Token string `json:"access_token"`
	}
	if err == nil {
		err = json.Unmarshal(body, &said)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	g.token = said.Token
	return err
}

// call is the API.
func (g *gate) call(good func(*http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pass := good(r)
		g.mu.Lock()
		defer g.mu.Unlock()
		if !pass || g.closed {
			g.refused++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		reply(w, object{"data": []any{}})
	}
}

// verified asks whether the tenant's own API may be used.
func (g *gate) verified(r *http.Request) bool {
	r.URL.Path = "/t/acme/api/v3/auth/verify"
	answer := httptest.NewRecorder()
	g.service.ServeHTTP(answer, r)
	return answer.Code == http.StatusOK
}

// forBookings asks what the token says: it is for somebody else than the tenant.
func (g *gate) forBookings(r *http.Request) bool {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	var says struct {
		Active bool
		Aud    []string
	}
	g.post("/oauth2/introspect", g.api, bearer, &says)
	return says.Active && slices.Contains(says.Aud, bookings)
}

// post tells the service about a token, as a client.
func (g *gate) post(path string, as registered, token string, answer any) {
	form := map[string][]string{"token": {token}, "client_id": {as.id}, "client_secret": {as.secret}}
	res, err := http.PostForm(g.url+path, form)
	if err != nil {
		g.t.Error(err)
		return
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(answer); err != nil || res.StatusCode != http.StatusOK {
		g.t.Errorf("%s: %d %v", path, res.StatusCode, err)
	}
}

func (g *gate) seen() (asked, refused int, token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked, g.refused, g.token
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
