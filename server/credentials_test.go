package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	wholeForm = selfGrant + "client_id=client_self&client_secret=" // and its secret
	bothTypes = "application/json"
)

// A tokenCase is one request for a token, and what comes of it.
type tokenCase struct {
	name, path, body string
	header           []string
	status           int
	code, says       string
}

func (m *machines) tokenCases() []tokenCase {
	s := secretOf("client_self")
	right := wholeForm + s
	jsonBody := `{"grant_type":"client_credentials","client_id":"client_self","client_secret":"` + s + `"`
	head := func(v string) []string { return []string{"Authorization", v} }
	isJSON := []string{"Content-Type", bothTypes}
	token := "/oauth2/token"
	return []tokenCase{
		{"a form", token, right, nil, 200, "", `"token_type":"Bearer","expires_in":3600,"scope":"api-tokens.* id-tokens.* profiles.*"`},
		{"a form with a charset", token, right, []string{"Content-Type", formType + "; charset=UTF-8"}, 200, "", ""},
		{"JSON", token, jsonBody + "}", isJSON, 200, "", ""},
		{"JSON with members that we do not know", token, jsonBody + `,"x":{"y":[1]},"z":null}`, isJSON, 200, "", ""},
		{"Basic", token, selfGrant, head(basic("client_self", s)), 200, "", ""},
		{"Basic, in another case", token, selfGrant, head("bAsIc " + strings.TrimPrefix(basic("client_self", s), "Basic ")), 200, "", ""},
		{"Basic, percent-encoded", token, selfGrant, head(basic("client%5Fself", strings.ReplaceAll(s, "_", "%5f"))), 200, "", ""},
		{"Basic, and its own client_id", token, selfGrant + "client_id=client_self", head(basic("client_self", s)), 200, "", ""},
		{"unknown parameters", token, right + "&x=1&y", nil, 200, "", ""},
		{"two audiences", token, right + "&audience=" + audienceA + "&resource=" + audienceA, nil, 200, "", ""},

		{"no grant_type", token, as("client_self"), nil, 400, "invalid_request", "grant_type is missing"},
		{"an empty grant_type", token, "grant_type=&" + as("client_self"), nil, 400, "invalid_request", "grant_type is missing"},
		{"another grant_type", token, "grant_type=password&" + as("client_self"), nil, 400, "unsupported_grant_type", ""},
		{"nothing", token, "", nil, 400, "invalid_request", "grant_type is missing"},
		{"grant_type twice", token, right + "&grant_type=client_credentials", nil, 400, "invalid_request", "more than once"},
		{"an unknown parameter twice", token, right + "&x=1&x=2", nil, 400, "invalid_request", "more than once"},
		{"client_id twice", token, right + "&client_id=client_self", nil, 400, "invalid_request", "more than once"},
		{"scope twice", token, right + "&scope=a&scope=a", nil, 400, "invalid_request", "more than once"},
		{"JSON with a member twice", token, jsonBody + `,"client_id":"client_self"}`, isJSON, 400, "invalid_request", ""},
		{"JSON with a number", token, jsonBody + `,"scope":1}`, isJSON, 400, "invalid_request", "not a string"},
		{"JSON with an array", token, jsonBody + `,"scope":["a"]}`, isJSON, 400, "invalid_request", "not a string"},
		{"JSON with numbers for audiences", token, jsonBody + `,"audience":[1]}`, isJSON, 400, "invalid_request", "not a string"},
		{"JSON that is none", token, jsonBody, isJSON, 400, "invalid_request", ""},
		{"JSON in another charset", token, jsonBody + "}", []string{"Content-Type", "application/json; charset=utf-16"}, 415, "invalid_request", ""},
		{"another content type", token, right, []string{"Content-Type", "text/plain"}, 415, "invalid_request", "application/x-www-form-urlencoded"},
		{"multipart", token, right, []string{"Content-Type", "multipart/form-data; boundary=x"}, 415, "invalid_request", ""},
		{"compressed", token, right, []string{"Content-Encoding", "gzip"}, 415, "invalid_request", ""},
		{"a form that is none", token, right + "&a=%zz", nil, 400, "invalid_request", "not a form"},
		{"semicolons", token, right + ";a=b", nil, 400, "invalid_request", "not a form"},
		{"not UTF-8", token, right + "&scope=%ff", nil, 400, "invalid_request", "not a form"},
		{"65 parameters", token, right + strings.Repeat("&a", 62), nil, 400, "invalid_request", "64"},
		{"credentials in the query", token + "?" + right, "", nil, 400, "invalid_request", "in the body"},
		{"half of them in the query", token + "?client_secret=" + s, selfGrant + "client_id=client_self", nil, 400, "invalid_request", "in the body"},
		{"anything in the query", token + "?x=1", right, nil, 400, "invalid_request", "in the body"},

		{"Basic and a secret", token, right, head(basic("client_self", s)), 400, "invalid_request", "more than one way"},
		{"Basic and an empty secret", token, wholeForm, head(basic("client_self", s)), 400, "invalid_request", "more than one way"},
		{"Basic and an assertion", token, selfGrant + "client_assertion=a.b.c", head(basic("client_self", s)), 400, "invalid_request", "more than one way"},
		{"a secret and an assertion", token, right + "&client_assertion=a.b.c&client_assertion_type=x", nil, 400, "invalid_request", "more than one way"},
		{"an assertion without its type", token, selfGrant + "client_assertion=a.b.c", nil, 400, "invalid_request", "belong together"},
		{"an assertion of another type", token, selfGrant + "client_assertion=a.b.c&client_assertion_type=saml", nil, 400, "invalid_request", "belong together"},
		{"Basic for another client", token, selfGrant + "client_id=client_both", head(basic("client_self", s)), 400, "invalid_request", "more than one way"},
		{"Bearer", token, right, head("Bearer x"), 400, "invalid_request", "more than one way"},
		{"Bearer alone", token, selfGrant, head("Bearer x"), 400, "invalid_request", "Basic"},

		{"a scope that is none", token, right + "&scope=" + url.QueryEscape(`a"b`), nil, 400, "invalid_scope", ""},
		{"a scope that is not granted", token, right + "&scope=delete-stock", nil, 400, "invalid_scope", "not granted"},
		{"an audience that is another's", token, right + "&audience=" + audienceB, nil, 400, "invalid_target", audienceB + " is not granted"},
		{"an audience that is unknown", token, right + "&audience=https://x.example", nil, 400, "invalid_target", "https://x.example is unknown"},
		{"an audience that is none", token, right + "&audience=%22canary%22", nil, 400, "invalid_target", "printable"},
		{"a client that is not registered for it", "/api/v3/auth/token", "grant_type=password&" + as("client_self") + "&username=bob&password=x", nil, 400, "unauthorized_client", "--grant"},

		{"OmniLab without an audience", "/v1/oauth:token", right, nil, 400, "invalid_request", "audience is missing"},
		{"OmniLab without a grant type", "/v1/oauth:token", as("client_self") + "&audience=" + audienceA, nil, 400, "invalid_request", "grant_type is missing"},
		{"OmniLab with another", "/v1/oauth:token", "grant_type=password&" + as("client_self") + "&audience=" + audienceA, nil, 400, "unsupported_grant_type", ""},
		{"OmniLab, percent-encoded", "/v1/oauth%3Atoken", right + "&audience=" + audienceA, nil, 200, "", `"expires_in":3600`},
		{"OmniLab, in lower case", "/v1/oauth%3atoken", right + "&audience=" + audienceA, nil, 200, "", ""},
		{"OmniLab for another's audience", "/v1/oauth:token", right + "&audience=" + audienceB, nil, 403, "access_denied", audienceB + " is not granted"},
		{"OmniLab for an unknown one", "/v1/oauth:token", right + "&audience=https://x.example", nil, 403, "access_denied", "https://x.example is unknown"},

		{"Omneo, called a password", "/api/v3/auth/token", "grant_type=password&" + as("client_both") + bobsForm, nil, 200, "", `"expires_in":3600`},
		{"Omneo, called client credentials", "/api/v3/auth/token", selfGrant + as("client_both") + bobsForm + "&scope=*", nil, 200, "", ""},
		{"Omneo, in JSON", "/api/v3/auth/token", `{"grant_type":"client_credentials","client_id":"client_both","client_secret":"` + secretOf("client_both") +
			`","username":"` + bob + `","password":"` + bobsWord + `","scope":"*"}`, isJSON, 200, "", ""},
		{"Omneo with null for a login", "/api/v3/auth/token", `{"grant_type":"client_credentials","client_id":"client_both","client_secret":"` + secretOf("client_both") +
			`","username":null,"password":null}`, isJSON, 400, "invalid_grant", ""},
		{"null for a scope", token, jsonBody + `,"scope":null}`, isJSON, 200, "", ""},
		{"Omneo with an empty password", "/api/v3/auth/token", selfGrant + as("client_both") + "&username=" + bob + "&password=", nil, 400, "invalid_grant", ""},
		{"Omneo with an empty login and password", "/api/v3/auth/token", selfGrant + as("client_both") + "&username=&password=", nil, 400, "invalid_grant", ""},
		{"Omneo with a login alone", "/api/v3/auth/token", selfGrant + as("client_both") + "&username=" + bob, nil, 400, "invalid_grant", ""},
		{"Omneo with a password alone", "/api/v3/auth/token", selfGrant + as("client_both") + "&password=" + bobsWord, nil, 400, "invalid_grant", ""},
		{"Omneo, a password grant without either", "/api/v3/auth/token", "grant_type=password&" + as("client_both"), nil, 400, "invalid_grant", ""},
		{"Omneo with a login, for a client without that", "/api/v3/auth/token", selfGrant + as("client_self") + bobsForm, nil, 400, "unauthorized_client", ""},
		{"Omneo, right login, wrong client", "/api/v3/auth/token", selfGrant + "client_id=client_both&client_secret=x" + bobsForm, nil, 401, "invalid_client", ""},
	}
}

