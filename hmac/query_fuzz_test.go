package hmac_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/hmac"
)

var (
	pathGrammar  = regexp.MustCompile(`^/$|^(/[A-Za-z0-9._-]+)+$`)
	plainGrammar = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
)

// decoded is the query by way of the standard library; ok if nothing in it is
// open to doubt.
func decoded(query string) (values url.Values, ok bool) {
	values, err := url.ParseQuery(query)
	if err != nil || len(query) > hmac.MaxQuery || strings.Count(query, "&") >= hmac.MaxParameters {
		return nil, false
	}
	for name, v := range values {
		for _, text := range append(v, name) {
			if name == "" || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				return nil, false
			}
		}
	}
	empty := strings.Contains("&"+query+"&", "&&")
	return values, !empty && !regexp.MustCompile(`[^!-~]|#`).MatchString(query)
}

// oneReading is ParseProxy's verdict by way of the standard library; extra "lang" once, "ids" many.
func oneReading(query string) bool {
	values, ok := decoded(query)
	for name, v := range values {
		known := strings.Contains(" shop logged_in_customer_id path_prefix timestamp signature lang ids ", " "+name+" ")
		joined := strings.Join(v, "")
		list := name == "ids" && !strings.Contains(joined, ",")
		ok = ok && known && !strings.Contains(joined, "=") && (list || name != "ids" && len(v) == 1)
	}
	customer, path := values.Get("logged_in_customer_id"), values.Get("path_prefix")
	return ok && values.Has("logged_in_customer_id") && (customer == "" || hmac.ValidID(customer)) &&
		shopGrammar.MatchString(values.Get("shop")) && timestampGrammar.MatchString(values.Get("timestamp")) &&
		signatureGrammar.MatchString(values.Get("signature")) &&
		len(path) <= 255 && pathGrammar.MatchString(path) && !regexp.MustCompile(`/\.\.?(/|$)`).MatchString(path)
}

func FuzzParseProxy(f *testing.F) {
	for _, v := range readShopifyVectors(f, "app_proxy.json") {
		f.Add(v.Query)
		f.Add(v.Query + "&ids=1&lang=a%3Db&ids=2")
		f.Add(v.Query + "&ids=1&lang=a+b&ids=2")
	}
	f.Add("a=b&m=logged_in_customer_id%3D&" + loggedIn)
	f.Add("path_prefix=/a/../b&%ff;=%zz#")
	allowed := extras(f, []string{"lang"}, []string{"ids"})
	key := newKey(f, secret)
	f.Fuzz(func(t *testing.T, query string) {
		q, r := hmac.ParseProxy(query, allowed)
		if want := oneReading(query); (r == hmac.Valid) != want {
			t.Fatalf("%v, but well-formed is %t", r, want)
		}
		values, ok := decoded(query)
		signature, signed := key.SignProxy(query)
		if (signed == hmac.Valid) != (ok && len(values["signature"]) < 2) {
			t.Fatalf("sign: %v", signed)
		}
		if signed == hmac.Valid && signature != hexMAC(secret, proxyMessage(values)) {
			t.Fatalf("signed something else than %q", proxyMessage(values))
		}
		if r != hmac.Valid {
			return
		}
		got := []string{q.Shop, q.CustomerID, q.PathPrefix, fmt.Sprintf("%010d", q.Timestamp), fmt.Sprintf("%x", *q.MAC()), string(q.Message())}
		want := []string{values.Get("shop"), values.Get("logged_in_customer_id"), values.Get("path_prefix"), values.Get("timestamp"),
			values.Get("signature"), proxyMessage(values)}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func FuzzParseOAuth(f *testing.F) {
	for _, v := range readShopifyVectors(f, "oauth_query.json") {
		f.Add(v.Message + "&hmac=" + v.HMAC)
		f.Add("hmac=" + v.HMAC + "&signature=1&locale=en-US&" + v.Message)
	}
	f.Add(callback + "&hmac=" + strings.Repeat("0", 64) + "&x=a%20b+c~*")
	key := newKey(f, secret)
	f.Fuzz(func(t *testing.T, query string) {
		values, ok := decoded(query)
		for name, v := range values {
			unsigned := name == "hmac" || name == "signature"
			ok = ok && len(v) == 1 && (unsigned || plainGrammar.MatchString(name) && plainGrammar.MatchString(v[0]))
		}
		text, signed := key.SignOAuth(query)
		if (signed == hmac.Valid) != ok {
			t.Fatalf("sign: %v, but unambiguous is %t", signed, ok)
		}
		q, r := hmac.ParseOAuth(query)
		want := ok && shopGrammar.MatchString(values.Get("shop")) && timestampGrammar.MatchString(values.Get("timestamp")) &&
			signatureGrammar.MatchString(values.Get("hmac"))
		if (r == hmac.Valid) != want {
			t.Fatalf("%v, but well-formed is %t", r, want)
		}
		if r == hmac.Valid && (text != hexMAC(secret, string(q.Message())) || fmt.Sprintf("%x", *q.MAC()) != values.Get("hmac")) {
			t.Fatalf("message %q", q.Message())
		}
	})
}

func FuzzVerifyWebhook(f *testing.F) {
	for _, v := range readShopifyVectors(f, "webhook.json") {
		f.Add([]byte(v.Body), v.Header)
	}
	f.Add([]byte(body), header(f, newKey(f, secret), body))
	f.Add([]byte(nil), strings.Repeat("\n", 44))
	keys := keysOf(f)
	f.Fuzz(func(t *testing.T, body []byte, text string) {
		mac := standard([]byte(secret), body)
		right := base64.StdEncoding.EncodeToString(mac[:])
		which, r := keys.VerifyWebhook(body, text)
		if want := text == right && len(body) > 0; (r == hmac.Valid) != want || (which == hmac.Current) != want {
			t.Fatalf("%v by %v, want valid: %t", r, which, want)
		}
		if _, r := keys.VerifyWebhook(body, right); (r == hmac.Valid) != (len(body) > 0) {
			t.Fatalf("the right header: %v", r)
		}
	})
}
