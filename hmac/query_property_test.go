package hmac_test

import (
	"fmt"
	"math/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
	"pgregory.net/rapid"
)

// The extras that the properties below allow.
var (
	single = []string{"a", "b", "sh", "m", "z"}
	listed = []string{"tags", "k"}
)

// drawReserved returns Shopify's own parameters, as Shopify sends them.
func drawReserved(t *rapid.T) url.Values {
	customer := rapid.SampledFrom([]string{"", "1", "12", "123", id}).Draw(t, "customer")
	return url.Values{
		"shop":                  {rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,20}\.myshopify\.com`).Draw(t, "shop")},
		"logged_in_customer_id": {customer},
		"path_prefix":           {rapid.StringMatching(`/(apps|a|tools)/[a-z0-9_-]{1,10}`).Draw(t, "path")},
		"timestamp":             {rapid.StringMatching(`[0-9]{10}`).Draw(t, "timestamp")},
	}
}

// shuffled writes values in a random order; repeats keep theirs.
func shuffled(t *rapid.T, values url.Values) string {
	var names []string
	for name, v := range values {
		for range v {
			names = append(names, name)
		}
	}
	r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "order")))
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	next := map[string]int{}
	var pieces []string
	for _, name := range names {
		pieces = append(pieces, url.QueryEscape(name)+"="+url.QueryEscape(values[name][next[name]]))
		next[name]++
	}
	return strings.Join(pieces, "&")
}

func TestSignedProxyIsVerified(t *testing.T) {
	allowed := extras(t, single, listed)
	rapid.Check(t, func(t *rapid.T) {
		key, secret := drawKey(t)
		values := drawReserved(t)
		text := rapid.String().Filter(func(s string) bool { return !strings.ContainsAny(s, "=\x00") })
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom(single), rapid.ID[string]).Draw(t, "names") {
			values.Set(name, text.Draw(t, name))
		}
		values["tags"] = rapid.SliceOfN(text.Filter(func(s string) bool { return !strings.Contains(s, ",") }), 0, 4).Draw(t, "tags")
		query := shuffled(t, values)
		signature, r := key.SignProxy(query)
		mac := standard(secret, []byte(proxyMessage(withoutEmpty(values))))
		if r != hmac.Valid || signature != fmt.Sprintf("%x", mac) {
			t.Fatalf("signed something else: %v", r)
		}
		q, r := hmac.ParseProxy("signature="+signature+"&"+query, allowed)
		if r != hmac.Valid || !q.SignedBy(key) {
			t.Fatalf("own signature refused: %v", r)
		}
		for name, v := range values {
			if fmt.Sprint(q.Values(name)) != fmt.Sprint(v) {
				t.Fatalf("%s: %q, want %q", name, q.Values(name), v)
			}
		}
	})
}

func withoutEmpty(values url.Values) url.Values {
	kept := url.Values{}
	for name, v := range values {
		if len(v) > 0 {
			kept[name] = v
		}
	}
	return kept
}

func TestSignedOAuthIsVerified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, _ := drawKey(t)
		values := url.Values{
			"shop":      {rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com`).Draw(t, "shop")},
			"timestamp": {rapid.StringMatching(`[0-9]{10}`).Draw(t, "timestamp")},
		}
		for _, name := range rapid.SliceOf(rapid.StringMatching(`x[A-Za-z0-9._-]{0,9}`)).Draw(t, "names") {
			values.Set(name, rapid.StringMatching(`[A-Za-z0-9._-]{0,30}`).Draw(t, name))
		}
		query := shuffled(t, values)
		text, r := key.SignOAuth(query)
		if r != hmac.Valid {
			t.Fatal(r)
		}
		q, r := hmac.ParseOAuth("hmac=" + text + "&" + query)
		if r != hmac.Valid || !q.SignedBy(key) {
			t.Fatalf("own hmac refused: %v", r)
		}
		for name := range values {
			if q.Get(name) != values.Get(name) {
				t.Fatalf("%s: %q", name, q.Get(name))
			}
		}
	})
}

func TestSignedWebhookIsVerified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, _ := drawKey(t)
		body := rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "body")
		text, _ := key.SignWebhook(body)
		keys := hmac.Keys{Current: key}
		if _, r := keys.VerifyWebhook(body, text); r != hmac.Valid {
			t.Fatal(r)
		}
		flipBit(body, rapid.IntRange(0, 8*len(body)-1).Draw(t, "bit"))
		if _, r := keys.VerifyWebhook(body, text); r != hmac.Wrong {
			t.Fatalf("a changed body: %v", r)
		}
	})
}