var bobsForm = "&username=" + url.QueryEscape(bob) + "&password=" + url.QueryEscape(bobsWord)

// What may be asked, in which words, and what is said of the rest. JSON and forms
// are decided alike: see TestJSONIsAForm.
func TestTokenRequests(t *testing.T) {
	m := newMachines(t)
	for _, c := range m.tokenCases() {
		header := c.header
		if !strings.Contains(strings.Join(header, ","), "Content-Type") && c.body != "" {
			header = append([]string{"Content-Type", formType}, header...)
		}
		a := m.do("POST", m.public+"/t/acme"+c.path, c.body, header...)
		if c.status == 200 {
			a.says(t, 200, "access_token")
		}
		if a.StatusCode != c.status || !strings.Contains(a.body, c.says) || c.code != "" && !strings.HasPrefix(a.body, `{"error":"`+c.code+`","error_description":"`) {
			t.Errorf("%s: %d %s; want %d %s saying %q", c.name, a.StatusCode, a.body, c.status, c.code, c.says)
		}
		if a.Header.Get("Cache-Control") != "no-store" || a.StatusCode == 200 && a.Header.Get("Pragma") != "no-cache" {
			t.Errorf("%s: %v", c.name, a.Header)
		}
		if (a.Header.Get("WWW-Authenticate") == `Basic realm="shapestoken", charset="UTF-8"`) != (c.status == 401) {
			t.Errorf("%s: %q", c.name, a.Header.Get("WWW-Authenticate"))
		}
		if c.status != 200 {
			mustNotSay(t, c.name, a.body, "canary", "eyJ", "shp")
		}
	}
	m.stop()
	mustNotSay(t, "the log", m.log.String(), "canary", "eyJ", "shpc_")
}

