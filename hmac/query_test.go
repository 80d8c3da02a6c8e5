package hmac_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// loggedIn is a right app proxy query but for its signature.
const loggedIn = "shop=acme-dev.myshopify.com&logged_in_customer_id=7210381803720&path_prefix=%2Fapps%2Fshapestoken&timestamp=1795200000"

// callback is a right OAuth query but for its hmac.
const callback = "code=c0de&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ&shop=acme-dev.myshopify.com&state=n0nce&timestamp=1795200000"

// with changes one parameter of a query; an empty pair removes it.
func with(query, name, pair string) string {
	pieces := strings.Split(query, "&")
	for i, piece := range pieces {
		if strings.HasPrefix(piece, name+"=") {
			pieces[i] = pair
		}
	}
	return strings.Join(slices.DeleteFunc(pieces, func(s string) bool { return s == "" }), "&")
}

// proxyMessage is what Shopify signs, written from its description alone.
func proxyMessage(values url.Values) string {
	var pairs []string
	for name, v := range values {
		if name != "signature" {
			pairs = append(pairs, name+"="+strings.Join(v, ","))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "")
}

// proxySigned adds the signature Shopify would, by way of the standard library.
func proxySigned(t testing.TB, query string) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return query + "&signature=" + hexMAC(secret, proxyMessage(values))
}

// oauthSigned adds an hmac over exactly this message.
func oauthSigned(query, message string) string { return query + "&hmac=" + hexMAC(secret, message) }

func keysOf(t testing.TB) hmac.Keys {
	t.Helper()
	return hmac.Keys{Current: newKey(t, secret)}
}

func verifyProxy(keys hmac.Keys, query string, extras *hmac.Extras, now time.Time) hmac.Result {
	q, r := hmac.ParseProxy(query, extras)
	if r != hmac.Valid {
		return r
	}
	_, r = keys.VerifyProxy(&q, now, hmac.Window)
	return r
}

func verifyOAuth(keys hmac.Keys, query string, now time.Time) hmac.Result {
	q, r := hmac.ParseOAuth(query)
	if r != hmac.Valid {
		return r
	}
	_, r = keys.VerifyOAuth(&q, now, hmac.Window)
	return r
}

func extras(t testing.TB, once, many []string) *hmac.Extras {
	t.Helper()
	e, err := hmac.AllowExtras(once, many)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What cannot be decoded, or is read differently by different decoders, is
// refused by all that read a query, whatever it is signed with.
func TestMalformedQuery(t *testing.T) {
	key := newKey(t, secret)
	for name, pair := range map[string]string{
		"percent at the end":          "a=%",
		"one hex digit":               "a=%4",
		"not hex":                     "a=%zz",
		"not hex, second":             "a=%4g",
		"percent in the name":         "%=1",
		"bad UTF-8":                   "a=%ff",
		"bad UTF-8 in the name":       "%ff=1",
		"overlong UTF-8":              "a=%c0%af",
		"surrogate":                   "a=%ed%a0%80",
		"half a character":            "a=%e2%82",
		"NUL":                         "a=1%00",
		"NUL in the name":             "a%00=1",
		"raw NUL":                     "a=\x00",
		"raw space":                   "a=1 2",
		"raw line break":              "a=1\r\n",
		"raw DEL":                     "a=\x7f",
		"raw UTF-8":                   "a=é",
		"semicolon":                   "a=1;b=2",
		"semicolon for a separator":   "a=1;signature=2",
		"fragment":                    "a=1#b",
		"no name":                     "=1",
		"nothing between separators":  "&a=1",
		"nothing after the separator": "a=1&",
	} {
		if _, r := hmac.ParseProxy(loggedIn+"&"+pair, nil); r != hmac.MalformedQuery {
			t.Errorf("proxy, %s: %v", name, r)
		}
		if _, r := hmac.ParseOAuth(callback + "&" + pair); r != hmac.MalformedQuery {
			t.Errorf("OAuth, %s: %v", name, r)
		}
		if text, r := key.SignProxy(pair); r != hmac.MalformedQuery || text != "" {
			t.Errorf("sign proxy, %s: %q, %v", name, text, r)
		}
		if text, r := key.SignOAuth(pair); r != hmac.MalformedQuery || text != "" {
			t.Errorf("sign OAuth, %s: %q, %v", name, text, r)
		}
	}
	for _, query := range []string{"", "&", "?" + loggedIn[:0]} {
		if _, r := hmac.ParseProxy(query, nil); r == hmac.Valid {
			t.Errorf("%q is a query", query)
		}
	}
}

func TestBounds(t *testing.T) {
	key := newKey(t, secret)
	const longest = hmac.MaxQuery - len("a=")
	for _, tt := range []struct {
		name, query string
		want        hmac.Result
	}{
		{"longest", "a=" + strings.Repeat("x", longest), hmac.Valid},
		{"too long", "a=" + strings.Repeat("x", longest+1), hmac.Oversized},
		{"most", "a=1" + strings.Repeat("&a=1", hmac.MaxParameters-1), hmac.Valid},
		{"too many", "a=1" + strings.Repeat("&a=1", hmac.MaxParameters), hmac.Oversized},
		{"too many of nothing", strings.Repeat("&", hmac.MaxParameters), hmac.Oversized},
	} {
		if _, r := key.SignProxy(tt.query); r != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, r, tt.want)
		}
		if tt.want != hmac.Oversized {
			continue
		}
		if _, r := hmac.ParseProxy(tt.query, nil); r != tt.want {
			t.Errorf("parse proxy, %s: %v", tt.name, r)
		}
		if _, r := hmac.ParseOAuth(tt.query); r != tt.want {
			t.Errorf("parse OAuth, %s: %v", tt.name, r)
		}
	}
}

// Both spellings of a space, and any spelling of any byte, are one text.
func TestSpellings(t *testing.T) {
	note := extras(t, []string{"note"}, nil)
	query := proxySigned(t, loggedIn+"&note=a+b%26%E2%9C%93")
	for _, spelling := range []string{"a+b%26%E2%9C%93", "a%20b%26%e2%9c%93", "%61+%62%26%E2%9c%93"} {
		q, r := hmac.ParseProxy(strings.Replace(query, "a+b%26%E2%9C%93", spelling, 1), note)
		if r != hmac.Valid || !q.SignedBy(newKey(t, secret)) || !slices.Equal(q.Values("note"), []string{"a b&✓"}) {
			t.Errorf("%s: %v, %q", spelling, r, q.Values("note"))
		}
	}
	if r := verifyProxy(keysOf(t), strings.Replace(query, "shop=", "%73ho%70=", 1), note, signedAt); r != hmac.Valid {
		t.Errorf("a name in percent-encoding: %v", r)
	}
}

func TestParametersComeInAnyOrder(t *testing.T) {
	pieces := strings.Split(proxySigned(t, loggedIn), "&")
	for range pieces {
		pieces = append(pieces[1:], pieces[0])
		if r := verifyProxy(keysOf(t), strings.Join(pieces, "&"), nil, signedAt); r != hmac.Valid {
			t.Errorf("%s first: %v", pieces[0], r)
		}
	}
}
