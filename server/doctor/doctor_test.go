package doctor

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata")

// story is a storefront, and how it is looked at.
type story struct {
	name   string // of page and report in testdata
	page   string // of the page, where it has another name
	saved  bool   // the page is saved, five minutes after it was signed
	config func(*Config)
	shop   func(*lab)
}

func withSecret(c *Config)   { c.Secret = secret.New(idSecret) }
func withExchange(c *Config) { c.Exchange = true }
func withoutSection(l *lab)  { l.section = "" }
func at(path string) func(*Config) {
	return func(c *Config) { c.URL = &url.URL{Scheme: "https", Host: "shop.example.com", Path: path} }
}

// stories are storefronts, whole and broken; each has its page and the report
// in testdata.
var stories = []story{
	{name: "healthy-guest"},
	{name: "healthy-customer", saved: true, config: withSecret},
	{name: "healthy-v1", saved: true, config: withSecret},
	{name: "healthy-omneo", saved: true},
	{name: "healthy-proxy"},
	{name: "healthy-own-element", saved: true, config: withSecret},
	{name: "healthy-policy"},
	{name: "healthy-redirected", page: "healthy-guest", config: at("/moved")},
	{name: "healthy-origins", page: "healthy-guest", config: func(c *Config) { c.Origins = []string{"https://www.shop.example.com", "https://shop.example.com"} }},

	{name: "page-unreachable", page: "healthy-guest", config: func(c *Config) { c.URL = &url.URL{Scheme: "https", Host: "127.0.0.1:1"} }},
	{name: "page-redirects", page: "healthy-guest", config: at("/far")},
	{name: "page-login", page: "healthy-guest", config: at("/login")},
	{name: "page-password", page: "healthy-guest", config: at("/closed")},
	{name: "page-status", page: "healthy-guest", config: at("/nothing")},
	{name: "page-not-html", page: "healthy-guest", config: at("/feed")},
	{name: "page-cut", page: "healthy-guest", config: at("/endless")},
	{name: "origin-unknown", page: "only-a-marker", saved: true},

	{name: "saved-elsewhere", page: "healthy-customer", saved: true, config: func(c *Config) { c.URL = &url.URL{Scheme: "https", Host: "www.shop.example.com", Path: "/"} }},

	{name: "not-installed"},
	{name: "only-shown"},
	{name: "installed-twice"},
	{name: "markers-differ"},
	{name: "marker-missing"},
	{name: "script-missing"},
	{name: "script-not-found"},
	{name: "script-integrity"},
	{name: "script-crossorigin"},
	{name: "script-page"},
	{name: "script-unshared"},
	{name: "script-credentials"},
	{name: "script-rewritten", saved: true, config: withSecret},
	{name: "theme-editor"},
	{name: "liquid-unrendered"},
	{name: "liquid-no-snippet"},
	{name: "liquid-signature", saved: true},
	{name: "liquid-elsewhere"},
	{name: "secret-blank"},
	{name: "secret-empty-key", saved: true},
	{name: "secret-printed", config: withSecret},
	{name: "secret-named"},
	{name: "shop-malformed"},
	{name: "shop-differs"},
	{name: "customer-page-kept"},
	{name: "customer-page-aged", page: "customer-page-kept", shop: func(l *lab) { l.answer = func(h http.Header) { h.Set("Age", "3600") } }},
	{name: "guest-saved", page: "healthy-guest", saved: true},

	{name: "id-email", saved: true, config: withSecret},
	{name: "id-gid", saved: true, config: withSecret},
	{name: "id-formatted", saved: true, config: withSecret},
	{name: "signature-upper-case", saved: true, config: withSecret},
	{name: "signature-sha1", saved: true, config: withSecret},
	{name: "signature-other-secret", saved: true, config: withSecret},
	{name: "signature-order", saved: true, config: withSecret},
	{name: "signature-v1-dated", saved: true, config: withSecret},
	{name: "signature-line-end", saved: true, config: withSecret},
	{name: "signature-unproven", page: "healthy-customer", saved: true},
	{name: "timestamp-missing", saved: true, config: withSecret},
	{name: "timestamp-malformed", saved: true},
	{name: "timestamp-old", page: "healthy-customer", saved: true, config: func(c *Config) { c.Saved.Time = signedAt.Add(3 * time.Hour) }},
	{name: "timestamp-ahead", page: "healthy-customer", saved: true, config: func(c *Config) { c.Saved.Time = signedAt.Add(-3 * time.Minute) }},

	{name: "endpoint-missing"},
	{name: "endpoint-malformed"},
	{name: "endpoint-route"},
	{name: "endpoint-down"},
	{name: "endpoint-redirects"},
	{name: "endpoint-overloaded"},
	{name: "endpoint-tls", page: "healthy-customer", saved: true, config: func(c *Config) { c.Transport = distrustful(c.Transport) }},
	{name: "mixed-content"},
	{name: "tenant-unknown"},
	{name: "not-a-service"},
	{name: "service-keyless"},
	{name: "service-undiscovered"},
	{name: "issuer-differs"},
	{name: "origin-not-listed"},
	{name: "origin-of-another-domain", page: "healthy-guest", config: func(c *Config) { c.Origins = []string{"https://www.shop.example.com"} }},
	{name: "preflight-refused"},
	{name: "preflight-headers"},
	{name: "csp-connect"},
	{name: "csp-script"},
	{name: "csp-section"},
	{name: "csp-header", page: "healthy-guest", shop: func(l *lab) {
		l.answer = func(h http.Header) {
			h.Set("Content-Security-Policy", "default-src 'self' https://id.example.com, connect-src 'none'")
		}
	}},
	{name: "csp-report-only", page: "healthy-guest", shop: func(l *lab) {
		l.answer = func(h http.Header) { h.Set("Content-Security-Policy-Report-Only", "default-src 'none'") }
	}},
	{name: "section-missing", page: "healthy-guest", shop: withoutSection},
	{name: "section-of-another-kind", page: "healthy-guest", shop: func(l *lab) { l.section = "<p>Hello</p>" }},
	{name: "section-not-needed", page: "healthy-v1", saved: true, shop: withoutSection},
	{name: "proxy-missing"},
	{name: "proxy-refused"},
	{name: "proxy-unreachable"},
	{name: "proxy-malformed"},
	{name: "proxy-policy"},
	{name: "proxy-beside", shop: withoutSection},
	{name: "proxy-unused"},
	{name: "other-widget"},

	{name: "exchange", page: "healthy-customer", saved: true, config: withExchange},
	{name: "exchange-v1", page: "healthy-v1", saved: true, config: withExchange},
	{name: "exchange-refused", page: "signature-order", saved: true, config: withExchange},
	{name: "exchange-of-another", page: "healthy-customer", saved: true, config: withExchange, shop: func(l *lab) { l.token = func(string) string { return tokenFor("2", 900) } }},
	{name: "exchange-without-pid", page: "healthy-customer", saved: true, config: withExchange, shop: func(l *lab) {
		l.token = func(id string) string {
			return jwt(map[string]any{"customer_id": id, "iat": 1795200300, "exp": 1795201200})
		}
	}},
	{name: "exchange-failed", page: "healthy-customer", saved: true, config: withExchange, shop: func(l *lab) { l.token = func(string) string { return "x.y.z" } }},
	{name: "exchange-skipped", page: "healthy-guest", config: withExchange},
}