// A form and the same as JSON get the same answer, whatever is in them.
func TestJSONIsAForm(t *testing.T) {
	m := newMachines(t)
	for _, c := range m.tokenCases() {
		values, err := url.ParseQuery(c.body)
		if err != nil || strings.Contains(c.body, "{") || strings.Contains(c.path, "?") || c.status == 415 || c.body == "" || len(values) > 20 {
			continue
		}
		members, repeated := []string{}, false
		for name, list := range values {
			repeated = repeated || len(list) > 1
			members = append(members, fmt.Sprintf("%q:%q", name, list[0]))
		}
		if repeated || strings.Contains(c.body, "%ff") || strings.Contains(c.body, `%22`) {
			continue
		}
		form := m.do("POST", m.public+"/t/acme"+c.path, c.body, append([]string{"Content-Type", formType}, c.header...)...)
		js := m.do("POST", m.public+"/t/acme"+c.path, "{"+strings.Join(members, ",")+"}", append([]string{"Content-Type", bothTypes}, c.header...)...)
		if form.StatusCode != js.StatusCode || same(form.body) != same(js.body) {
			t.Errorf("%s: %d %s as a form, %d %s as JSON", c.name, form.StatusCode, form.body, js.StatusCode, js.body)
		}
	}
}

var different = regexp.MustCompile(`"(request_id|access_token|token)":"[^"]*"`)

// same is a body without what differs from request to request.
func same(body string) string { return different.ReplaceAllString(body, "") }

