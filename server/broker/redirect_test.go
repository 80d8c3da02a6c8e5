package broker_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

// redirects are addresses that look like registered ones (testdata/redirects.json).
type redirects struct {
	Registered []string `json:"registered"`
	Good       []string `json:"also_good"`
	Refused    []string `json:"refused"`
}

func readRedirects(t *testing.T) (r redirects) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/redirects.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || len(r.Refused) < 120 {
		t.Fatalf("%d to refuse: %v", len(r.Refused), err)
	}
	return r
}

func TestAsker(t *testing.T) {
	d, corpus := newDesk(t), readRedirects(t)
	d.client.Redirects = corpus.Registered
	ask := func(client, uri string) error {
		_, err := d.tenant.Asker(&broker.Request{Client: broker.Credentials{ID: client}, Question: &broker.Question{Redirect: uri}})
		return err
	}
	for _, uri := range append(corpus.Registered, corpus.Good...) {
		if err := ask("c", uri); err != nil {
			t.Errorf("%q: %v", uri, err)
		}
	}
	for _, uri := range corpus.Refused {
		if err := ask("c", uri); err != broker.ErrRedirect {
			t.Errorf("%q: %v", uri, err)
		}
	}
	good := corpus.Registered[0]
	for _, client := range []string{"", "C", "c ", "nobody", "other"} {
		if err := ask(client, good); err == nil {
			t.Errorf("client %q was sent there", client)
		}
	}
	d.client.Disabled = true
	if err := ask("c", good); err != broker.ErrAsker {
		t.Errorf("disabled: %v", err)
	}
}

func TestCheckRedirect(t *testing.T) {
	for _, uri := range []string{
		"https://a.example", "https://a.example/", "https://a.example:8443/cb?x=1&y=%20", "https://a.example:65535/?codex=1&xstate=2", "https://xn--mnchen-3ya.example/cb", "http://localhost/cb",
		"http://127.0.0.1:1/cb", "http://[::1]/", "com.example.app:/cb", "com.example-1.app:/cb", "https://a.example/?" + strings.Repeat("x", 1004),
	} {
		if err := broker.CheckRedirect(uri); err != nil {
			t.Errorf("%q: %v", uri, err)
		}
	}
	for _, uri := range []string{
		"", "https://", "https:///x", "https://a.example#", "https://a.example/ ", "https://a..example/", "https://-a.example/", "https://a.example:0/",
		"https://u@a.example/", "https://*.example/", "https://a_b.example/", "https://A.example/", "http://a.example/", "http://127.0.0.2/", "http://localhost.example/",
		"https://a.example:65536/", "http://localhost:99999/", "https://a.example/?code=1", "https://a.example/?x&state", "https://a.example/?x=1&iss=y&z",
		"myapp:/cb", "javascript:alert(1)", "data:text/html,x", "com.example:cb", "https://a.example/\\x", "https://a.example/\x00", "https://ä.example/", "https://[::1]/",
		"https://a.example/?" + strings.Repeat("x", 1006),
	} {
		if err := broker.CheckRedirect(uri); err == nil {
			t.Errorf("%q may be registered", uri)
		}
	}
}