func TestStories(t *testing.T) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			compare(t, s.name, s.look(t))
		})
	}
}

// look plays the story.
func (s story) look(t *testing.T) Report {
	if s.page == "" {
		s.page = s.name
	}
	body, err := os.ReadFile("testdata/" + s.page + ".html")
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, body)
	if s.shop != nil {
		s.shop(l)
	}
	c := Config{URL: &url.URL{Scheme: "https", Host: "shop.example.com", Path: "/"}, Transport: l.transport(), Now: now}
	if s.saved {
		c.URL, c.Saved = nil, &Saved{Name: "saved.html", Body: body, Time: now()}
	}
	if s.config != nil {
		s.config(&c)
	}
	report := Run(t.Context(), c)
	for _, asked := range l.asked {
		if strings.HasPrefix(asked, http.MethodPost) && !c.Exchange {
			t.Errorf("the doctor spent the signature unasked: %s", asked)
		}
	}
	return report
}

// compare holds a report against the one in testdata.
func compare(t *testing.T, name string, r Report) {
	t.Helper()
	path, got := "testdata/"+name+".txt", r.String()+"\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
	if r.OK == (r.Count(Error) > 0) {
		t.Errorf("OK is %v beside %d errors", r.OK, r.Count(Error))
	}
}

// distrustful is a transport that knows no certificate authority.
func distrustful(t http.RoundTripper) http.RoundTripper {
	strict := t.(*http.Transport).Clone()
	strict.TLSClientConfig.RootCAs = nil
	return strict
}
