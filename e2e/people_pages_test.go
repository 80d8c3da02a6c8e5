package e2e

import (
	"context"
	"encoding/json"
	"net/url"
	"os/exec"

	"slices"
	"syscall"
	"testing"
	"time"
)

var sizes = []object{{"name": "phone", "width": 390, "height": 844}, {"name": "desktop", "width": 1280, "height": 900}}

// look has people-pages.mjs do a task in an engine, and reads what it prints.
func (g *gallery) look(t *testing.T, engine, task string, more object, out any) {
	t.Helper()
	given := object{"engine": engine, "task": task, "origin": g.origin, "sizes": sizes, "programs": object{"chromium": chromium(t)}}
	if engine != "chromium" {
		given["programs"] = programs(t)
	}
	for name, value := range more {
		given[name] = value
	}
	arg, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", "people-pages.mjs", string(arg))
	c.Stderr = t.Output()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = 10 * time.Second
	answer, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatalf("%q: %v", answer, err)
	}
}

func programs(t *testing.T) object {
	return object{
		"firefox":      installed(t, "Firefox", "firefox-esr", "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"),
		"minibrowser":  installed(t, "WebKitGTK's MiniBrowser", "webkit2gtk-driver", "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"),
		"webkitdriver": installed(t, "WebKitGTK's driver", "webkit2gtk-driver", "WebKitWebDriver"),
		"xvfb":         installed(t, "Xvfb", "xvfb", "Xvfb"),
	}
}

// Every page in both languages and schemes, on a phone and on a desk: axe-core
// finds nothing, what can be touched is 44 pixels each way, nothing is too wide,
// and the policy lets the style in.
func TestPagesAreAccessible(t *testing.T) {
	var got struct {
		Looks int
		Wrong []string
	}
	newGallery(t).look(t, "chromium", "axe", nil, &got)
	t.Logf("%d looks", got.Looks)
	for _, line := range got.Wrong {
		t.Error(line)
	}
	if got.Looks < 200 {
		t.Errorf("only %d looks", got.Looks)
	}
}

// kinds are one page of each kind, with all fields it can have.
var kinds = []string{"login-wrong", "consent-own", "grant-refused", "account", "onward", "signed-out", "installed", "failure-wrong_request"}

// No text in any field runs, even without the policy that would not let it; the
// same texts do where they are taken for HTML.
func TestHostileTextsInPages(t *testing.T) {
	g := newGallery(t)
	var bare []string
	for _, kind := range kinds {
		bare = append(bare, "/bare/"+kind)
	}
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var got struct {
				Payloads, Control int
				Ran               []string
			}
			g.look(t, engine, "texts", object{"pages": bare}, &got)
			t.Logf("%d payloads in %d pages, of which %d run where they may", got.Payloads, len(kinds), got.Control)
			for _, what := range got.Ran {
				t.Errorf("ran: %s", what)
			}
			if got.Payloads < 40 || got.Control < 15 {
				t.Errorf("%d payloads, and only %d run where they may", got.Payloads, got.Control)
			}
		})
	}
}

// A form says where it comes from, in every engine, and what follows it gets to
// where it should: a client's redirect URI that the page names, and by Onward
// also a client that redirects to a third origin.
func TestFormsOfPages(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			g := newGallery(t)
			client, end := g.site+"/end?code=1", g.origin+"/end"
			chain := g.site + "/hop?to=" + url.QueryEscape(end)
			visits := []struct {
				From   string `json:"from"`
				Answer string `json:"answer"`
				To     string `json:"to"`
			}{
				{"/login", "", g.origin + "/sent"},
				{"/login?target=" + url.QueryEscape(g.site+"/"), client, client},
				{"/consent?target=" + url.QueryEscape(g.site+"/back?x=y"), client, client},
				{"/consent?target=" + url.QueryEscape("http://[::1]:1/"), client, client}, // all of http
				{"/login", "/onward-home?text=" + url.QueryEscape(chain), end},
			}
			var came []string
			g.look(t, engine, "forms", object{"patience": 15000, "visits": visits}, &came)
			for i, visit := range visits {
				if i >= len(came) || came[i] != visit.To {
					t.Errorf("%+v: came to %v", visit, came)
				}
			}
			for _, form := range g.sent {
				if form["origin"] != g.origin || form["site"] != "same-origin" {
					t.Errorf("sent: %v", form)
				}
			}
			if len(g.sent) != len(visits) {
				t.Errorf("%d forms", len(g.sent))
			}
		})
	}
}

// What form-action is for, and why Onward is there: without its redirect URI
// named, a client is not reached, nor one behind it.
func TestFormsLeadNowhereElse(t *testing.T) {
	g := newGallery(t)
	client := g.site + "/end"
	visits := []object{
		{"from": "/login", "answer": client, "to": client},
		{"from": "/login?target=" + url.QueryEscape(g.site+"/"), "answer": g.site + "/hop?to=" + url.QueryEscape(g.origin+"/end"), "to": g.origin + "/end"},
		{"from": "/login?target=" + url.QueryEscape(g.site+"/"), "answer": g.site + "/hop?to=" + url.QueryEscape("http://127.0.0.2:1/end"), "to": ""},
	}
	var came []string
	g.look(t, "chromium", "forms", object{"patience": 1000, "visits": visits}, &came)
	want := []string{g.origin + "/login", g.origin + "/end", g.origin + "/login?target=" + url.QueryEscape(g.site+"/")}
	if !slices.Equal(came, want) {
		t.Errorf("came to %v, want %v", came, want)
	}
}
