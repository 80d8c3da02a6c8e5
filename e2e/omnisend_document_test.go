package e2e

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The requests of Omnisend's document, as printed there: testdata has their text.
// Only hosts, the client, its address and scopes are put in.

const resources = "contacts.read events.write"

// Real browsers go through the document's flow, step by step.
func TestOmnisendDocument(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			o := newOmnisend(t, engine)
			o.port6000(engine)
			o.denied()
			o.allowed("scope")
			o.allowed("scopes") // as the document's table has it
		})
	}
}

// omnisend is the document's app, and a person with a browser.
type omnisend struct {
	t        *testing.T
	door     *door
	who      registered
	person   tab
	redirect string
	back     chan url.Values // what came to the redirect URI
	signedIn bool
}

func newOmnisend(t *testing.T, engine string) *omnisend {
	t.Helper()
	p := newAcme(t)
	p.must(password, "user", "create", "acme", login, "--password-stdin", "--scope", "*")
	o := &omnisend{t: t, back: make(chan url.Values, 9)}
	o.who = p.client("--grant", "authorization_code", "--grant", "refresh_token", "--redirect-uri", "http://localhost:6000/",
		"--scope", resources+" products.read", "--token-format", "opaque", "--token-ttl", "never")
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/" {
			o.back <- r.URL.Query()
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>An app</title><link rel="icon" href="data:,"><p>Thank you`)
	}))
	t.Cleanup(listener.Close)
	o.redirect = "http://localhost" + listener.URL[strings.LastIndex(listener.URL, ":"):] + "/"
	o.door = newDoor(t, p)
	o.person = newTab(t, engine)
	return o
}

// port6000 is the document's own, where Chromium and Firefox go for nobody.
func (o *omnisend) port6000(engine string) {
	o.t.Helper()
	answer, _ := o.person.ask("goto", object{"url": "http://localhost:6000/"})["error"].(string)
	refusal := map[string]string{"chromium": "ERR_UNSAFE_PORT", "firefox": "deniedPortAccess"}[engine]
	if refusal != "" && !strings.Contains(answer, refusal) {
		o.t.Errorf("at port 6000: %q", answer)
	}
}

// arrives is a person who follows the document's link to the consent page.
func (o *omnisend) arrives(scope, state string) {
	o.t.Helper()
	question := printedRequest(o.t, filled(o.t, "omnisend-authorize.http", "https://app.omnisend.com", o.door.issuer, "YOUR_CLIENT_ID", o.who.id,
		"REDIRECT_URI", url.QueryEscape(o.redirect), "RANDOMLY_GENERATED_VALUE", state, "&scope=", "&"+scope+"=", "RESOURCEX", "contacts.read", "RESOURCEY", "events.write"))
	if question.Method != http.MethodGet {
		o.t.Fatal(question.Method)
	}
	o.person.open(question.URL.String())
	if !o.signedIn {
		o.person.signsIn(login, password)
		o.signedIn = true
	}
	o.person.shows(`['integration', 'contacts', 'events'].every(word => document.querySelector('main')?.innerText.includes(word))`)
}

// answers is what the browser brings back to the app.
func (o *omnisend) answers(button, state string, names ...string) url.Values {
	o.t.Helper()
	o.person.presses(`button[value=` + button + `]`)
	o.person.shows(`location.href.startsWith(` + quoted(o.t, o.redirect) + `) && document.body?.innerText.includes('Thank you')`)
	back := <-o.back
	got := map[string]bool{}
	for name, list := range back {
		got[name] = len(list) == 1
	}
	want := map[string]bool{"state": true, "iss": true}
	for _, name := range names {
		want[name] = true
	}
	if !maps.Equal(got, want) || back.Get("state") != state || back.Get("iss") != o.door.issuer {
		o.t.Fatalf("back with %v", slices.Sorted(maps.Keys(back)))
	}
	return back
}

func (o *omnisend) denied() {
	o.t.Helper()
	o.arrives("scope", "of-a-no")
	if back := o.answers("deny", "of-a-no", "error", "error_description"); back.Get("error") != "access_denied" {
		o.t.Errorf("denied: %v", back)
	}
}

// allowed is the whole way: code, tokens, a call, and the person who takes it back.
func (o *omnisend) allowed(scope string) {
	o.t.Helper()
	o.arrives(scope, "of-"+scope)
	token := o.redeems(o.answers("allow", "of-"+scope, "code").Get("code"))
	if status := o.calls(token); status != http.StatusOK {
		o.t.Errorf("a call: %d", status)
	}
	o.person.open(o.door.issuer + "/account")
	o.person.presses(`summary[aria-label*="integration"]`)
	o.person.presses(`details[open] form[action$="/account/revoke"] button`)
	o.person.shows(`document.querySelector('main')?.innerText.includes('No apps yet')`)
	within(o.t, "the token is inactive", func() bool { return o.door.says(token)["active"] == false })
	if status := o.calls(token); status != http.StatusUnauthorized {
		o.t.Errorf("a call after that: %d", status)
	}
}

// redeems sends the document's request for tokens, and compares the answer with
// the document's.
func (o *omnisend) redeems(code string) (token string) {
	o.t.Helper()
	res, err := http.DefaultClient.Do(printedRequest(o.t, filled(o.t, "omnisend-token.http", "https://app.omnisend.com", o.door.issuer,
		"YOUR_CLIENT_ID", o.who.id, "YOUR_CLIENT_SECRET", o.who.secret, "AUTH_CODE", url.QueryEscape(code), "REDIRECT_URI", url.QueryEscape(o.redirect))))
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	got, want := object{}, object{}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusOK {
		o.t.Fatalf("%d %v: %v", res.StatusCode, got["error"], err)
	}
	token, _ = got["access_token"].(string)
	refresh, _ := got["refresh_token"].(string)
	text := filled(o.t, "omnisend-token.json", "RANDOMLY_GENERATED_ACCESS_TOKEN", token,
		"RANDOMLY_GENERATED_REFRESH_TOKEN", refresh, "RESOURCEX RESOURCEY", resources)
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		o.t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) || token == "" || refresh == "" || token == refresh || want["expires_in"] != 9223372036.0 {
		o.t.Errorf("the answer has %v, of scope %v, for %v s", slices.Sorted(maps.Keys(got)), got["scope"], got["expires_in"])
	}
	return token
}

// calls is the status of the document's sample request.
func (o *omnisend) calls(token string) int {
	o.t.Helper()
	res, err := http.DefaultClient.Do(printedRequest(o.t, filled(o.t, "omnisend-contact.http", "https://api.omnisend.com", o.door.url,
		"[email protected]", "ann@acme.example", "RANDOMLY_GENERATED_ACCESS_TOKEN", token)))
	if err != nil {
		o.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
