package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// door is Omnisend's two hosts in one: the service, under an address that is its
// issuer, and an API that asks it about each token. It counts what goes through.
type door struct {
	t      *testing.T
	url    string // of the API
	issuer string
	api    registered // the API's own client, which may ask about all tokens

	service *httputil.ReverseProxy
	mu      sync.Mutex
	asked   map[string]int // for a token, by grant_type
	refused int            // calls
	closed  bool           // to all calls
	bad     string         // a token that is refused whatever it is worth
	strips  bool           // refresh tokens from answers
}

// newDoor starts acme's service behind a door.
func newDoor(t *testing.T, p *program) *door {
	t.Helper()
	d := &door{t: t, asked: map[string]int{}, api: p.client("--scope", "tokens.introspect")}
	mux := http.NewServeMux()
	mux.HandleFunc("/t/acme/", func(w http.ResponseWriter, r *http.Request) { d.service.ServeHTTP(w, r) })
	mux.HandleFunc("POST /t/acme/oauth2/token", d.token)
	mux.HandleFunc("GET /v4/contacts", d.contacts)
	mux.HandleFunc("GET /v4/contacts/{who}", d.contacts)
	listener := httptest.NewServer(mux)
	t.Cleanup(listener.Close)
	d.url, d.issuer = listener.URL, listener.URL+"/t/acme"
	p.must("", "tenant", "set", "acme", "--issuer", d.issuer)
	d.service = passTo(p.serve("--ip-rate", "0"))
	d.service.ModifyResponse = d.given
	return d
}

// token counts the question, and passes it on.
func (d *door) token(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	form, errForm := url.ParseQuery(string(body))
	if err != nil || errForm != nil {
		d.t.Error(err, errForm)
	}
	d.mu.Lock()
	d.asked[form.Get("grant_type")]++
	d.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.service.ServeHTTP(w, r)
}

// given takes the refresh token out of an answer, as servers do that keep the old one.
func (d *door) given(res *http.Response) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.strips || !strings.HasSuffix(res.Request.URL.Path, "/oauth2/token") {
		return nil
	}
	said := object{}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return err
	}
	delete(said, "refresh_token")
	text, err := json.Marshal(said)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	res.Header.Del("Content-Length")
	return err
}

// contacts is the API.
func (d *door) contacts(w http.ResponseWriter, r *http.Request) {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	good := d.good(bearer)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !good || d.closed || bearer == d.bad {
		d.refused++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	reply(w, object{"data": []any{}})
}

// good asks the service whether a token may read contacts.
func (d *door) good(token string) bool {
	says := d.says(token)
	scope, _ := says["scope"].(string)
	return says["active"] == true && slices.Contains(strings.Fields(scope), "contacts.read")
}

// says is what the service answers about a token.
func (d *door) says(token string) object {
	says := object{}
	d.post("/oauth2/introspect", d.api, token, &says)
	return says
}

// post tells the service about a token, as a client.
func (d *door) post(path string, as registered, token string, answer any) {
	res, err := http.PostForm(d.issuer+path, url.Values{"token": {token}, "client_id": {as.id}, "client_secret": {as.secret}})
	if err != nil {
		d.t.Error(err)
		return
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(answer); err != nil || res.StatusCode != http.StatusOK {
		d.t.Errorf("%s: %d %v", path, res.StatusCode, err)
	}
}

// set changes how the door behaves.
func (d *door) set(change func(d *door)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *door) seen() (asked map[string]int, refused int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.asked), d.refused
}
