package main

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

const missingField = `{"type":"missing","loc":["body","%"],"msg":"Field required","input":null}`

func missingFields(names ...string) string {
	var list []string
	for _, name := range names {
		list = append(list, strings.Replace(missingField, "%", name, 1))
	}
	return `{"detail":[` + strings.Join(list, ",") + `]}`
}

// OMI's flow as its document has it, and what each wrong step is told.
func TestOMIToken(t *testing.T) {
	o := newOMI(t)
	home := `"redirect_url":"https://notes.example/home?x=1#in"`
	for _, row := range []struct {
		name   string
		form   url.Values
		status int
		body   string
	}{
		{"a token", brings("notes", firebaseToken(nil)), 200, `{"uid":"` + annasUID + `",` + home + `,"state":null}`},
		{"again", brings("notes", firebaseToken(nil)), 200, `{"uid":"` + annasUID + `",` + home + `,"state":null}`},
		{"an empty state", with(brings("notes", firebaseToken(nil)), "state", ""), 200, `{"uid":"` + annasUID + `",` + home + `,"state":null}`},
		{"a state", with(brings("notes", firebaseToken(nil)), "state", omiState, "csrf_token", ""), 200, `{"uid":"` + annasUID + `",` + home + `,"state":"st&te=1 #ü"}`},
		{"nothing", url.Values{}, 422, missingFields("firebase_id_token", "app_id")},
		{"an empty token", brings("notes", ""), 422, missingFields("firebase_id_token")},
		{"no app", brings("", "x"), 422, missingFields("app_id")},
		{"rubbish", brings("notes", "rubbish"), 401, `{"detail":"Invalid Firebase ID token: token is malformed"}`},
		{"expired", brings("notes", firebaseToken(jwt.MapClaims{"exp": time.Now().Unix() - 61})), 401, `{"detail":"Invalid Firebase ID token: token is expired"}`},
		{"another project", brings("notes", firebaseToken(jwt.MapClaims{"aud": "other"})), 401, `{"detail":"Invalid Firebase ID token: token has invalid audience"}`},
		{"no uid", brings("notes", firebaseToken(jwt.MapClaims{"sub": nil})), 401, `{"detail":"Error verifying Firebase ID token: it has no uid of 1 to 128 characters"}`},
		{"no such app, and a wrong token", brings("nothing", "rubbish"), 401, `{"detail":"Invalid Firebase ID token: token is malformed"}`},
		{"no such app", brings("nothing", firebaseToken(nil)), 404, `{"detail":"App not found"}`},
		{"twice", url.Values{"firebase_id_token": {"a", "b"}, "app_id": {"notes"}}, 400, `{"detail":"a parameter is there more than once"}`},
	} {
		a := o.token(row.form)
		if a.StatusCode != row.status || a.body != row.body {
			t.Errorf("%s: %d %s, want %d %s", row.name, a.StatusCode, a.body, row.status, row.body)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", row.name)
		}
	}
	if a := o.do("POST", o.public+"/t/acme/v1/oauth/token", `{"firebase_id_token":"`+firebaseToken(nil)+`","app_id":"notes"}`, "Content-Type", "application/json"); a.StatusCode != 422 || a.body != missingFields("firebase_id_token", "app_id") {
		t.Errorf("JSON: %d %s", a.StatusCode, a.body)
	}
	if a := o.do("POST", o.public+"/t/acme/v1/oauth/token?app_id=notes", brings("notes", firebaseToken(nil)).Encode(), "Content-Type", formType); a.StatusCode != 400 {
		t.Errorf("a query: %d %s", a.StatusCode, a.body)
	}
	o.firebase.set(func(f *fakeFirebase) { f.down = true })
	if a := o.token(brings("notes", firebaseToken(nil))); a.StatusCode != 200 {
		t.Errorf("keys that are in memory: %d %s", a.StatusCode, a.body)
	}
	mustNotSay(t, "the log", o.log.String(), "canary", "eyJ")
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// What a browser's FormData sends is read, and what is not that is refused.
func TestOMIFormData(t *testing.T) {
	o := newOMI(t)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, pair := range [][2]string{{"firebase_id_token", firebaseToken(nil)}, {"app_id", "notes"}, {"state", omiState}, {"csrf_token", ""}} {
		if err := w.WriteField(pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	right, kind := b.String(), w.FormDataContentType()
	post := func(body, kind string) answer {
		return o.do("POST", o.public+"/t/acme/v1/oauth/token", body, "Content-Type", kind)
	}
	if a := post(right, kind); a.says(t, 200, "uid") != annasUID || a.says(t, 200, "state") != omiState {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	boundary := "--" + w.Boundary()
	part := func(head, body string) string { return boundary + "\r\n" + head + "\r\n\r\n" + body + "\r\n" }
	const token = `Content-Disposition: form-data; name="firebase_id_token"`
	for name, row := range map[string]struct {
		body, kind, says string
		status           int
	}{
		"no boundary":        {right, "multipart/form-data", "the body is not multipart/form-data", 400},
		"another boundary":   {right, "multipart/form-data; boundary=x", "the body is not multipart/form-data", 400},
		"a preamble":         {"canary\r\n" + right, kind, "the body is not multipart/form-data", 400},
		"an epilogue":        {right + "canary", kind, "the body is not multipart/form-data", 400},
		"cut":                {right[:len(right)-30], kind, "the body is not multipart/form-data", 400},
		"empty":              {"", kind, "the body is not multipart/form-data", 400},
		"a file":             {part(token+`; filename="x"`, "x") + boundary + "--\r\n", kind, "a parameter is a file", 400},
		"no name":            {part(`Content-Disposition: form-data`, "x") + boundary + "--\r\n", kind, "the body is not multipart/form-data", 400},
		"no disposition":     {part(`X-Y: z`, "x") + boundary + "--\r\n", kind, "the body is not multipart/form-data", 400},
		"an attachment":      {part(`Content-Disposition: attachment; name="app_id"`, "x") + boundary + "--\r\n", kind, "the body is not multipart/form-data", 400},
		"encoded":            {part(token+"\r\nContent-Transfer-Encoding: base64", "eA==") + boundary + "--\r\n", kind, "the body is not multipart/form-data", 400},
		"twice":              {part(token, "x") + part(token, "y") + boundary + "--\r\n", kind, "more than once", 400},
		"bad UTF-8":          {part(token, "\xff") + boundary + "--\r\n", kind, "the body is not multipart/form-data", 400},
		"many parts":         {manyParts(boundary, 65), kind, "more than 64 parameters", 400},
		"a part of no use":   {part(`Content-Disposition: form-data; name="x"`, "y") + boundary + "--\r\n", kind, "Field required", 422},
		"a form in JSON":     {right, "application/json", "Field required", 422},
		"plain text":         {right, "text/plain", "Field required", 422},
		"related":            {right, strings.Replace(kind, "form-data", "related", 1), "Field required", 422},
		"a kind of no sense": {right, "multipart/form-data; boundary", "Field required", 422},
	} {
		a := post(row.body, row.kind)
		if a.StatusCode != row.status || !strings.Contains(a.body, row.says) || !strings.HasPrefix(a.body, `{"detail":`) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		mustNotSay(t, name, a.body, "canary", "eyJ")
	}
	if a := o.do("POST", o.public+"/t/acme/v1/oauth/token", right, "Content-Type", kind, "Content-Encoding", "gzip"); a.StatusCode != 415 {
		t.Errorf("compressed: %d %s", a.StatusCode, a.body)
	}
}

func manyParts(boundary string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(boundary + "\r\nContent-Disposition: form-data; name=\"x" + strconv.Itoa(i) + "\"\r\n\r\ny\r\n")
	}
	return b.String() + boundary + "--\r\n"
}

// Each check of OMI's, in its order and with its text, by the token and by the page.
func TestOMIChecks(t *testing.T) {
	o := newOMI(t)
	setup := o.app.server.URL + "/setup?lang=en"
	at := func(id string, more ...string) {
		o.create(id, append([]string{"--home-url", "https://" + id + ".example/"}, more...)...)
	}
	at("private", "--private", "--setup-url", setup)
	at("mine", "--private", "--owner", annasUID)
	at("tried", "--private", "--tester", annasUID)
	at("setup", "--setup-url", setup, "--paid")
	at("paid", "--paid")
	o.create("homeless", "--capability", "external_integration")
	o.create("idle")
	at("last")
	eventually(t, "the apps are known", func() bool { return o.token(brings("last", firebaseToken(nil))).StatusCode == 200 })
	detail := func(text string) string { return `{"detail":"` + text + `"}` }
	const away = "Failed to verify app setup completion. Please try again later or contact support."
	const garbled = "Could not verify app setup due to an invalid response from the app. Please contact app developer or support."
	const open = "App setup is not completed. Please complete app setup before authorizing."
	const private = "This app is private and you are not authorized to enable it."
	const unpaid = "This is a paid app. Please purchase the app before authorizing."
	const unset = "App not configured for OAuth or app home URL not set"
	asks := "/setup?lang=en&uid=" + annasUID
	for _, row := range []struct {
		app    string
		says   string // the app's set-up; empty: it is not to be asked
		status int
		want   int
		text   string
	}{
		{"homeless", "", 0, 400, unset},
		{"idle", "", 0, 400, unset},
		{"private", "", 0, 403, private},
		{"setup", "canary", 500, 503, away},
		{"setup", "canary", 302, 503, away},
		{"setup", "canary", 200, 503, garbled},
		{"setup", `["canary"]`, 200, 503, garbled},
		{"setup", `{"is_setup_completed":false,"x":"canary"}`, 200, 400, open},
		{"setup", `{}`, 200, 400, open},
		{"setup", `{"is_setup_completed":true}`, 200, 403, unpaid},
		{"paid", "", 0, 403, unpaid},
		{"mine", "", 0, 200, ""},
		{"tried", "", 0, 200, ""},
	} {
		o.app.says(row.status, row.says)
		a := o.token(brings(row.app, firebaseToken(nil)))
		if a.StatusCode != row.want || row.text != "" && a.body != detail(row.text) {
			t.Errorf("%s: %d %s, want %d %s", row.app, a.StatusCode, a.body, row.want, row.text)
		}
		page := o.allows(typed(row.app))
		if row.text != "" && row.text != unset && (page.StatusCode != row.want || !strings.Contains(page.body, `role="alert"`) || !strings.Contains(page.body, row.text)) {
			t.Errorf("%s: the page: %d %s", row.app, page.StatusCode, page.body)
		}
		var heard []string
		if row.says != "" {
			heard = []string{asks, asks}
		}
		if diff := cmp.Diff(heard, o.app.heard()); diff != "" {
			t.Errorf("%s: %s", row.app, diff)
		}
		mustNotSay(t, row.app, a.body+page.body, "canary")
	}
	o.must("", "app", "paid", "acme", "setup", annasUID)
	o.app.says(200, `{"is_setup_completed":true}`)
	if a := o.token(brings("setup", firebaseToken(nil))); a.StatusCode != 200 {
		t.Errorf("paid: %d %s", a.StatusCode, a.body)
	}
	o.app.says(500, "")
	if a := o.token(brings("setup", firebaseToken(nil))); a.StatusCode != 200 || len(o.app.heard()) > 0 {
		t.Errorf("enabled, and asked again: %d %s", a.StatusCode, a.body)
	}
	counts := map[string]any{}
	for _, row := range o.list("app", "list", "acme") {
		counts[row["app_id"].(string)] = row["installs"]
	}
	if counts["last"] != 1.0 || counts["setup"] != 1.0 || counts["mine"] != 0.0 || counts["tried"] != 0.0 || counts["paid"] != 0.0 {
		t.Errorf("installs: %v", counts)
	}
}

// An app that leads the service to where nobody may go is not set up, and nobody
// is sent there.
func TestOMISetupIsGuarded(t *testing.T) {
	p := newProgram(t)
	p.must("", "tenant", "create", "acme")
	o := furnishOMI(p)
	o.create("inner", "--home-url", "https://inner.example", "--setup-url", o.app.server.URL+"/setup")
	// Everything but the app may be reached.
	o.serve("--outbound-allow=127.0.0.1/32", "--firebase-url="+o.firebase.server.URL, "--ip-rate", "0")
	if a := o.token(brings("inner", firebaseToken(nil))); a.StatusCode != 200 || len(o.app.heard()) != 1 {
		t.Fatalf("allowed: %d %s", a.StatusCode, a.body)
	}
	o.must("", "app", "delete", "acme", "inner", "--yes")
	o.tamper(`INSERT INTO app (tenant, id, name, home_url, setup_url, capabilities, actions, told_of, notifications, private, paid, owner, testers, created)
		VALUES ('acme', 'other', 'Other', 'https://other.example', 'https://169.254.169.254/latest', '["external_integration"]', '[]', '', '[]', 0, 0, '', '[]', 0)`)
	o.must("", "app", "create", "acme", "bump", "--name", "bump") // servers look again
	eventually(t, "the app is known", func() bool {
		a := o.token(brings("other", firebaseToken(nil)))
		return a.StatusCode == 400 && a.body == `{"detail":"App setup is not completed. Please complete app setup before authorizing."}`
	})
}

// The audit tells who has enabled what, once, and whom an app was told of again.
func TestOMIIsAudited(t *testing.T) {
	o := newOMI(t)
	for range 2 {
		if a := o.token(brings("notes", firebaseToken(nil))); a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	lines, err := o.database().In("acme").LatestAudit(t.Context(), time.Time{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var said []map[string]any
	for _, l := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(l.Line), &v); err != nil {
			t.Fatal(err)
		}
		if v["grant"] == "app_consent" {
			delete(v, "request_id")
			said = append(said, v)
		}
		mustNotSay(t, "the audit", l.Line, "canary", "eyJ", annasMail)
	}
	line := func(act string) map[string]any {
		return map[string]any{"act": act, "grant": "app_consent", "sub": annasUID, "sub_iss": "https://securetoken.google.com/" + omiProject, "app": "notes"}
	}
	if diff := cmp.Diff([]map[string]any{line("enable"), line("issue")}, said); diff != "" {
		t.Error(diff)
	}
	o.create("fresh", "--home-url", "https://fresh.example")
	eventually(t, "the app is known", func() bool { return o.asks("app_id=fresh").StatusCode == 200 })
	o.tamper(`UPDATE audit_head SET mac = hash`)
	if a := o.token(brings("notes", firebaseToken(nil))); a.StatusCode != 503 {
		t.Errorf("again, and no audit: %d %s", a.StatusCode, a.body)
	}
	const failed = `{"detail":"Could not automatically enable the app. Please try again or enable it manually."}`
	if a := o.token(brings("fresh", firebaseToken(nil))); a.StatusCode != 500 || a.body != failed {
		t.Errorf("a new one, and no audit: %d %s", a.StatusCode, a.body)
	}
}
