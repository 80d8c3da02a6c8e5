package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	shopA   = "acme-dev.myshopify.com"
	shopB   = "other-shop.myshopify.com"
	custom  = "7210381803720"
	secretA = "canary-secret-of-shop-a-0123456789abcdef"
	secretB = "canary-secret-of-shop-b-0123456789abcdef"
	page    = "https://shop.example.com"
	pageOfB = "https://b.example.com"
)

// newAcme serves a tenant with two shops, one of them bound to an origin, and a
// second tenant with the same shop and another secret.
func newAcme(t testing.TB, flags ...string) *program {
	p := furnishAcme(newProgram(t))
	p.serve(append([]string{"--ip-rate", "0"}, flags...)...)
	return p
}

func furnishAcme(p *program) *program {
	p.must("", "tenant", "create", "acme")
	p.must(secretA+"\n", "shop", "add", "acme", shopA, "--secret-stdin")
	p.must(secretB+"\n", "shop", "add", "acme", shopB, "--secret-stdin")
	p.must("", "origin", "add", "acme", page)
	p.must("", "origin", "add", "acme", pageOfB, "--shop", shopB)
	p.must("", "tenant", "create", "umbra")
	p.must("canary-secret-of-umbra-0123456789abcdef\n", "shop", "add", "umbra", shopA, "--secret-stdin")
	p.must("", "origin", "add", "umbra", "https://umbra.example.com")
	return p
}

func v1(t testing.TB, secret, id string) string {
	return fmt.Sprintf(`{"id":%q,"signature":%q}`, id, sign(t, secret, id, "", ""))
}

func v2(t testing.TB, secret, shop, id string, at time.Time) string {
	ts := strconv.FormatInt(at.Unix(), 10)
	return fmt.Sprintf(`{"id":%q,"signature":%q,"shop":%q,"timestamp":%s}`, id, sign(t, secret, id, shop, ts), shop, ts)
}

// The answer serves Omneo's document (token) and the deployed widget (data.token).
func TestAnswer(t *testing.T) {
	p := newAcme(t)
	for name, body := range map[string]string{
		"v1, id as a string":     v1(t, secretA, custom),
		"v1, id as a number":     strings.Replace(v1(t, secretA, custom), `"`+custom+`"`, custom, 1),
		"v1, id above 2^53":      strings.Replace(v1(t, secretA, "9007199254740993"), `"9007199254740993"`, "9007199254740993", 1),
		"v1, with its shop":      strings.Replace(v1(t, secretA, custom), `{`, `{"shop":"`+shopA+`",`, 1),
		"v2":                     v2(t, secretA, shopA, custom, time.Now()),
		"v2, timestamp a string": strings.Replace(v2(t, secretA, shopA, custom, time.Unix(time.Now().Unix(), 0)), `"timestamp":`+strconv.FormatInt(time.Now().Unix(), 10), `"timestamp":"`+strconv.FormatInt(time.Now().Unix(), 10)+`"`, 1),
		"unknown members":        strings.Replace(v1(t, secretA, custom), `{`, `{"extra":{"deep":[1,2]},`, 1),
		"white space around":     " \r\n\t" + v1(t, secretA, custom) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			before := time.Now().Unix()
			a := p.exchange("acme", page, body)
			var got struct {
				Token     string `json:"token"`
				TokenType string `json:"token_type"`
				ExpiresIn int64  `json:"expires_in"`
				Expiry    int64  `json:"expiry"`
				Data      struct {
					Token string `json:"token"`
					Exp   int64  `json:"exp"`
				} `json:"data"`
			}
			if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.StatusCode != 200 {
				t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
			}
			if got.Token == "" || got.Token != got.Data.Token || got.Expiry != got.Data.Exp || got.TokenType != "Bearer" || got.ExpiresIn != 900 {
				t.Errorf("%s", a.body)
			}
			if got.Expiry < before+900 || got.Expiry > time.Now().Unix()+900 {
				t.Errorf("expires at %d", got.Expiry)
			}
			for header, want := range map[string]string{
				"Cache-Control": "no-store", "Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff",
				"Access-Control-Allow-Origin": page, "Vary": "Origin", "Access-Control-Allow-Credentials": "", "Server": "",
			} {
				if a.Header.Get(header) != want {
					t.Errorf("%s: %q, want %q", header, a.Header.Get(header), want)
				}
			}
		})
	}
}

