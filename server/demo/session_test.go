package demo_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestLogin(t *testing.T) {
	tests := []struct{ name, target, form, location, cookie string }{
		{"first", "/login", "customer=" + first, "/", "demo_customer=" + first + "; Path=/; HttpOnly; SameSite=Lax"},
		{"second", "/login", "customer=" + second, "/", "demo_customer=" + second + "; Path=/; HttpOnly; SameSite=Lax"},
		{"logout", "/logout", "", "/", "demo_customer=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
		{
			"switches stay", "/login?version=v1&metafield=bare&break=old-timestamp", "customer=" + first,
			"/?break=old-timestamp&metafield=bare&version=v1", "demo_customer=" + first + "; Path=/; HttpOnly; SameSite=Lax",
		},
		{
			"trial, source and debugging stay", "/login?try=consent&source=proxy&debug=on", "customer=" + first,
			"/?debug=on&source=proxy&try=consent", "demo_customer=" + first + "; Path=/; HttpOnly; SameSite=Lax",
		},
		{
			"nothing else does", "/logout?break=unheard-of&next=https://evil.example&version=//evil.example", "",
			"/", "demo_customer=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		},
	}
	h := site(t, config(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := post(h, test.target, test.form)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != test.location {
				t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
			}
			if got := strings.Join(w.Header()["Set-Cookie"], "\n"); got != test.cookie {
				t.Errorf("cookie %q", got)
			}
		})
	}
}

func TestLoginOfNobody(t *testing.T) {
	h := site(t, config(t))
	for _, form := range []string{"", "customer=", "customer=1", "customer=canary", "id=" + first, "customer=" + first + "%20", strings.Repeat("x", 2000) + "&customer=" + first} {
		w := post(h, "/login", form)
		if w.Code != http.StatusBadRequest || w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%.30q: status %d, cookie %q, %s", form, w.Code, w.Header().Get("Set-Cookie"), w.Body)
		}
	}
}

// TestForgedForms has another site log a visitor in or out.
func TestForgedForms(t *testing.T) {
	tests := []struct {
		name   string
		header []string
		status int
	}{
		{"own page", nil, http.StatusSeeOther},
		{"own page, modern browser", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusSeeOther},
		{"other site", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"other port", []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{"other site, old browser", []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"no origin at all, old browser", []string{"Origin", "null"}, http.StatusForbidden},
	}
	h := site(t, config(t))
	for _, test := range tests {
		for _, target := range []string{"/login", "/logout"} {
			w := post(h, target, "customer="+first, test.header...)
			if w.Code != test.status || (w.Header().Get("Set-Cookie") != "") != (test.status == http.StatusSeeOther) {
				t.Errorf("%s at %s: status %d, cookie %q", test.name, target, w.Code, w.Header().Get("Set-Cookie"))
			}
		}
	}
}
