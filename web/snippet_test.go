package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"

	"github.com/shapestoken/shapestoken/web"
)

const (
	secret   = "test-id-secret-0123456789abcdefghij"
	shop     = "acme-dev.myshopify.com"
	endpoint = "https://id.example.com/t/acme"
)

// page is what Shopify knows when it renders the snippet.
type page struct {
	secret   any // the metafield: nil, text, or a map with "value"
	customer any // the id; nil for a guest
	design   bool
	args     liquid.Bindings
}

var hosted = liquid.Bindings{"endpoint": endpoint}

func TestMarker(t *testing.T) {
	signed := func(message string) string { return sign(secret, message) }
	tests := []struct {
		name string
		page page
		want map[string]string
	}{
		{"guest", page{secret: secret, args: hosted}, map[string]string{"state": "guest", "secret": "present"}},
		{"guest, no secret", page{args: hosted}, map[string]string{"state": "guest", "secret": "blank"}},
		{"tenant signs v1", page{secret: secret, customer: int64(7210381803720), args: liquid.Bindings{"tenant": "acme"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "present",
			"id": "7210381803720", "signature": signed("7210381803720"), "timestamp": "",
		}},
		{"back to v1", page{secret: secret, customer: "7210381803720", args: liquid.Bindings{"endpoint": endpoint, "version": "v1"}}, map[string]string{
			"state": "customer", "secret": "present", "id": "7210381803720", "signature": signed("7210381803720"), "timestamp": "",
		}},
		{"id beyond 2^53", page{secret: secret, customer: int64(9007199254742993), args: liquid.Bindings{"tenant": "acme"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "present",
			"id": "9007199254742993", "signature": signed("9007199254742993"), "timestamp": "",
		}},
		{"metafield with a type", page{secret: map[string]any{"value": secret}, customer: 2, args: liquid.Bindings{"tenant": "acme"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "present",
			"id": "2", "signature": signed("2"), "timestamp": "",
		}},
		{"missing metafield signs with an empty key", page{customer: 2, args: liquid.Bindings{"tenant": "acme"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "blank",
			"id": "2", "signature": sign("", "2"), "timestamp": "",
		}},
		{"theme editor", page{secret: secret, customer: 2, design: true, args: hosted}, map[string]string{"state": "design", "secret": "present"}},
		{"slash at the end", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint + "/"}}, map[string]string{"state": "guest", "secret": "present"}},
		{"endpoint wins", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "tenant": "acme"}}, map[string]string{"state": "guest", "secret": "present"}},
		{"neither", page{secret: secret}, map[string]string{"endpoint": "", "state": "guest", "secret": "present"}},
		{"consent and debug", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "consent": "preferences", "debug": true}}, map[string]string{
			"state": "guest", "secret": "present", "consent": "preferences", "debug": "true",
		}},
		{"no debug", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "debug": false}}, map[string]string{"state": "guest", "secret": "present"}},
		{"app proxy", page{secret: secret, customer: 2, args: liquid.Bindings{"endpoint": endpoint, "source": "proxy", "proxy": "/apps/st"}}, map[string]string{
			"state": "customer", "secret": "unused", "source": "proxy", "proxy": "/apps/st", "id": "2",
		}},
		{"app proxy, and no service", page{customer: 2, args: liquid.Bindings{"source": "proxy", "asset": true, "debug": true}}, map[string]string{
			"endpoint": "", "state": "customer", "secret": "unused", "source": "proxy", "id": "2", "debug": "true",
		}},
		{"app proxy signs nothing, whatever else is said", page{secret: secret, customer: 2, args: liquid.Bindings{"tenant": "acme", "version": "v1", "source": "proxy"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "unused", "source": "proxy", "id": "2",
		}},
		{"app proxy, guest", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "source": "proxy"}}, map[string]string{"state": "guest", "secret": "unused", "source": "proxy"}},
		{"app proxy in the theme editor", page{secret: secret, customer: 2, design: true, args: liquid.Bindings{"endpoint": endpoint, "source": "proxy"}}, map[string]string{"state": "design", "secret": "unused", "source": "proxy"}},
		{"app proxy beside a signature", page{secret: secret, customer: "7210381803720", args: liquid.Bindings{"tenant": "acme", "proxy": "/apps/st"}}, map[string]string{
			"endpoint": "https://api.acme.getomneo.com", "state": "customer", "secret": "present", "proxy": "/apps/st",
			"id": "7210381803720", "signature": signed("7210381803720"), "timestamp": "",
		}},
		{"another source, and no path", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "source": "signature", "proxy": ""}}, map[string]string{"state": "guest", "secret": "present"}},
		{"hostile path", page{secret: secret, args: liquid.Bindings{"endpoint": endpoint, "proxy": `"></script><script>alert(1)`}}, map[string]string{
			"state": "guest", "secret": "present", "proxy": `"></script><script>alert(1)`,
		}},
		{"hostile endpoint", page{secret: secret, args: liquid.Bindings{"endpoint": `"></script><script>alert(1)`}}, map[string]string{
			"endpoint": `"></script><script>alert(1)`, "state": "guest", "secret": "present",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := map[string]string{"shapestoken": web.Version, "shop": shop, "endpoint": endpoint}
			for name, value := range test.want {
				want[name] = value
			}
			if diff := cmp.Diff(want, marker(t, renderPage(t, test.page))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMarkerOfVersion2 has the section's case too: without an endpoint it signs
// for the page that fetches it, which has one.
func TestMarkerOfVersion2(t *testing.T) {
	tests := map[string]liquid.Bindings{
		endpoint:                        hosted,
		"":                              {},
		"https://api.acme.getomneo.com": {"tenant": "acme", "version": "v2"},
	}
	for address, args := range tests {
		got := marker(t, renderPage(t, page{secret: secret, customer: 2, args: args}))
		if !regexp.MustCompile(`^\d{10}$`).MatchString(got["timestamp"]) {
			t.Fatalf("timestamp %q", got["timestamp"])
		}
		want := map[string]string{
			"shapestoken": web.Version, "shop": shop, "endpoint": address, "state": "customer", "secret": "present",
			"id": "2", "timestamp": got["timestamp"],
			"signature": sign(secret, "v2:"+shop+":2:"+got["timestamp"]),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestScriptElement(t *testing.T) {
	integrity := regexp.MustCompile(`"sha384-[A-Za-z0-9+/]{64}"`)
	tests := []struct {
		name string
		args liquid.Bindings
		want string
	}{
		{"endpoint", hosted, `<script src="` + endpoint + `/sdk/` + web.Version + `/shapestoken.js" integrity=SRI crossorigin="anonymous" defer ></script>`},
		{"slash at the end", liquid.Bindings{"endpoint": endpoint + "/"}, `<script src="` + endpoint + `/sdk/` + web.Version + `/shapestoken.js" integrity=SRI crossorigin="anonymous" defer ></script>`},
		{"tenant", liquid.Bindings{"tenant": "acme"}, `<script src="/assets/shapestoken.js?v=1&amp;w=2" defer ></script>`},
		{"asset", liquid.Bindings{"endpoint": endpoint, "asset": true}, `<script src="/assets/shapestoken.js?v=1&amp;w=2" defer ></script>`},
		{"neither", nil, ""},
		{"app proxy, endpoint", liquid.Bindings{"endpoint": endpoint, "source": "proxy"}, `<script src="` + endpoint + `/sdk/` + web.Version + `/shapestoken.js" integrity=SRI crossorigin="anonymous" defer ></script>`},
		{"app proxy, tenant", liquid.Bindings{"tenant": "acme", "source": "proxy"}, `<script src="/assets/shapestoken.js?v=1&amp;w=2" defer ></script>`},
		{"app proxy, asset", liquid.Bindings{"source": "proxy", "asset": true}, `<script src="/assets/shapestoken.js?v=1&amp;w=2" defer ></script>`},
		{"app proxy, neither", liquid.Bindings{"source": "proxy"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := integrity.ReplaceAllString(renderPage(t, page{args: test.args}), "SRI")
			_, script, _ := strings.Cut(text, "</script>")
			if diff := cmp.Diff(test.want, strings.Join(strings.Fields(script), " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecretIsNeverWritten(t *testing.T) {
	for _, metafield := range []any{secret, map[string]any{"value": secret}} {
		for _, customer := range []any{nil, 2} {
			for _, version := range []any{nil, "v1", "v2"} {
				args := liquid.Bindings{"endpoint": endpoint, "version": version}
				text := renderPage(t, page{secret: metafield, customer: customer, args: args})
				if strings.Contains(text, secret) {
					t.Errorf("the secret is in the page: metafield %T, customer %v, version %v", metafield, customer, version)
				}
			}
		}
	}
}

// TestSignatureVectors signs what independent implementations signed.
func TestSignatureVectors(t *testing.T) {
	var vectors struct {
		V1 []struct {
			Name, Secret, Signature string
			ID                      any
			Valid                   bool
		}
	}
	text, err := os.ReadFile("../testdata/vectors/customer.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, vector := range vectors.V1 {
		id, isText := vector.ID.(string)
		if !vector.Valid || !isText {
			continue
		}
		checked++
		got := marker(t, renderPage(t, page{secret: vector.Secret, customer: id, args: liquid.Bindings{"tenant": "acme"}}))
		if got["signature"] != vector.Signature {
			t.Errorf("%s: got %s, want %s", vector.Name, got["signature"], vector.Signature)
		}
	}
	if checked < 5 {
		t.Errorf("only %d vectors were checked", checked)
	}
}

func TestSectionRendersTheSnippet(t *testing.T) {
	var called string
	engine := engine()
	engine.RegisterTag("render", func(c render.Context) (string, error) {
		called = c.TagArgs()
		return "", nil
	})
	engine.RegisterBlock("schema", func(render.Context) (string, error) { return "", nil })
	if _, err := engine.ParseAndRender(dist(t, "sections/shapestoken.liquid"), nil); err != nil {
		t.Fatal(err)
	}
	const want = "'shapestoken', tenant: section.settings.tenant, endpoint: section.settings.endpoint, source: section.settings.source, proxy: section.settings.proxy"
	if diff := cmp.Diff(want, strings.Join(strings.Fields(called), " ")); diff != "" {
		t.Error(diff)
	}
	schema := regexp.MustCompile(`(?s)\{% schema %\}(.*)\{% endschema %\}`).FindSubmatch(dist(t, "sections/shapestoken.liquid"))
	if schema == nil || !json.Valid(schema[1]) {
		t.Error("the schema is not JSON")
	}
}

// engine knows what Shopify knows beyond this library's Liquid.
func engine() *liquid.Engine {
	engine := liquid.NewEngine()
	engine.RegisterFilter("hmac_sha256", func(message, key string) string { return sign(key, message) })
	engine.RegisterFilter("asset_url", func(name string) string { return "/assets/" + name + "?v=1&w=2" })
	engine.RegisterBlock("doc", func(render.Context) (string, error) { return "", nil })
	engine.RegisterTag("render", func(render.Context) (string, error) { return "", nil })
	return engine
}

func renderPage(t *testing.T, p page) string {
	t.Helper()
	omneo := map[string]any{}
	if p.secret != nil {
		omneo["id_secret"] = p.secret
	}
	bindings := liquid.Bindings{
		"shop":    map[string]any{"permanent_domain": shop, "metafields": map[string]any{"omneo": omneo}},
		"request": map[string]any{"design_mode": p.design},
	}
	if p.customer != nil {
		bindings["customer"] = map[string]any{"id": p.customer}
	}
	for name, value := range p.args {
		bindings[name] = value
	}
	text, err := engine().ParseAndRender(dist(t, "shapestoken.liquid"), bindings)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// marker reads the data attributes of the first element, and asks that at most a script follows.
func marker(t *testing.T, text string) map[string]string {
	t.Helper()
	elements := regexp.MustCompile(`^\s*<script\s+type="application/json"([^<>]*)></script>\s*(?:<script\s[^<>]*></script>\s*)?$`).FindStringSubmatch(text)
	if elements == nil {
		t.Fatalf("not one marker and one script:\n%s", text)
	}
	found := map[string]string{}
	for _, pair := range regexp.MustCompile(`\sdata-(\w+)="([^"]*)"`).FindAllStringSubmatch(elements[1], -1) {
		found[pair[1]] = html.UnescapeString(pair[2])
	}
	return found
}

func dist(t *testing.T, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(web.Dist, "dist/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sign(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprint(mac, message)
	return hex.EncodeToString(mac.Sum(nil))
}
