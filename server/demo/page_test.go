package demo_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/web"
)

var (
	faults = []string{"wrong-secret", "missing-metafield", "old-timestamp", "foreign-origin", "service-down", "no-proxy"}
	trials = []string{"refresh", "two-tabs", "storage-blocked", "clock-ahead", "clock-behind", "slow-network", "consent", "old-page"}
)

func TestPage(t *testing.T) {
	script := endpoint + "/sdk/" + web.Version + "/shapestoken.js"
	type want struct {
		Endpoint, Script, Secret string
		Verdict                  hmac.Result
		Version                  hmac.Version
	}
	usual := want{endpoint, script, "present", hmac.Valid, hmac.V2}
	v1 := want{endpoint, script, "present", hmac.Valid, hmac.V1}
	tests := map[string]want{
		"/":                                     usual,
		"/?version=v2&metafield=value":          usual,
		"/?metafield=bare":                      usual,
		"/?version=v1":                          v1,
		"/?version=v1&metafield=bare":           v1,
		"/?break=unheard-of&version=v3":         usual,
		"/?metafield=json&break=":               usual,
		"/?break=wrong-secret":                  {endpoint, script, "present", hmac.Wrong, hmac.V2},
		"/?break=wrong-secret&version=v1":       {endpoint, script, "present", hmac.Wrong, hmac.V1},
		"/?break=missing-metafield":             {endpoint, script, "blank", hmac.EmptyKey, hmac.V2},
		"/?break=missing-metafield&version=v1":  {endpoint, script, "blank", hmac.EmptyKey, hmac.V1},
		"/?break=old-timestamp":                 {endpoint, script, "present", hmac.Expired, hmac.V2},
		"/?break=old-timestamp&version=v1":      {endpoint, script, "present", hmac.Expired, hmac.V2},
		"/?break=service-down":                  {nowhere, script, "present", hmac.Valid, hmac.V2},
		"/?break=service-down&metafield=bare#x": {nowhere, script, "present", hmac.Valid, hmac.V2},
		"/?try=two-tabs":                        usual,
		"/?try=unheard-of":                      usual,
		"/?try=slow-network":                    {origin + "/slow", script, "present", hmac.Valid, hmac.V2},
		"/?try=old-page&version=v1":             {endpoint, script, "present", hmac.Expired, hmac.V2},
		"/?try=slow-network&break=wrong-secret": {endpoint, script, "present", hmac.Wrong, hmac.V2},
	}
	h := site(t, config(t))
	for target, want := range tests {
		t.Run(target, func(t *testing.T) {
			w := get(h, target, first)
			m := marker(t, w.Body.String())
			got := usual
			got.Endpoint, got.Script, got.Secret = m["endpoint"], m["script"], m["secret"]
			got.Verdict, got.Version = verify(t, m, idSecret)
			if diff := cmp.Diff(want, got); diff != "" || w.Code != http.StatusOK || m["id"] != first {
				t.Errorf("status %d, id %s\n%s", w.Code, m["id"], diff)
			}
		})
	}
}

func TestOtherTenants(t *testing.T) {
	for target, other := range map[string]struct{ endpoint, secret string }{
		"/?break=foreign-origin": {elsewhere, elsewhereSecret},
		"/?try=refresh":          {brief, briefSecret},
	} {
		m := marker(t, get(site(t, config(t)), target, first).Body.String())
		if m["endpoint"] != other.endpoint || !strings.HasPrefix(m["script"], other.endpoint+"/sdk/") {
			t.Errorf("%s asks %s, script from %s", target, m["endpoint"], m["script"])
		}
		if result, _ := verify(t, m, other.secret); result != hmac.Valid {
			t.Errorf("%s: the other tenant would say: %s", target, result)
		}
	}
}

func TestGuest(t *testing.T) {
	h := site(t, config(t))
	for _, cookie := range []string{"", "1", "0", first + "0", " ", "canary-cookie"} {
		for _, target := range []string{"/", "/?break=wrong-secret", "/?version=v1"} {
			body := get(h, target, cookie).Body.String()
			m := marker(t, body)
			if m["state"] != "guest" || m["signature"] != "" || m["id"] != "" || m["timestamp"] != "" {
				t.Errorf("%s with cookie %q: %v", target, cookie, m)
			}
			if !strings.Contains(body, `<body data-state="guest"`) {
				t.Errorf("%s with cookie %q: the body does not say guest", target, cookie)
			}
		}
	}
}

