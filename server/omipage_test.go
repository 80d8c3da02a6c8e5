package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The page says who asks and for what; without an app there is none.
func TestOMIPage(t *testing.T) {
	o := newOMI(t)
	o.create("chatty", "--home-url", "https://chatty.example:8443/in", "--capability", "chat", "--action", "read_tasks")
	o.create("homeless", "--capability", "external_integration")
	o.create("idle")
	eventually(t, "the apps are known", func() bool { return o.asks("app_id=idle").StatusCode == 400 })
	for query, want := range map[string]string{
		"app_id=nothing":            `404 {"detail":"App not found"}`,
		"app_id=":                   `404 {"detail":"App not found"}`,
		"app_id=idle":               `400 {"detail":"App does not support external integration"}`,
		"app_id=homeless":           `400 {"detail":"App home URL not configured for this app."}`,
		"":                          `422 {"detail":[{"type":"missing","loc":["query","app_id"],"msg":"Field required","input":null}]}`,
		"state=x":                   `422 {"detail":[{"type":"missing","loc":["query","app_id"],"msg":"Field required","input":null}]}`,
		"app_id=notes&app_id=other": `400 {"detail":"a parameter is there more than once"}`,
		"app_id=notes&state=%FF":    `400 {"detail":"the body is not a form: names and values must be percent-encoded UTF-8"}`,
	} {
		a := o.asks(query)
		if got := a.Status[:4] + a.body; got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	a := o.asks("app_id=chatty&state=" + url.QueryEscape(omiState+`"><script>alert(1)</script>`))
	if a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for _, text := range []string{"App chatty", "Engage in chat conversations with Omi.", "Access and read your stored tasks.", `value="allow"`, `value="deny"`,
		`name="password"`, `type="password"`, `name="app_id" value="chatty"`, `name="state" value="st&amp;te=1 #ü&#34;&gt;&lt;script`, "chatty.example:8443"} {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page lacks %s:\n%s", text, a.body)
		}
	}
	mustNotSay(t, "the page", a.body, "<script", "canary", omiKey)
	policy := a.Header.Get("Content-Security-Policy")
	for _, text := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, text) {
			t.Errorf("the policy lacks %s: %s", text, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || a.Header.Get("Referrer-Policy") != "same-origin" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.Header)
	}
	if a := o.asks("app_id=chatty"); strings.Contains(a.body, `name="state"`) {
		t.Error("a state out of nowhere")
	}
	if a := o.followed("PUT", o.public+"/t/acme/v1/oauth/authorize", ""); a.StatusCode != 405 || a.Header.Get("Allow") != "GET, POST, OPTIONS" {
		t.Errorf("PUT: %d %v", a.StatusCode, a.Header)
	}
}

// Allowing and denying both lead home: by GET, with what was there, and nothing
// that was not.
func TestOMIAnswers(t *testing.T) {
	o := newOMI(t)
	const home = "https://notes.example/home?x=1&"
	for _, row := range []struct {
		name string
		form url.Values
		want string
	}{
		{"allow", typed("notes"), home + "uid=" + annasUID + "#in"},
		{"allow, with a state", with(typed("notes"), "state", omiState), home + "uid=" + annasUID + "&state=" + omiStateEsc + "#in"},
		{"deny", with(typed("notes"), "answer", "deny"), home + "error=access_denied#in"},
		{"deny, with a state", url.Values{"app_id": {"notes"}, "answer": {"deny"}, "state": {omiState}}, home + "error=access_denied&state=" + omiStateEsc + "#in"},
	} {
		a := o.allows(row.form)
		if a.StatusCode != 200 || sentOn(t, a) != row.want || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q, want %q: %s", row.name, a.StatusCode, sentOn(t, a), row.want, a.body)
		}
	}
	signIns := 0
	o.firebase.set(func(f *fakeFirebase) { signIns = f.asked })
	if signIns != 2 {
		t.Errorf("%d sign-ins: who denies need not sign in", signIns)
	}
	for name, row := range map[string]struct {
		form   url.Values
		status int
		says   string
	}{
		"neither":          {with(typed("notes"), "answer", "perhaps"), 400, "neither been allowed nor denied"},
		"no answer":        {url.Values{"app_id": {"notes"}}, 400, "neither been allowed nor denied"},
		"no app":           {typed("nothing"), 404, "App not found"},
		"twice":            {url.Values{"app_id": {"notes", "other"}, "answer": {"deny"}}, 400, "more than once"},
		"a wrong password": {with(typed("notes"), "password", "canary"), 400, "That name and password do not belong together."},
		"no password":      {with(typed("notes"), "password", ""), 400, "That name and password do not belong together."},
		"no address":       {with(typed("notes"), "email", ""), 400, "That name and password do not belong together."},
		"another address":  {with(typed("notes"), "email", "bob@example.com"), 400, "That name and password do not belong together."},
	} {
		a := o.allows(row.form)
		if a.StatusCode != row.status || !strings.Contains(a.body, row.says) || a.Header.Get("Location") != "" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		mustNotSay(t, name, a.body, "canary", "eyJ")
	}
	again := o.allows(with(typed("notes"), "password", "canary", "state", omiState))
	if !strings.Contains(again.body, `value="anna@example.com"`) || !strings.Contains(again.body, `value="st&amp;te=1 #ü"`) {
		t.Errorf("what was typed is lost: %s", again.body)
	}
	mustNotSay(t, "the log", o.log.String(), "canary", "eyJ", annasMail, annasUID)
}

