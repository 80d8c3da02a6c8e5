package demo_test

import (
	"testing"
	"time"

	"github.com/osteele/liquid"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/demo"
	"github.com/shapestoken/shapestoken/server/secret"
)

func engine(t *testing.T, snippets map[string]string) *liquid.Engine {
	t.Helper()
	e, err := demo.Engine(clock, snippets)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEngine(t *testing.T) {
	const (
		nobody    = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" // the empty text under the empty key
		shopifys  = "8e0d5d65cff1242a4af66c8f4a32854fd5fb80edcc8aabe9b302b29c7c71dc20" // shopify.dev/docs/api/liquid/filters/hmac_sha256
		published = "{{ 'Polyjuice' | hmac_sha256: 'Polina' }}"
	)
	tests := []struct{ source, want string }{
		{published, shopifys},
		{"{{ nil | hmac_sha256: nothing }}", nobody},
		{"{{ '' | hmac_sha256: '' }}", nobody},
		{"{% assign a = 6940095564 | hmac_sha256: 'k' %}{% assign b = '6940095564' | hmac_sha256: 'k' %}{% if a == b %}same{% endif %}", "same"},
		{"{% assign a = 2 | hmac_sha256: 7 %}{% assign b = '2' | hmac_sha256: '7' %}{% if a == b %}same{% endif %}", "same"},
		{"{{ 'now' | date: '%s' }}", "1795262400"},
		{"{{ '2026-01-02' | date: '%Y' }}", "2026"},
		{`{{ 'a"b' | json }}`, `"a\"b"`},
		{`{{ '"<' | escape }}`, `&#34;&lt;`},
		{"{{ 'x.js' | asset_url }}", "/assets/x.js"},
		{"a{% doc %} {% render 'nothing' %} {{ x }} {% enddoc %}b", "ab"},
		{`a{% schema %}{"name": "{{ x }}"}{% endschema %}b`, "ab"},
	}
	for _, test := range tests {
		got, err := engine(t, nil).ParseAndRenderString(test.source, liquid.Bindings{})
		if err != nil || got != test.want {
			t.Errorf("%s: %q, %v", test.source, got, err)
		}
	}
}

// TestMetafields signs as Omneo's document says to, with the metafield bare,
// and as themes with a typed one do.
func TestMetafields(t *testing.T) {
	key := secret.New(idSecret)
	for name, metafield := range map[string]any{"typed": demo.Typed(key), "of the old kind": demo.Bare(key)} {
		page := demo.Globals{Shop: shop, Customer: 7210381803720, Metafield: metafield}
		got, err := engine(t, nil).ParseAndRenderString("{{ customer.id | hmac_sha256: shop.metafields.omneo.id_secret }}", page.Bindings())
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{"id": first, "signature": got}
		if result, version := verify(t, m, idSecret); result != hmac.Valid || version != hmac.V1 {
			t.Errorf("%s: %s, %s", name, result, version)
		}
	}
}

func TestRenderIsIsolated(t *testing.T) {
	snippets := map[string]string{
		"peek":  "[{{ shop.permanent_domain }} {{ customer.id }} {{ request.design_mode }} {{ outside }} {{ a }}]{% assign inside = 1 %}",
		"other": "{% render 'peek', a: b %}",
	}
	tests := []struct{ source, want string }{
		{"{% assign outside = 1 %}{% render 'peek' %}{{ inside }}", "[" + shop + " 2 true  ]"},
		{"{% render 'peek', a: 'x, y: z' %}", "[" + shop + " 2 true  x, y: z]"},
		{`{% render 'peek' , a: "x" , b: 1 %}`, "[" + shop + " 2 true  x]"},
		{"{% assign b = 5 %}{% render 'peek', a: b %}{% render 'other', b: 6 %}", "[" + shop + " 2 true  5][" + shop + " 2 true  6]"},
	}
	page := demo.Globals{Shop: shop, Customer: 2, Design: true}
	for _, test := range tests {
		got, err := engine(t, snippets).ParseAndRenderString(test.source, page.Bindings())
		if err != nil || got != test.want {
			t.Errorf("%s:\ngot  %q, %v\nwant %q", test.source, got, err, test.want)
		}
	}
	for _, source := range []string{"{% render 'nothing' %}", "{% render peek %}", "{% render %}", "{% render 'peek', a: b | nothing %}"} {
		if got, err := engine(t, snippets).ParseAndRenderString(source, page.Bindings()); err == nil {
			t.Errorf("%s: %q", source, got)
		}
	}
}

func TestEngineRefusesASnippetThatDoesNotParse(t *testing.T) {
	if _, err := demo.Engine(time.Now, map[string]string{"half": "{% if x %}"}); err == nil {
		t.Error("half a tag is accepted")
	}
}