// TestHooks holds what browser tests and shared links rely on.
func TestHooks(t *testing.T) {
	everywhere := []string{"outcome", "happened", "request", "kept", "log", "snippet", "source-signature", "source-proxy", "version-v1", "version-v2", "metafield-value", "metafield-bare", "debug-off", "debug-on"}
	for _, s := range faults {
		everywhere = append(everywhere, "break-"+s)
	}
	for _, s := range trials {
		everywhere = append(everywhere, "try-"+s)
	}
	tests := []struct {
		name, target, customer, body string
		has, hasNot                  []string
	}{
		{"guest", "/", "", `data-state="guest" data-customer="" `, []string{"login-1", "login-2"}, []string{"logout", "repair"}},
		{"first", "/", first, `data-state="customer" data-customer="` + first + `" `, []string{"login-2", "logout"}, []string{"login-1", "repair"}},
		{"second", "/", second, `data-state="customer" data-customer="` + second + `" `, []string{"login-1", "logout"}, []string{"login-2", "repair"}},
		{"broken", "/?break=old-timestamp", first, `data-break="old-timestamp" data-try=""`, []string{"repair", "put-away"}, []string{"usual", "live"}},
		{"tried", "/?try=refresh", first, `data-break="" data-try="refresh"`, []string{"usual", "put-away", "live", "reload"}, []string{"repair", "second-tab", "allow", "withdraw"}},
		{"two tabs", "/?try=two-tabs", first, `data-try="two-tabs"`, []string{"second-tab"}, []string{"allow"}},
		{"consent", "/?try=consent", first, `data-try="consent"`, []string{"allow", "withdraw"}, []string{"second-tab"}},
		{"tried as a guest", "/?try=consent", "", `data-try="consent"`, []string{"usual"}, []string{"live", "allow", "reload"}},
	}
	h := site(t, config(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := get(h, test.target, test.customer).Body.String()
			if !strings.Contains(page, test.body) {
				t.Errorf("the body lacks %s", test.body)
			}
			for _, id := range slices.Concat(everywhere, test.has) {
				if n := strings.Count(page, `id="`+id+`"`); n != 1 {
					t.Errorf("%d elements have the id %s", n, id)
				}
			}
			for _, id := range test.hasNot {
				if strings.Contains(page, `id="`+id+`"`) {
					t.Errorf("there is an element %s", id)
				}
			}
		})
	}
}

