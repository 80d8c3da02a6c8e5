package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
)

func TestParse(t *testing.T) {
	const marker = `<script type="application/json" data-shapestoken="0.2.0" data-state="guest"></script>`
	for name, row := range map[string]struct {
		html             string
		markers, scripts int
		address          string
		shops            []string
	}{
		"nothing":              {html: ""},
		"no HTML":              {html: "\x00\xff{}"},
		"a marker":             {html: marker, markers: 1},
		"attributes' order":    {html: `<script data-state=guest DATA-SHAPESTOKEN src="//cdn.example.com/shapestoken.js?v=1"></script>`, markers: 1, scripts: 1},
		"a module":             {html: `<script type="module" src="/shapestoken.mjs"></script>`, scripts: 1},
		"a bundle":             {html: `<script src="/theme.js" data-shapestoken></script>`, markers: 1, scripts: 1},
		"another script":       {html: `<script src="/not-shapestoken.js"></script>`},
		"another element":      {html: `<div data-shapestoken data-endpoint="https://evil.test"></div>`},
		"a comment":            {html: "<!-- " + marker + " -->"},
		"a template":           {html: "<template>" + marker + "</template>" + marker, markers: 1},
		"in a template twice":  {html: "<template><template>" + marker + "</template>" + marker + "</template>"},
		"a text area":          {html: "<textarea>" + marker + "</textarea>"},
		"no script allowed":    {html: "<noscript>" + marker + "</noscript>"},
		"in a script":          {html: "<script>`" + strings.ReplaceAll(marker, "</script>", "") + "`</script>"},
		"cut off":              {html: `<script data-shapestoken`},
		"cut off in a script":  {html: `<script data-shapestoken>`},
		"the first link":       {html: `<link rel="canonical" href="https://a.example.com/"><link rel="canonical" href="https://b.example.com/">`, address: "https://a.example.com/"},
		"another link":         {html: `<link rel="alternate" href="https://a.example.com/">`},
		"saved by Chrome":      {html: `<!-- saved from url=(0025)https://shop.example.com/ --><link rel="canonical" href="https://b.example.com/">`, address: "https://shop.example.com/"},
		"Shopify's scripts":    {html: `<script id="shopify-features" type="application/json">{"domain":"a-1.myshopify.com"}</script><script>Shopify.shop = 'a-1.myshopify.com';</script>`, shops: []string{"a-1.myshopify.com", "a-1.myshopify.com"}},
		"a domain of its own":  {html: `<script id="shopify-features">{"domain":"shop.example.com"}</script>`},
		"an app's settings":    {html: `<script>{"domain":"other.myshopify.com"}</script>`},
		"a comparison":         {html: `<script>if (Shopify.shop == "other.myshopify.com") x()</script>`},
		"a twofold attribute":  {html: `<script data-shapestoken data-shapestoken="x" src="a/shapestoken.js" src="b"></script>`, markers: 1, scripts: 1},
		"an unclosed template": {html: "<template/>" + marker, markers: 1},
	} {
		p := Parse([]byte(row.html))
		if len(p.markers) != row.markers || len(p.scripts) != row.scripts || p.address != row.address || !slices.Equal(p.shops, row.shops) {
			t.Errorf("%s: %d markers, %d scripts, %q, %v", name, len(p.markers), len(p.scripts), p.address, p.shops)
		}
	}
}

// The snippet's second marker is the theme editor's where it shows the section.
func TestMarker(t *testing.T) {
	p := Parse([]byte(`<script data-shapestoken data-state="design"></script><script data-shapestoken data-id="1"></script>`))
	if diff := cmp.Diff("1", p.marker().ID); diff != "" {
		t.Error(diff)
	}
}

