package demo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParameters has the snippet told what a trial or a choice wants of it.
func TestParameters(t *testing.T) {
	h := site(t, config(t))
	for target, want := range map[string]map[string]string{
		"/":                        {},
		"/?try=consent":            {"consent": "preferences"},
		"/?debug=on":               {"debug": "true"},
		"/?debug=true":             {},
		"/?try=consent&debug=on":   {"consent": "preferences", "debug": "true"},
		"/?try=consent&break=none": {"consent": "preferences"},
	} {
		m, got := marker(t, get(h, target, first).Body.String()), map[string]string{}
		for _, name := range []string{"consent", "debug"} {
			if m[name] != "" {
				got[name] = m[name]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", target, diff)
		}
	}
}

// TestScriptsOfTrials: what a trial does to the browser is done before the
// panel and the snippet look at it.
func TestScriptsOfTrials(t *testing.T) {
	h := site(t, config(t))
	for _, target := range append(trials, "") {
		want := map[string]string{
			"storage-blocked": `<script src="/demo/blocked.js"></script>`,
			"clock-ahead":     `<script src="/demo/clock.js" data-ahead="86400"></script>`,
			"clock-behind":    `<script src="/demo/clock.js" data-ahead="-86400"></script>`,
			"consent":         `<script src="/demo/consent.js"></script>`,
		}[target]
		before, _, found := strings.Cut(get(h, "/?try="+target, first).Body.String(), `<script type="module" src="/demo/page.js">`)
		if strings.Count(before, "<script") != strings.Count(want, "<script") || !strings.Contains(before, want) || !found {
			t.Errorf("%q: the page begins\n%s", target, before)
		}
	}
}

// TestLinksOfATrial: there is one fault or one trial at a time.
func TestLinksOfATrial(t *testing.T) {
	page := get(site(t, config(t)), "/?try=two-tabs&version=v1", first).Body.String()
	for _, want := range []string{
		`id="try-two-tabs" href="/?try=two-tabs&amp;version=v1#happened" aria-current="true"`,
		`id="try-consent" href="/?try=consent&amp;version=v1#happened"`,
		`id="break-service-down" href="/?break=service-down&amp;version=v1#happened"`,
		`id="usual" href="/?version=v1#happened"`,
		`id="version-v2" href="/?try=two-tabs#happened"`,
		`id="second-tab" href="/?try=two-tabs&amp;version=v1#happened" target="_blank"`,
		`action="/logout?try=two-tabs&amp;version=v1"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
