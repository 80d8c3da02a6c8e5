package hmac_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// What other libraries for Shopify's signatures get wrong or disagree about,
// each with what this package does. "signed" is what Shopify really signed; the
// signature is right for "sent" too, or the library's fault would not show.

func TestMatrixAppProxy(t *testing.T) {
	const (
		rest    = "path_prefix=/apps/shapestoken&shop=acme-dev.myshopify.com&timestamp=1795200000"
		guest   = "logged_in_customer_id=&" + rest
		someone = "logged_in_customer_id=123&" + rest
	)
	for _, tt := range []struct {
		name, signed, sent string
		once, many         []string
		want               hmac.Result
	}{
		{"re-split forgery", "a=blogged_in_customer_id%3D123m%3D&" + guest, "a=b&m=logged_in_customer_id%3D&" + someone,
			nil, nil, hmac.UnknownParameter},
		{"re-split forgery with the forger's names allowed", "a=blogged_in_customer_id%3D123m%3D&" + guest, "a=b&m=logged_in_customer_id%3D&" + someone,
			[]string{"a", "m"}, nil, hmac.AmbiguousParameter},
		{"the query that a re-split forgery starts from", "a=blogged_in_customer_id%3D123m%3D&" + guest, "",
			[]string{"a", "m"}, nil, hmac.AmbiguousParameter},
		{"ids=1,2 signed as ids=1&ids=2, where ids is single", "ids=1&ids=2&" + someone, "ids=1,2&" + someone,
			[]string{"ids"}, nil, hmac.Valid},
		{"ids=1&ids=2 signed as ids=1,2, where ids is single", "ids=1,2&" + someone, "ids=1&ids=2&" + someone,
			[]string{"ids"}, nil, hmac.RepeatedParameter},
		{"ids=1,2 signed as ids=1&ids=2, where ids is a list", "ids=1&ids=2&" + someone, "ids=1,2&" + someone,
			nil, []string{"ids"}, hmac.AmbiguousParameter},
		{"ids=1&ids=2 signed as ids=1,2, where ids is a list", "ids=1,2&" + someone, "ids=1&ids=2&" + someone,
			nil, []string{"ids"}, hmac.Valid},
		{"logged_in_customer_id twice", "logged_in_customer_id=1&logged_in_customer_id=2&" + rest, "", nil, nil, hmac.RepeatedParameter},
		{"logged_in_customer_id 1,2", "logged_in_customer_id=1&logged_in_customer_id=2&" + rest, "logged_in_customer_id=1,2&" + rest,
			nil, nil, hmac.MalformedCustomer},
		{"path_prefix twice", someone + "&path_prefix=/apps/b", "", nil, nil, hmac.RepeatedParameter},
		{"keys a, a-b and B, sorted by bytes", "a=1&a-b=2&B=3&" + someone, "", []string{"a", "a-b", "B"}, nil, hmac.Valid},
		{"no timestamp", with(someone, "timestamp", ""), "", nil, nil, hmac.MalformedTimestamp},
		{"NaN for a timestamp", with(someone, "timestamp", "timestamp=NaN"), "", nil, nil, hmac.MalformedTimestamp},
		{"timestamp twice", someone + "&timestamp=1795200001", "", nil, nil, hmac.RepeatedParameter},
		{"timestamp twice, in one", someone + "&timestamp=1795200001", with(someone, "timestamp", "timestamp=1795200000,1795200001"),
			nil, nil, hmac.MalformedTimestamp},
		{"a guest's empty customer stays in the message", guest, "", nil, nil, hmac.Valid},
		{"a guest whose empty customer was dropped", guest, with(guest, "logged_in_customer_id", ""), nil, nil, hmac.MalformedCustomer},
		{"a guest who was never signed", rest, guest, nil, nil, hmac.Wrong},
		{"index and _data that a framework adds", someone, "index=&_data=routes&" + someone, nil, nil, hmac.UnknownParameter},
		{"shop in upper case", with(someone, "shop", "shop=S.myshopify.com"), "", nil, nil, hmac.MalformedShop},
		{"shop under myshopify.io", with(someone, "shop", "shop=s.myshopify.io"), "", nil, nil, hmac.MalformedShop},
		{"shop with an underscore", with(someone, "shop", "shop=s_s.myshopify.com"), "", nil, nil, hmac.MalformedShop},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent := tt.signed
			if tt.sent != "" {
				sent = tt.sent
			}
			query := sent + strings.TrimPrefix(proxySigned(t, tt.signed), tt.signed)
			if r := verifyProxy(keysOf(t), query, extras(t, tt.once, tt.many), signedAt); r != tt.want {
				t.Errorf("%v, want %v", r, tt.want)
			}
		})
	}
}

func TestMatrixProxyTimestamps(t *testing.T) {
	query := proxySigned(t, loggedIn)
	for seconds, want := range map[time.Duration]hmac.Result{
		89: hmac.Valid, 91: hmac.Expired, -89: hmac.Valid, -91: hmac.NotYet,
	} {
		if r := verifyProxy(keysOf(t), query, nil, signedAt.Add(seconds*time.Second)); r != want {
			t.Errorf("%d s: %v, want %v", seconds, r, want)
		}
	}
}

// Sorting names by a language's rules, as some do, gives another message.
func TestMatrixSortedByLanguage(t *testing.T) {
	sent := "a=1&a-b=2&B=3&" + loggedIn
	byLanguage := "a=1a-b=2B=3" + strings.TrimPrefix(proxyMessage(query(t, sent)), "B=3a-b=2a=1")
	sent += "&signature=" + hexMAC(secret, byLanguage)
	if r := verifyProxy(keysOf(t), sent, extras(t, []string{"a", "a-b", "B"}, nil), signedAt); r != hmac.Wrong {
		t.Error(r)
	}
}