// Whichever client, and whatever is wrong with its credentials: the same bytes.
func TestWrongClientsAreAlike(t *testing.T) {
	m := newMachines(t)
	m.addClient("acme", broker.Client{ID: "client_off", Disabled: true, Grants: map[broker.GrantType]bool{broker.ClientCredentials: true}})
	b64 := base64.StdEncoding.EncodeToString
	headers := map[string]string{
		"unknown": basic("nobody", "x"), "disabled": basic("client_off", secretOf("client_off")), "wrong": basic("client_self", "x"),
		"empty": basic("client_self", ""), "1,024 bytes": basic("client_self", strings.Repeat("x", 1024)), "10 KB": basic("client_self", strings.Repeat("x", 10<<10)),
		"of another tenant": basic("client_umbra", secretOf("client_umbra")), "no colon": "Basic " + b64([]byte("client_self")),
		"no base64": "Basic ***", "nothing": "Basic ", "URL base64": "Basic " + strings.ReplaceAll(b64([]byte("client_self:~~~?>")), "+", "-"),
		"not UTF-8": "Basic " + b64([]byte("client_self:\xff")), "bad escape": basic("client_self", "%zz"), "a NUL": basic("client_self\x00", "x"),
		"case": basic("client_self", strings.ToUpper(secretOf("client_self"))), "cut": basic("client_self", secretOf("client_self")[:20]),
		"longer": basic("client_self", secretOf("client_self")+"x"), "a space": basic("client_self", secretOf("client_self")+" "),
	}
	for path, more := range map[string]string{"/oauth2/token": selfGrant, "/api/v3/auth/token": selfGrant, "/v1/oauth:token": selfGrant + "audience=" + audienceA,
		"/oauth2/introspect": "token=x", "/oauth2/revoke": "token=x"} {
		first := m.ask(path, more+"&client_id=client_self&client_secret=x")
		want := "invalid_client"
		if strings.HasPrefix(path, "/v1") {
			want = "access_denied"
		}
		if first.StatusCode != 401 || !strings.HasPrefix(first.body, `{"error":"`+want+`","error_description":"client authentication failed`) {
			t.Fatalf("%s: %d %s", path, first.StatusCode, first.body)
		}
		answers := map[string]answer{"none at all": m.ask(path, more), "no secret": m.ask(path, more+"&client_id=client_self"), "no id": m.ask(path, more+"&client_secret=x")}
		for name, header := range headers {
			if name == "10 KB" {
				continue // more than a header may have: the edge's 431
			}
			answers[name] = m.ask(path, more, "Authorization", header)
		}
		for name, a := range answers {
			if a.StatusCode != 401 || same(a.body) != same(first.body) || a.Header.Get("WWW-Authenticate") != first.Header.Get("WWW-Authenticate") || len(a.Header) != len(first.Header) {
				t.Errorf("%s, %s: %d %s %v", path, name, a.StatusCode, a.body, a.Header)
			}
		}
		m.forget()
	}
}

// forget lets all who have guessed wrongly try again.
func (m *machines) forget() {
	m.t.Helper()
	m.tamper(`DELETE FROM attempt`)
}

// Whichever user, and whatever password, on every path: the same bytes.
func TestWrongLoginsAreAlike(t *testing.T) {
	m := newMachines(t)
	m.addUser("acme", "user_off", "off@acme.example", bobsWord, broker.Scopes{"*"})
	if err := m.store.In("acme").SetUserDisabled(t.Context(), "user_off", true); err != nil {
		t.Fatal(err)
	}
	m.addUser("umbra", "user_eve", "eve@umbra.example", bobsWord, nil)
	logins := map[string][2]string{
		"wrong": {bob, "x"}, "unknown": {"nobody@acme.example", bobsWord}, "disabled": {"off@acme.example", bobsWord}, "empty": {bob, ""},
		"no login": {"", bobsWord}, "neither": {"", ""}, "1,024 bytes": {bob, strings.Repeat("x", 1024)}, "1,025 bytes": {bob, bobsWord + strings.Repeat("x", 1025)},
		"of another tenant": {"eve@umbra.example", bobsWord}, "another case": {bob, strings.ToUpper(bobsWord)}, "a NUL": {bob + "\x00", bobsWord},
		"a space": {bob, bobsWord + " "}, "cut": {bob, bobsWord[:10]}, "quotes": {`x' OR '1'='1`, `' OR ''='`},
	}
	for name, l := range logins {
		form := m.ask("/api/v3/auth/token", selfGrant+as("client_both")+"&username="+url.QueryEscape(l[0])+"&password="+url.QueryEscape(l[1]))
		login := m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(l[0], l[1]))
		const says = `{"error":"invalid_grant","error_description":"the login or the password is wrong","message":"the login or the password is wrong",}`
		if form.StatusCode != 400 || same(form.body) != says {
			t.Errorf("%s: %d %s", name, form.StatusCode, form.body)
		}
		if login.StatusCode != 401 || same(login.body) != says || !strings.HasPrefix(login.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s, proxy login: %d %s %v", name, login.StatusCode, login.body, login.Header)
		}
		m.forget()
	}
	for name, header := range map[string][]string{"no header": nil, "Bearer": {"Authorization", "Bearer x"}, "no base64": {"Authorization", "Basic !"}} {
		if a := m.do("POST", m.public+"/t/acme/login", "", header...); a.StatusCode != 401 || !strings.Contains(a.body, "Authorization: Basic") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	m.stop()
	mustNotSay(t, "the log", m.log.String(), "canary", bob, "OR '1'")
}