// Any one byte changed to any other: refused, unless it is another spelling of
// the same byte (%2F and %2f), and then it says the same.
func TestOneByteOfAQueryIsRefused(t *testing.T) {
	keys := keysOf(t)
	note := extras(t, []string{"note"}, nil)
	proxy := proxySigned(t, loggedIn+"&note=a+b%20c")
	oauth := oauthSigned(callback, callback)
	p, _ := hmac.ParseProxy(proxy, note)
	everyByteChanged(proxy, func(bent string) {
		r := verifyProxy(keys, bent, note, signedAt)
		if q, _ := hmac.ParseProxy(bent, note); r != hmac.Wrong && !r.Malformed() && string(q.Message()) != string(p.Message()) {
			t.Fatalf("%q: %v", bent, r)
		}
	})
	everyByteChanged(oauth, func(bent string) {
		if r := verifyOAuth(keys, bent, signedAt); r != hmac.Wrong && !r.Malformed() {
			t.Fatalf("%q: %v", bent, r)
		}
	})
}

func TestOneByteOfAHeaderIsRefused(t *testing.T) {
	keys := keysOf(t)
	everyByteChanged(header(t, keys.Current, body), func(bent string) {
		if _, r := keys.VerifyWebhook([]byte(body), bent); r == hmac.Valid {
			t.Fatalf("%q was accepted", bent)
		}
	})
}

func everyByteChanged(text string, try func(bent string)) {
	for i := range len(text) {
		for c := range 256 {
			if byte(c) != text[i] {
				try(text[:i] + string([]byte{byte(c)}) + text[i+1:])
			}
		}
	}
}

// Two sets of parameters with one message are never both accepted. Values are
// made of what could be mistaken for a separator, a name or a part of one.
func TestOneMessageOneReading(t *testing.T) {
	allowed := extras(t, single, listed)
	rapid.Check(t, func(t *rapid.T) {
		signed := drawHostile(t)
		message := proxyMessage(signed)
		signature := "&signature=" + hexMAC(secret, message)
		var readings []string
		for _, reading := range resplit(message) {
			for _, query := range spellings(reading) {
				q, r := hmac.ParseProxy(query+signature, allowed)
				if r == hmac.Valid && string(q.Message()) == message {
					readings = append(readings, query)
					sameSubject(t, signed, q)
				}
			}
		}
		if len(readings) > 1 {
			t.Fatalf("one message, read as each of %q", readings)
		}
	})
}

// sameSubject holds what was accepted against what Shopify really signed.
func sameSubject(t *rapid.T, signed url.Values, q hmac.Proxy) {
	got := []string{q.Shop, q.CustomerID, fmt.Sprintf("%010d", q.Timestamp)}
	want := []string{signed.Get("shop"), signed.Get("logged_in_customer_id"), signed.Get("timestamp")}
	if q.Values("sh") == nil { // what sorts between path_prefix and shop may take from the path's end
		got, want = append(got, q.PathPrefix), append(want, signed.Get("path_prefix"))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("signed for %q, accepted for %q", want, got)
	}
}

// drawHostile is what Shopify may be brought to sign: its own parameters are
// true, all others are whatever a visitor puts into the address, under any name.
func drawHostile(t *rapid.T) url.Values {
	bits := []string{"=", ",", "1", "23", "a", "b", "m", "k", "z", "sh", "op", "id", "tags", "logged_in_customer_id", "logged_in_customer_",
		"shop", "shop=evil.myshopify.com", "path_prefix", "timestamp", "timestamp=0000000001", "logged_in_customer_id=123", "/apps/x"}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 0, 4).Draw(t, "bits"), "")
	})
	signed := drawReserved(t)
	for range rapid.IntRange(0, 4).Draw(t, "extras") {
		name := text.Draw(t, "name")
		if name == "" || name == "signature" || signed.Has(name) {
			continue // Shopify's own are not for a visitor to set
		}
		signed[name] = rapid.SliceOfN(text, 1, 2).Draw(t, "values")
	}
	return signed
}

// resplit cuts a message before allowed names in every way, up to a bound.
func resplit(message string) (readings [][][2]string) {
	names := append([]string{"logged_in_customer_id", "path_prefix", "shop", "timestamp"}, append(single, listed...)...)
	var cut func(rest string, pairs [][2]string)
	cut = func(rest string, pairs [][2]string) {
		if rest == "" {
			readings = append(readings, append([][2]string(nil), pairs...))
			return
		}
		for _, name := range names {
			value, ok := strings.CutPrefix(rest, name+"=")
			if !ok || len(readings) > 300 {
				continue
			}
			for end := range len(value) + 1 {
				if end == len(value) || startsPair(value[end:], names) {
					cut(value[end:], append(pairs, [2]string{name, value[:end]}))
				}
			}
		}
	}
	cut(message, nil)
	return readings
}

func startsPair(text string, names []string) bool {
	for _, name := range names {
		if strings.HasPrefix(text, name+"=") {
			return true
		}
	}
	return false
}

// spellings writes a reading as a query, with commas as they are and as repeats.
func spellings(reading [][2]string) []string {
	var plain, repeated []string
	for _, pair := range reading {
		plain = append(plain, pair[0]+"="+url.QueryEscape(pair[1]))
		for _, value := range strings.Split(pair[1], ",") {
			repeated = append(repeated, pair[0]+"="+url.QueryEscape(value))
		}
	}
	if len(plain) == len(repeated) {
		return []string{strings.Join(plain, "&")}
	}
	return []string{strings.Join(plain, "&"), strings.Join(repeated, "&")}
}