func TestClaims(t *testing.T) {
	p := newAcme(t)
	for method, body := range map[string]string{"hmac": v1(t, secretA, custom), "hmac2": v2(t, secretA, shopA, custom, time.Now())} {
		claims := claimsOf(t, p.exchange("acme", "", body).body)
		issuer := p.public + "/t/acme"
		want := map[string]any{"iss": issuer, "aud": issuer, "shop": shopA, "customer_id": custom, "sub": claims["pid"]}
		for name, value := range want {
			if claims[name] != value {
				t.Errorf("%s: %s is %v, want %v", method, name, claims[name], value)
			}
		}
		if amr, _ := claims["amr"].([]any); len(amr) != 1 || amr[0] != method {
			t.Errorf("amr %v, want %s", claims["amr"], method)
		}
		if claims["exp"].(float64)-claims["iat"].(float64) != 900 || claims["jti"] == "" {
			t.Errorf("claims %v", claims)
		}
	}
}

// Every row of the contract's error table, and those of the threat table that
// can be told by one request. What must not appear is checked for all of them.
func TestRefusals(t *testing.T) {
	p := newAcme(t)
	good := v1(t, secretA, custom)
	signed := sign(t, secretA, custom, "", "")
	other := sign(t, "canary-secret-of-nobody-0123456789abcdefgh", custom, "", "")
	body := func(id, signature string) string { return `{"id":` + id + `,"signature":` + signature + `}` }
	q := func(s string) string { return `"` + s + `"` }
	rows := []struct {
		name, body string
		status     int
		code       string
		says       string
	}{
		{"not JSON", `canary`, 400, "invalid_request", "JSON object"},
		{"empty", ``, 400, "invalid_request", "JSON object"},
		{"null", `null`, 400, "invalid_request", "JSON object"},
		{"array", `[` + good + `]`, 400, "invalid_request", "JSON object"},
		{"string", `"canary"`, 400, "invalid_request", "JSON object"},
		{"trailing data", good + `{}`, 400, "invalid_request", "JSON object"},
		{"trailing comma", strings.Replace(good, `}`, `,}`, 1), 400, "invalid_request", "JSON object"},
		{"byte order mark", "\ufeff" + good, 400, "invalid_request", "JSON object"},
		{"duplicate key", strings.Replace(good, `{`, `{"id":"1",`, 1), 400, "invalid_request", "JSON object"},
		{"duplicate key, escaped", strings.Replace(good, `{`, `{"\u0069d":"1",`, 1), 400, "invalid_request", "JSON object"},
		{"duplicate key in what is ignored", strings.Replace(good, `{`, `{"x":{"y":1,"y":2},`, 1), 400, "invalid_request", "JSON object"},
		{"bad UTF-8", strings.Replace(good, `{`, "{\"x\":\"\xff\",", 1), 400, "invalid_request", "JSON object"},
		{"lone surrogate", strings.Replace(good, `{`, `{"x":"\ud800",`, 1), 400, "invalid_request", "JSON object"},
		{"too deep", strings.Replace(good, `{`, `{"x":[[[[[[[[[]]]]]]]]],`, 1), 400, "invalid_request", "JSON object"},
		{"over 4 KiB", strings.Replace(good, `{`, `{"x":"`+strings.Repeat("a", 4096)+`",`, 1), 413, "invalid_request", "4 KiB"},

		{"no id", `{"signature":` + q(signed) + `}`, 400, "invalid_request", "id is missing"},
		{"id in another case", `{"ID":` + q(custom) + `,"signature":` + q(signed) + `}`, 400, "invalid_request", "id is missing"},
		{"id null", body(`null`, q(signed)), 400, "invalid_request", "id is missing"},
		{"id empty, rightly signed", body(`""`, q(rawSign(secretA, ""))), 400, "invalid_request", "id is missing"},
		{"id blank, rightly signed", body(`" "`, q(rawSign(secretA, " "))), 400, "invalid_request", "id is missing"},
		{"id false", body(`false`, q(signed)), 400, "invalid_request", "id is missing"},
		{"id object", body(`{}`, q(signed)), 400, "invalid_request", "id is missing"},
		{"id 0", body(`0`, q(rawSign(secretA, "0"))), 400, "invalid_request", "id is missing"},
		{"id negative", body(`-1`, q(rawSign(secretA, "-1"))), 400, "invalid_request", "id is missing"},
		{"id with a fraction", body(custom+`.0`, q(rawSign(secretA, custom+".0"))), 400, "invalid_request", "id is missing"},
		{"id with an exponent", body(`1e3`, q(rawSign(secretA, "1e3"))), 400, "invalid_request", "id is missing"},
		{"id with a leading zero", body(`"0`+custom+`"`, q(rawSign(secretA, "0"+custom))), 400, "invalid_request", "id is missing"},
		{"id with a plus", body(`"+1"`, q(rawSign(secretA, "+1"))), 400, "invalid_request", "id is missing"},
		{"id full width", body(`"１２３"`, q(rawSign(secretA, "１２３"))), 400, "invalid_request", "id is missing"},
		{"id with a space", body(`" 1"`, q(rawSign(secretA, " 1"))), 400, "invalid_request", "id is missing"},
		{"id with a newline", body(`"1\n"`, q(rawSign(secretA, "1\n"))), 400, "invalid_request", "id is missing"},
		{"id with NUL", body(`"1\u0000"`, q(rawSign(secretA, "1\x00"))), 400, "invalid_request", "id is missing"},
		{"id with a zero width space", body(`"1\u200b"`, q(rawSign(secretA, "1\u200b"))), 400, "invalid_request", "id is missing"},
		{"id over int64", body(`"9223372036854775808"`, q(rawSign(secretA, "9223372036854775808"))), 400, "invalid_request", "id is missing"},
		{"id a GID", body(`"gid://shopify/Customer/1"`, q(rawSign(secretA, "gid://shopify/Customer/1"))), 400, "invalid_request", "id is missing"},

		{"no signature", `{"id":` + q(custom) + `}`, 400, "invalid_request", "signature is missing"},
		{"signature null", body(q(custom), `null`), 400, "invalid_request", "signature is missing"},
		{"signature empty", body(q(custom), `""`), 400, "invalid_request", "signature is missing"},
		{"signature a number", body(q(custom), strings.Repeat("1", 64)), 400, "invalid_request", "signature is missing"},
		{"signature upper case", body(q(custom), q(strings.ToUpper(signed))), 400, "invalid_request", "signature is missing"},
		{"signature short", body(q(custom), q(signed[:63])), 400, "invalid_request", "signature is missing"},
		{"signature long", body(q(custom), q(signed+"0")), 400, "invalid_request", "signature is missing"},
		{"signature with 0x", body(q(custom), q("0x"+signed[:62])), 400, "invalid_request", "signature is missing"},
		{"signature with white space", body(q(custom), q(" "+signed[1:])), 400, "invalid_request", "signature is missing"},

		{"timestamp without shop", strings.Replace(good, `{`, `{"timestamp":1795200000,`, 1), 400, "invalid_request", "shop is missing"},
		{"timestamp null", strings.Replace(good, `{`, `{"shop":"`+shopA+`","timestamp":null,`, 1), 400, "invalid_request", "timestamp is malformed"},
		{"timestamp empty", strings.Replace(good, `{`, `{"shop":"`+shopA+`","timestamp":"",`, 1), 400, "invalid_request", "timestamp is malformed"},
		{"timestamp in milliseconds", strings.Replace(good, `{`, `{"shop":"`+shopA+`","timestamp":1795200000000,`, 1), 400, "invalid_request", "timestamp is malformed"},
		{"timestamp as a float", strings.Replace(good, `{`, `{"shop":"`+shopA+`","timestamp":1795200000.0,`, 1), 400, "invalid_request", "timestamp is malformed"},
		{"shop malformed", strings.Replace(good, `{`, `{"shop":"shop.example.com",`, 1), 400, "invalid_request", "shop is missing or malformed"},
		{"shop upper case", strings.Replace(good, `{`, `{"shop":"ACME-dev.myshopify.com",`, 1), 400, "invalid_request", "shop is missing or malformed"},
		{"shop null", strings.Replace(good, `{`, `{"shop":null,`, 1), 400, "invalid_request", "shop is missing or malformed"},

		{"wrong signature", body(q(custom), q(other)), 401, "invalid_signature", "does not match"},
		{"another customer's", body(`"7210381803721"`, q(signed)), 401, "invalid_signature", "does not match"},
		{"another shop's", strings.Replace(v1(t, secretB, custom), `{`, `{"shop":"`+shopA+`",`, 1), 401, "invalid_signature", "does not match"},
		{"a shop that is not the tenant's", strings.Replace(good, `{`, `{"shop":"nobodys.myshopify.com",`, 1), 401, "invalid_signature", "does not match"},
		{"another tenant's secret", v1(t, "canary-secret-of-umbra-0123456789abcdef", custom), 401, "invalid_signature", "does not match"},
		{"key is the word null", body(q(custom), q(rawSign("null", custom))), 401, "invalid_signature", "does not match"},
		{"key is the word nil", body(q(custom), q(rawSign("nil", custom))), 401, "invalid_signature", "does not match"},
		{"empty key, v1", body(q(custom), q(rawSign("", custom))), 401, "secret_missing", "omneo.id_secret"},
		{"empty key, v2", emptyKeyV2(time.Now()), 401, "secret_missing", "omneo.id_secret"},
		{"too old", v2(t, secretA, shopA, custom, time.Now().Add(-22*time.Minute)), 401, "signature_expired", "too old"},
		{"from the future", v2(t, secretA, shopA, custom, time.Now().Add(2*time.Minute)), 401, "signature_expired", "future"},
		{"too old and wrong", v2(t, secretB, shopA, custom, time.Now().Add(-22*time.Minute)), 401, "invalid_signature", "does not match"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := p.exchange("acme", page, row.body)
			mustRefuse(t, a, row.status, row.code, row.says)
			if got := a.Header.Get("Access-Control-Allow-Origin"); got != page {
				t.Errorf("Access-Control-Allow-Origin is %q: the page cannot read why", got)
			}
		})
	}
	if a := p.exchange("acme", page, good); a.StatusCode != 200 {
		t.Fatalf("after all that, a good one gets %d %s", a.StatusCode, a.body)
	}
	p.stop()
	mustNotSay(t, "the log", p.log.String(), "canary", signed, other, "eyJ")
}

// mustRefuse holds an answer to the error shape, and to what no answer may tell.
func mustRefuse(t *testing.T, a answer, status int, code, says string) {
	t.Helper()
	var e struct{ Error, Message, RequestID string }
	decode := json.NewDecoder(strings.NewReader(strings.Replace(a.body, "request_id", "RequestID", 1)))
	if err := decode.Decode(&e); err != nil {
		t.Fatalf("%d %q is not JSON: %v", a.StatusCode, a.body, err)
	}
	if a.StatusCode != status || e.Error != code || !strings.Contains(e.Message, says) {
		t.Errorf("got %d %s, want %d %s saying %q", a.StatusCode, a.body, status, code, says)
	}
	if e.RequestID == "" || e.RequestID != a.Header.Get("X-Request-Id") {
		t.Errorf("request id %q and header %q", e.RequestID, a.Header.Get("X-Request-Id"))
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("headers %v", a.Header)
	}
	mustNotSay(t, "the answer", a.body, "canary", custom, "eyJ")
}

func mustNotSay(t *testing.T, where, text string, forbidden ...string) {
	t.Helper()
	for _, f := range forbidden {
		if i := strings.Index(text, f); i >= 0 {
			t.Errorf("%s says %q: …%s…", where, f, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}