func query(t *testing.T, text string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Names in brackets and parameters without a value, as shopify_app's own tests
// have them; its secret is "secret", and the query names no customer.
func TestMatrixNestedNames(t *testing.T) {
	const query = "shop=some-random-store.myshopify.com&path_prefix=%2Fapps%2Fmy-app&timestamp=1466106083" +
		"&foo=bar&baz[1]&baz[2]=b&baz[c[0]]=whatup&baz[c[1]]=notmuch"
	signature, r := newKey(t, "secret").SignProxy(query)
	if r != hmac.Valid || signature != "bbf3aa60e098f08919a2ea4c64a388414f164e6a117a63b03479ac7aa9464b4f" {
		t.Errorf("%v, %s", r, signature)
	}
	nested := extras(t, []string{"foo", "baz[1]", "baz[2]", "baz[c[0]]", "baz[c[1]]"}, nil)
	if _, r := hmac.ParseProxy(query+"&signature="+signature, nested); r != hmac.MalformedCustomer {
		t.Errorf("from before there was a logged_in_customer_id: %v", r)
	}
}

// Each message is one that some library signs or checks.
func TestMatrixOAuth(t *testing.T) {
	const begins, ends = "code=c0de&shop=acme-dev.myshopify.com&state=", "&timestamp=1795200000"
	for _, tt := range []struct {
		name, query, message string
		want                 hmac.Result
	}{
		{"space as +, signed as +", begins + "a+b" + ends, begins + "a+b" + ends, hmac.AmbiguousParameter},
		{"space as +, signed as %20", begins + "a+b" + ends, begins + "a%20b" + ends, hmac.AmbiguousParameter},
		{"space as %20, signed decoded", begins + "a%20b" + ends, begins + "a b" + ends, hmac.AmbiguousParameter},
		{"colon and slash, signed encoded", begins + "https%3A%2F%2F" + ends, begins + "https%3A%2F%2F" + ends, hmac.AmbiguousParameter},
		{"colon and slash, signed decoded", begins + "https%3A%2F%2F" + ends, begins + "https://" + ends, hmac.AmbiguousParameter},
		{"%26 that becomes a separator", begins + "a%26t=b" + ends, begins + "a&t=b" + ends, hmac.AmbiguousParameter},
		{"%3D in a value", begins + "a%3D" + ends, begins + "a=" + ends, hmac.AmbiguousParameter},
		{"%25 in a value", begins + "a%2541" + ends, begins + "a%41" + ends, hmac.AmbiguousParameter},
		{"tilde", begins + "a~" + ends, begins + "a~" + ends, hmac.AmbiguousParameter},
		{"asterisk", begins + "a*" + ends, begins + "a*" + ends, hmac.AmbiguousParameter},
		{"ids[] once", begins + "a" + ends + "&ids[]=1", "ids[]=1&" + begins + "a" + ends, hmac.AmbiguousParameter},
		{"ids twice, as JSON", begins + "a" + ends + "&ids=1&ids=2", begins[:10] + `ids=["1", "2"]&` + begins[10:] + "a" + ends, hmac.RepeatedParameter},
		{"ids twice, with a comma", begins + "a" + ends + "&ids=1&ids=2", "code=c0de&ids=1,2&" + begins[10:] + "a" + ends, hmac.RepeatedParameter},
		{"host, locale and session are signed too", callback + "&locale=en-US&session=5e55",
			strings.Replace(callback, "&shop", "&locale=en-US&session=5e55&shop", 1), hmac.Valid},
		{"host, locale and session left out of the message", callback + "&locale=en-US&session=5e55", callback, hmac.Wrong},
		{"a legacy signature is not signed", callback + "&signature=0123abcd", callback, hmac.Valid},
		{"a legacy signature that is signed", callback + "&signature=0123abcd", with(callback, "state", "signature=0123abcd&state=n0nce"), hmac.Wrong},
		{"no timestamp", with(callback, "timestamp", ""), with(callback, "timestamp", ""), hmac.MalformedTimestamp},
		{"NaN for a timestamp", with(callback, "timestamp", "timestamp=NaN"), with(callback, "timestamp", "timestamp=NaN"), hmac.MalformedTimestamp},
		{"shop in upper case", with(callback, "shop", "shop=S.myshopify.com"), with(callback, "shop", "shop=S.myshopify.com"), hmac.MalformedShop},
		{"shop under myshopify.io", with(callback, "shop", "shop=s.myshopify.io"), with(callback, "shop", "shop=s.myshopify.io"), hmac.MalformedShop},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := verifyOAuth(keysOf(t), oauthSigned(tt.query, tt.message), signedAt); r != tt.want {
				t.Errorf("%v, want %v", r, tt.want)
			}
		})
	}
}

// Some decode the hex and so take it in upper case too.
func TestMatrixUpperCaseHex(t *testing.T) {
	proxy, oauth := proxySigned(t, loggedIn), oauthSigned(callback, callback)
	proxy = proxy[:len(proxy)-64] + strings.ToUpper(proxy[len(proxy)-64:])
	oauth = oauth[:len(oauth)-64] + strings.ToUpper(oauth[len(oauth)-64:])
	if r := verifyProxy(keysOf(t), proxy, nil, signedAt); r != hmac.MalformedSignature {
		t.Errorf("proxy: %v", r)
	}
	if r := verifyOAuth(keysOf(t), oauth, signedAt); r != hmac.MalformedHMAC {
		t.Errorf("OAuth: %v", r)
	}
}

func TestMatrixEmptySecret(t *testing.T) {
	if _, err := hmac.NewKey(nil); !errors.Is(err, hmac.ErrEmptyKey) {
		t.Error(err)
	}
}
