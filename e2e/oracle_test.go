package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"
)

// asked is one thing that Shopify's own library is asked about.
type asked struct {
	Kind   string `json:"kind"` // proxy, oauth, webhook or session
	Secret string `json:"secret"`
	Text   string `json:"text"` // query, body or token
	Header string `json:"header,omitempty"`
	At     int64  `json:"at"` // Unix seconds

	name  string
	valid bool // what hmac and server/proof say: their tests hold them to the same vectors and cases
}

// laxer are what Shopify's library (13.1.0) accepts and this project refuses.
var laxer = map[string]string{
	"proxy: documentation sample":           "a token endpoint has no use for parameters of strangers",
	"proxy: re-split forgery":               "pairs are joined with nothing, so another query has the same signature",
	"proxy: repeated logged_in_customer_id": "who of the two it is cannot be known",
	"proxy: no timestamp":                   "it would be good for ever",
	"proxy: timestamp not a number":         "it would be good for ever",
	"session: no expiry":                    "it would be good for ever",
	"session: issuer of another shop":       "it is not known which of the two shops it speaks for",
	"session: made in the future":           "its clock, or it, is wrong",
}

// What this project accepts Shopify's library accepts, and the other way round
// but for what is listed above.
func TestShopifysOwnLibrary(t *testing.T) {
	questions := slices.Concat(proxyVectors(t), oauthVectors(t), webhookVectors(t), sessionCases(t))
	var answers []bool
	node(t, "oracle.mjs", questions, &answers)
	if len(answers) != len(questions) || len(questions) < 20 {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	seen := map[string]bool{}
	for i, q := range questions {
		name := q.Kind + ": " + q.name
		why, known := laxer[name]
		seen[name] = true
		if want := q.valid || known; answers[i] != want {
			t.Errorf("%s: Shopify's library says %t, this project %t (%s)", name, answers[i], q.valid, why)
		}
	}
	for name := range laxer {
		if !seen[name] {
			t.Errorf("%s is listed and was not asked", name)
		}
	}
}

type vector struct {
	Name, Secret, Query, HMAC, Body, Header string
	Params                                  map[string]any
	Valid                                   bool
}

func vectors(t *testing.T, name string) []vector {
	t.Helper()
	text, err := os.ReadFile("../testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

const then = 1795200000 // when the vectors were made, if they do not say

// moment is when a query says that it was signed.
func moment(timestamp string) int64 {
	if at, err := strconv.ParseInt(timestamp, 10, 64); err == nil {
		return at
	}
	return then
}

func proxyVectors(t *testing.T) (all []asked) {
	for _, v := range vectors(t, "app_proxy.json") {
		values, err := url.ParseQuery(v.Query)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, asked{Kind: "proxy", Secret: v.Secret, Text: v.Query, At: moment(values.Get("timestamp")), name: v.Name, valid: v.Valid})
	}
	return all
}

func oauthVectors(t *testing.T) (all []asked) {
	for i, v := range vectors(t, "oauth_query.json") {
		values := url.Values{"hmac": {v.HMAC}}
		for name, value := range v.Params {
			values.Set(name, value.(string))
		}
		q := asked{Kind: "oauth", Secret: v.Secret, Text: values.Encode(), At: moment(values.Get("timestamp")), name: strconv.Itoa(i), valid: true}
		wrong := q
		values.Set("shop", "other.myshopify.com")
		wrong.Text, wrong.name, wrong.valid = values.Encode(), q.name+", another shop", false
		all = append(all, q, wrong)
	}
	return all
}

func webhookVectors(t *testing.T) (all []asked) {
	for i, v := range vectors(t, "webhook.json") {
		all = append(all, asked{Kind: "webhook", Secret: v.Secret, Text: v.Body, Header: v.Header, At: then, name: strconv.Itoa(i), valid: v.Valid})
	}
	return all
}

// sessionCases are those of server/proof, whose tests say what valid is.
func sessionCases(t *testing.T) (all []asked) {
	const one, other = "https://acme-dev.myshopify.com", "https://other-shop.myshopify.com"
	for _, c := range []struct {
		name    string
		changes map[string]any
		valid   bool
	}{
		{"whole", nil, true},
		{"9 seconds late", map[string]any{"exp": then - 9}, true},
		{"11 seconds late", map[string]any{"exp": then - 11}, false},
		{"not yet", map[string]any{"nbf": then + 11}, false},
		{"another app", map[string]any{"aud": "another"}, false},
		{"no expiry", map[string]any{"exp": nil}, false},
		{"issuer of another shop", map[string]any{"iss": other + "/admin"}, false},
		{"made in the future", map[string]any{"iat": then + 600}, false},
	} {
		claims := map[string]any{
			"iss": one + "/admin", "dest": one, "aud": "client-id", "sub": "gid://shopify/Customer/1", "exp": then + 300, "nbf": then - 1, "iat": then - 1, "jti": "1", "sid": "1",
		}
		for name, value := range c.changes {
			claims[name] = value
			if value == nil {
				delete(claims, name)
			}
		}
		all = append(all, asked{Kind: "session", Secret: "hush-hush-hush-hush", Text: hs256(t, claims), At: then, name: c.name, valid: c.valid})
	}
	return all
}

func hs256(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	mac := hmac.New(sha256.New, []byte("hush-hush-hush-hush"))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
