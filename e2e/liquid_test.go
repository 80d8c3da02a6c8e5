package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// object is a JSON object, as a theme's globals are written.
type object = map[string]any

// metafields are the two forms a theme may find: bare text in a metafield
// without a type, and .value in one with a type.
var metafields = map[string]any{"bare": secret, "with a type": object{"value": secret, "type": "single_line_text_field"}}

// theme is what Shopify gives a theme: the shop, and the customer if one is logged in.
func theme(idSecret any, id any) object {
	g := object{
		"shop":    object{"permanent_domain": shop, "metafields": object{"omneo": object{"id_secret": idSecret}}},
		"request": object{"design_mode": false},
	}
	if id != nil {
		g["customer"] = object{"id": id}
	}
	return g
}

func render(t *testing.T, source string, globals, args object) string {
	t.Helper()
	var out struct{ HTML string }
	node(t, "liquid.mjs", object{"source": source, "globals": globals, "args": args}, &out)
	return out.HTML
}

func snippet(t *testing.T) string { return file(t, "../web/dist/shapestoken.liquid") }

// An engine that is not ours renders the shipped snippet, and the service
// accepts what it renders.
func TestSnippet(t *testing.T) {
	p := newAcme(t)
	endpoint := "http://" + p.serve() + "/t/acme"
	source := snippet(t)
	for form, metafield := range metafields {
		for name, args := range map[string]object{
			"v2": {"endpoint": endpoint},
			"v1": {"endpoint": endpoint, "version": "v1"},
		} {
			for kind, id := range map[string]any{"text": customer, "number": 7210381803720} {
				t.Run(name+", metafield "+form+", id a "+kind, func(t *testing.T) {
					html := render(t, source, theme(metafield, id), args)
					if strings.Contains(html, secret) {
						t.Fatalf("the page holds the secret:\n%s", html)
					}
					m := marker(t, html)
					if m["state"] != "customer" || m["secret"] != "present" || m["endpoint"] != endpoint || m["shop"] != shop {
						t.Errorf("marker %v", m)
					}
					body := object{"id": m["id"], "signature": m["signature"]}
					if name == "v2" {
						body["shop"], body["timestamp"] = m["shop"], m["timestamp"]
					}
					status, answer := post(t, m["endpoint"]+"/shopify/api/v1/auth/token", body)
					if status != 200 || answer["token"] == nil {
						t.Errorf("%d %v", status, answer)
					}
				})
			}
		}
	}
}

// A tenant's name alone is enough where the service is Omneo's own, and signs v1.
func TestSnippetOfATenant(t *testing.T) {
	m := marker(t, render(t, snippet(t), theme(secret, customer), object{"tenant": "acme"}))
	if m["endpoint"] != "https://api.acme.getomneo.com" || m["timestamp"] != "" || len(m["signature"]) != 64 {
		t.Errorf("marker %v", m)
	}
}

// A guest's page has no signature at all, so there is nothing to call with.
func TestSnippetForAGuest(t *testing.T) {
	for form, metafield := range metafields {
		html := render(t, snippet(t), theme(metafield, nil), object{"endpoint": "https://id.example.com/t/acme"})
		m := marker(t, html)
		if m["state"] != "guest" || m["id"]+m["signature"]+m["timestamp"] != "" || strings.Contains(html, secret) {
			t.Errorf("metafield %s:\n%s", form, html)
		}
	}
}

// A metafield that the theme cannot read shows in the marker and in the answer.
func TestSnippetWithoutMetafield(t *testing.T) {
	p := newAcme(t)
	endpoint := "http://" + p.serve() + "/t/acme"
	for name, metafield := range map[string]any{"missing": nil, "blank": ""} {
		m := marker(t, render(t, snippet(t), theme(metafield, customer), object{"endpoint": endpoint}))
		if m["secret"] != "blank" {
			t.Errorf("%s: marker %v", name, m)
		}
		status, answer := post(t, endpoint+"/shopify/api/v1/auth/token",
			object{"id": m["id"], "signature": m["signature"], "shop": m["shop"], "timestamp": m["timestamp"]})
		if status != 401 || answer["error"] != "secret_missing" {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
}

var attribute = regexp.MustCompile(`data-([a-z]+)="([^"]*)"`)

// marker reads the attributes of the inert element that the snippet renders.
func marker(t *testing.T, html string) map[string]string {
	t.Helper()
	tag := regexp.MustCompile(`<script[^>]*data-shapestoken[^>]*>`).FindString(html)
	if tag == "" {
		t.Fatalf("no marker in:\n%s", html)
	}
	m := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		m[a[1]] = a[2]
	}
	return m
}

func post(t *testing.T, url string, body object) (status int, answer object) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(url, "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%d %s: %v", res.StatusCode, text, err)
	}
	return res.StatusCode, answer
}