// TestLinksKeepTheRest follows what a switch is for: it changes itself alone.
func TestLinksKeepTheRest(t *testing.T) {
	page := get(site(t, config(t)), "/?break=wrong-secret&version=v1&metafield=bare&debug=on", first).Body.String()
	for _, want := range []string{
		`id="break-wrong-secret" href="/?break=wrong-secret&amp;debug=on&amp;metafield=bare&amp;version=v1#happened" aria-current="true"`,
		`id="break-service-down" href="/?break=service-down&amp;debug=on&amp;metafield=bare&amp;version=v1#happened"`,
		`id="repair" href="/?debug=on&amp;metafield=bare&amp;version=v1#happened"`,
		`id="try-refresh" href="/?debug=on&amp;metafield=bare&amp;try=refresh&amp;version=v1#happened"`,
		`id="version-v2" href="/?break=wrong-secret&amp;debug=on&amp;metafield=bare#happened"`,
		`id="source-proxy" href="/?break=wrong-secret&amp;debug=on&amp;metafield=bare&amp;source=proxy&amp;version=v1#happened"`,
		`id="metafield-value" href="/?break=wrong-secret&amp;debug=on&amp;version=v1#happened"`,
		`id="debug-off" href="/?break=wrong-secret&amp;metafield=bare&amp;version=v1#happened"`,
		`action="/logout?break=wrong-secret&amp;debug=on&amp;metafield=bare&amp;version=v1"`,
		`{% render &#39;shapestoken&#39;, endpoint: &#39;` + endpoint + `&#39;, version: &#39;v1&#39;, debug: true %}`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// switches are the addresses of all faults and trials, and more.
func switches(more ...string) []string {
	for _, fault := range faults {
		more = append(more, "break="+fault)
	}
	for _, trial := range trials {
		more = append(more, "try="+trial)
	}
	return more
}

func TestNothingLeaks(t *testing.T) {
	h := site(t, config(t))
	for _, customer := range []string{"", first, second, "canary-cookie"} {
		for _, s := range switches("", "break=canary-switch", "try=canary-switch") {
			for _, rest := range []string{"", "&version=v1", "&metafield=bare", "&debug=on", "&source=proxy", "&source=canary-source&version=canary-version&metafield=canary-kind&debug=canary-debug&x=canary-x"} {
				target := "/?" + s + rest
				page := get(h, target, customer).Body.String()
				section := get(h, "/?section_id=shapestoken&x=canary-x", customer, "Referer", origin+target).Body.String()
				if strings.Contains(page+section, "canary") || strings.Contains(page+section, "a-secret-that-is-nobodys") {
					t.Errorf("%s as %q shows what it must not", target, customer)
				}
				if sig := marker(t, page)["signature"]; sig != "" && strings.Count(page, sig) != 1 {
					t.Errorf("%s as %q: the signature stands outside of the marker too", target, customer)
				}
			}
		}
	}
}

func TestSecretIsAskedAtEachView(t *testing.T) {
	c := config(t)
	current := idSecret
	c.Secret = func(context.Context) (secret.Text, error) { return secret.New(current), nil }
	h := site(t, c)
	for _, current = range []string{"the-secret-before-0123456789", "the-secret-after-0123456789"} {
		m := marker(t, get(h, "/", first).Body.String())
		if result, _ := verify(t, m, current); result != hmac.Valid {
			t.Errorf("signed with another secret: %s", result)
		}
	}
}

func TestSecretCannotBeRead(t *testing.T) {
	c := config(t)
	c.Secret = func(context.Context) (secret.Text, error) { return secret.Text{}, errors.New("canary") }
	h := site(t, c)
	for _, target := range []string{"/", "/?section_id=shapestoken"} {
		w := get(h, target, first)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%s: status %d: %s", target, w.Code, w.Body)
		}
	}
}

// TestMetafieldIsOfTheKindChosen needs a snippet of its own: to the real one
// both kinds are the same.
func TestMetafieldIsOfTheKindChosen(t *testing.T) {
	c := config(t)
	c.Snippet = "{% if shop.metafields.omneo.id_secret.value %}of a type{% else %}of the old kind{% endif %}"
	h := site(t, c)
	for target, want := range map[string]string{"/": "of a type", "/?metafield=bare": "of the old kind"} {
		if page := get(h, target, first).Body.String(); !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("%s: the metafield is not %s", target, want)
		}
	}
}

// TestErrorsOfLiquidAreNotTold has the snippet stumble over the secret itself,
// which Liquid's error then quotes.
func TestErrorsOfLiquidAreNotTold(t *testing.T) {
	c := config(t)
	c.Snippet = `{% if shop.metafields.omneo.id_secret.value == '` + idSecret + `' %}{{ shop.metafields.omneo.id_secret.value | minus: 1 }}{% endif %}`
	var log bytes.Buffer
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	h := site(t, c)
	for _, target := range []string{"/", "/?section_id=shapestoken"} {
		log.Reset()
		w := get(h, target, first)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String()+log.String(), "canary") || log.Len() == 0 {
			t.Errorf("%s: status %d: %s, log: %s", target, w.Code, w.Body, &log)
		}
	}
}

// TestPagesDoNotMix has two customers look at the same time.
func TestPagesDoNotMix(t *testing.T) {
	h := site(t, config(t))
	var group sync.WaitGroup
	for _, customer := range []string{first, second, first, second} {
		group.Go(func() {
			for range 10 {
				body := get(h, "/", customer).Body.String()
				if !strings.Contains(body, `data-id="`+customer+`"`) {
					t.Errorf("customer %s got somebody else's page", customer)
				}
			}
		})
	}
	group.Wait()
}