func TestNamed(t *testing.T) {
	for text, want := range map[string]bool{
		`<script>x = {"omneo":{"id_secret":"abc"}}</script>`:                           true,
		`<script>x = {"id_secret": {"value": "abc"}}</script>`:                         true,
		`<script type="application/json">"{\"id_secret\":\"abc\"}"</script>`:           true,
		`<script>window.idSecret = 'abc'</script>`:                                     true,
		`<p>{"id_secret"=>"abc"}</p>`:                                                  true,
		`<div data-omneo="{&quot;id_secret&quot;:&quot;abc&quot;}"></div>`:             true,
		`<div data-id-secret="abc"></div>`:                                             true,
		`<div data-omneo-id_secret="abc"></div>`:                                       true,
		`<meta name="id_secret" content="abc">`:                                        true,
		`<input type="hidden" id="omneo_id_secret" value="abc">`:                       true,
		`<span class="id_secret"> abc </span>`:                                         true,
		`<template><span id="id_secret">abc</span></template>`:                         true,
		`<script id="id_secret" type="application/json">"abc"</script>`:                true,
		`<span id="id_secret"> </span><b>abc</b>`:                                      false,
		`<span id="id_secret"><b>abc</b></span>`:                                       false, // too far to be sure
		`<div data-id-secret=""></div>`:                                                false,
		`<script>x = {"id_secret":""}</script>`:                                        false,
		`<script>x = {"id_secret":null}</script>`:                                      false,
		`<p>Paste it into the metafield omneo.id_secret.</p>`:                          false,
		`<pre>{"id_secret":"abc"}</pre>`:                                               false,
		`<script type="application/json" data-shapestoken data-secret="abc"></script>`: false,
		`<p data-hid_secrets="x">Candid secret: "x"</p>`:                               false,
	} {
		page := Parse([]byte(text))
		if got := page.named(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestHolds(t *testing.T) {
	const secret = `a<secret>&"of/this shop's`
	for text, want := range map[string]bool{
		`<!-- a<secret>&"of/this shop's -->`:                                               true,
		`<p>a&lt;secret&gt;&amp;&quot;of/this shop&#39;s</p>`:                              true,
		`<script>"a\u003csecret\u003e\u0026\"of/this shop's"</script>`:                     true,
		`<a href="?s=a%3Csecret%3E%26%22of%2Fthis+shop%27s">`:                              true,
		`<a href="?s=a%3Csecret%3E%26%22of%2Fthis%20shop%27s">`:                            true,
		`<p>a&amp;lt;secret&amp;gt;</p>`:                                                   false,
		`<p>asecret&quot;ofthisshops</p>`:                                                  false,
		`<p data-x="{&quot;s&quot;:&quot;a\u003csecret\u003e\u0026\&quot;of/this shop's">`: true,
	} {
		p := Parse([]byte(text))
		if got := p.holds(secret + "\n"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	p := Parse([]byte("<p>"))
	if p.holds("") || p.holds("\n ") {
		t.Error("every page holds the empty secret")
	}
}

// nobody is a network that has none.
type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("nobody there")
}

// Whatever a page holds, looking at it ends, tells no secret and no signature,
// and steers no terminal.
func FuzzPage(f *testing.F) {
	pages, err := filepath.Glob("testdata/*.html")
	if err != nil || len(pages) < 50 {
		f.Fatal(len(pages), err)
	}
	for _, name := range pages {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c := Config{Saved: &Saved{Name: "saved.html", Body: body, Time: now()}, Secret: secret.New(idSecret), Exchange: true, Transport: nobody{}, Now: now}
		r := Run(context.Background(), c)
		p := Parse(body)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		told := r.String() + string(b) + fmt.Sprintf("%+v", r)
		if strings.Contains(told, idSecret) {
			t.Error("the report tells the secret")
		}
		for _, m := range p.markers {
			if len(m.Signature) >= 32 && right.MatchString(m.Signature) && strings.Contains(told, m.Signature) {
				t.Error("the report tells a signature")
			}
		}
		for _, c := range r.String() {
			if c < ' ' && c != '\n' || c == 0x7f {
				t.Errorf("the report has the control character %U", c)
			}
		}
	})
}