// What Firebase says, and what becomes of it.
func TestOMIFirebaseAway(t *testing.T) {
	o := newOMI(t)
	for message, want := range map[string]string{
		"TOO_MANY_ATTEMPTS_TRY_LATER : canary":                 "429 There were too many tries.",
		"USER_DISABLED":                                        "400 That name and password do not belong together.",
		"API key not valid. Please pass a valid API key.":      "503 Signing in does not work at the moment.",
		"PASSWORD_LOGIN_DISABLED":                              "503 Signing in does not work at the moment.",
		"Requests from referer canary are blocked. canary two": "503 Signing in does not work at the moment.",
	} {
		o.firebase.set(func(f *fakeFirebase) { f.error = message })
		a := o.allows(typed("notes"))
		status, text, _ := strings.Cut(want, " ")
		if a.Status[:3] != status || !strings.Contains(a.body, text) || status != "400" && a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", message, a.StatusCode, a.body)
		}
		mustNotSay(t, message, a.body, "canary")
	}
	o.firebase.server.Close()
	if a := o.allows(typed("notes")); a.StatusCode != 503 {
		t.Errorf("away: %d %s", a.StatusCode, a.body)
	}
	if a := o.token(brings("notes", firebaseToken(nil))); a.StatusCode != 503 || !strings.Contains(a.body, `{"detail":"the issuer's keys cannot be had`) || a.Header.Get("Retry-After") == "" {
		t.Errorf("its keys: %d %s", a.StatusCode, a.body)
	}
	mustNotSay(t, "the log", o.log.String(), "canary", annasMail)
	o.must("", "issuer", "add", "acme", "--firebase-project", omiProject)
	eventually(t, "there is no key", func() bool {
		return strings.Contains(o.asks("app_id=notes").body, "Signing in does not work at the moment.")
	})
	if a := o.allows(typed("notes")); a.StatusCode != 503 || !strings.Contains(a.body, "Signing in does not work at the moment.") {
		t.Errorf("no key: %d %s", a.StatusCode, a.body)
	}
}

// A form of another page's is none of ours.
func TestOMIForeignForms(t *testing.T) {
	o := newOMI(t)
	own := regexp.MustCompile(`^http://[^/]+`).FindString(o.public)
	for _, row := range []struct {
		header []string
		status int
	}{
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, 200},
		{[]string{"Origin", own}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
		{[]string{"Sec-Fetch-Site", "none"}, 403},
		{[]string{"Sec-Fetch-Site", "SAME-ORIGIN"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", own}, 403},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", own + "/"}, 403},
		{[]string{"Origin", own + ".evil.example"}, 403},
		{[]string{"Origin", strings.Replace(own, "http", "https", 1)}, 403},
		{[]string{"X-Nothing", "x"}, 403},
	} {
		for _, answer := range []string{"allow", "deny"} {
			a := o.allows(with(typed("notes"), "answer", answer), row.header...)
			if a.StatusCode != row.status || row.status == 403 && (a.Header.Get("Location") != "" || !strings.Contains(a.body, "from another page than ours")) {
				t.Errorf("%v, %s: %d %s", row.header, answer, a.StatusCode, a.body)
			}
		}
	}
	asked := 0
	o.firebase.set(func(f *fakeFirebase) { asked = f.asked })
	if asked != 3 {
		t.Errorf("Firebase was asked %d times", asked)
	}
}

// Who guesses at Firebase's passwords here is counted as whoever guesses at ours.
func TestOMIGuesses(t *testing.T) {
	o := newOMI(t)
	wrong := with(typed("notes"), "password", "canary")
	limited := 0
	for n := range 15 {
		a := o.allows(wrong)
		if a.StatusCode == http.StatusTooManyRequests {
			limited++
			continue
		}
		if a.StatusCode != 400 || limited > 0 {
			t.Fatalf("%d: %d %s", n, a.StatusCode, a.body)
		}
	}
	asked := 0
	o.firebase.set(func(f *fakeFirebase) { asked = f.asked })
	if limited != 5 || asked != 10 {
		t.Errorf("%d were refused, Firebase was asked %d times", limited, asked)
	}
	if a := o.allows(typed("notes")); a.StatusCode != 429 || a.Header.Get("Retry-After") == "" {
		t.Errorf("the right password, meanwhile: %d", a.StatusCode)
	}
	if a := o.token(brings("notes", firebaseToken(nil))); a.StatusCode != 200 {
		t.Errorf("a token is no guess: %d %s", a.StatusCode, a.body)
	}
}

// sentOn is where a page sends the browser by itself; empty: nowhere.
func sentOn(t *testing.T, a answer) string {
	b := &browser{t: t, answer: a}
	b.goOn()
	return b.sentTo
}
