package hmac_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shapestoken/shapestoken/hmac"
)

func TestParseOAuth(t *testing.T) {
	q, r := hmac.ParseOAuth(oauthSigned(callback+"&embedded=1&empty=", strings.Replace(callback, "&host", "&embedded=1&empty=&host", 1)))
	if r != hmac.Valid || !q.SignedBy(newKey(t, secret)) {
		t.Fatal(r)
	}
	got := []any{q.Shop, q.Code, q.Host, q.State, q.Timestamp, string(q.Message()), q.Get("embedded"), q.Get("code"),
		q.Get("empty"), q.Get("hmac"), q.Get("absent")}
	want := []any{shop, "c0de", "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ", "n0nce", int64(1795200000),
		strings.Replace(callback, "&host", "&embedded=1&empty=&host", 1), "1", "c0de", "", "", ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Opening an app, there is neither code nor state.
func TestAppLoad(t *testing.T) {
	query := "shop=acme-dev.myshopify.com&timestamp=1795200000"
	q, r := hmac.ParseOAuth(oauthSigned(query, query))
	if r != hmac.Valid || q.Code+q.State+q.Host != "" {
		t.Errorf("%v, %v", r, q)
	}
}

// Every parameter, missing, repeated and bent; the hmac is over the very text.
func TestOAuthRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, parameter, pair string
		want                  hmac.Result
	}{
		{"no shop", "shop", "", hmac.MalformedShop},
		{"empty shop", "shop", "shop=", hmac.MalformedShop},
		{"another host", "shop", "shop=evil.example", hmac.MalformedShop},
		{"Shop", "shop", "Shop=acme-dev.myshopify.com", hmac.MalformedShop},
		{"shop twice", "shop", "shop=acme-dev.myshopify.com&shop=b.myshopify.com", hmac.RepeatedParameter},
		{"shop twice, in another spelling", "shop", "shop=acme-dev.myshopify.com&%73hop=b.myshopify.com", hmac.RepeatedParameter},
		{"code twice", "code", "code=a&code=a", hmac.RepeatedParameter},
		{"host twice", "host", "host=a&host=a", hmac.RepeatedParameter},
		{"state twice", "state", "state=a&state=b", hmac.RepeatedParameter},
		{"anything twice", "state", "state=a&x=1&x=1", hmac.RepeatedParameter},
		{"legacy signature twice", "state", "signature=a&signature=b&state=a", hmac.RepeatedParameter},
		{"timestamp twice", "timestamp", "timestamp=1795200000&timestamp=1795200000", hmac.RepeatedParameter},
		{"no timestamp", "timestamp", "", hmac.MalformedTimestamp},
		{"short timestamp", "timestamp", "timestamp=1", hmac.MalformedTimestamp},
		{"name with a space", "state", "st+ate=1", hmac.AmbiguousParameter},
		{"name with = in it", "state", "st%3Date=1", hmac.AmbiguousParameter},
		{"padded host", "host", "host=YWJjZA%3D%3D", hmac.AmbiguousParameter},
		{"letters beyond ASCII", "state", "state=%C3%A9", hmac.AmbiguousParameter},
		{"below the letters", "state", "state=%60", hmac.AmbiguousParameter},
		{"above the letters", "state", "state=%7B", hmac.AmbiguousParameter},
		{"at sign", "state", "state=@", hmac.AmbiguousParameter},
		{"square bracket", "state", "state=%5B", hmac.AmbiguousParameter},
		{"slash", "state", "state=/", hmac.AmbiguousParameter},
	} {
		query := with(callback, tt.parameter, tt.pair)
		q, r := hmac.ParseOAuth(oauthSigned(query, query))
		if r != tt.want || !reflect.DeepEqual(q, hmac.OAuth{}) {
			t.Errorf("%s: %v, want %v; left in hand: %v", tt.name, r, tt.want, q)
		}
	}
}

func TestHMAC(t *testing.T) {
	good := oauthSigned(callback, callback)
	right := good[len(good)-64:]
	for name, tt := range map[string]struct {
		pair string
		want hmac.Result
	}{
		"missing":      {"", hmac.MalformedHMAC},
		"empty":        {"hmac=", hmac.MalformedHMAC},
		"short":        {"hmac=" + right[1:], hmac.MalformedHMAC},
		"not hex":      {"hmac=" + right[1:] + "g", hmac.MalformedHMAC},
		"base64":       {"hmac=f%2BFz0AAZZhUhA6vnN9rBFWgTS6NwzJz3QaUTgPCdzdk%3D", hmac.MalformedHMAC},
		"as signature": {"signature=" + right, hmac.MalformedHMAC},
		"HMAC":         {"HMAC=" + right, hmac.MalformedHMAC},
		"twice":        {"hmac=" + right + "&hmac=" + right, hmac.RepeatedParameter},
		"wrong":        {"hmac=" + flip(right), hmac.Wrong},
		"right":        {"hmac=" + right, hmac.Valid},
	} {
		if r := verifyOAuth(keysOf(t), with(good, "hmac", tt.pair), signedAt); r != tt.want {
			t.Errorf("%s: %v, want %v", name, r, tt.want)
		}
	}
}

// A signature of one kind is none of the other, though the secret is the same.
func TestKindsAreNotMixed(t *testing.T) {
	keys := keysOf(t)
	proxy, oauth := proxySigned(t, loggedIn), oauthSigned(callback, callback)
	if r := verifyOAuth(keys, strings.Replace(proxy, "signature=", "hmac=", 1), signedAt); r != hmac.AmbiguousParameter {
		t.Errorf("proxy as OAuth: %v", r)
	}
	if r := verifyProxy(keys, strings.Replace(oauth, "hmac=", "signature=", 1), nil, signedAt); r != hmac.UnknownParameter {
		t.Errorf("OAuth as proxy: %v", r)
	}
	joined := proxyMessage(query(t, loggedIn))
	if r := verifyOAuth(keys, oauthSigned(callback, joined), signedAt); r != hmac.Wrong {
		t.Errorf("joined with nothing: %v", r)
	}
}

func TestSignOAuth(t *testing.T) {
	key := newKey(t, secret)
	pieces := strings.Split(callback, "&")
	slices.Reverse(pieces)
	for _, query := range []string{callback, strings.Join(pieces, "&"), callback + "&hmac=old", "signature=old&" + callback} {
		if text, r := key.SignOAuth(query); r != hmac.Valid || text != hexMAC(secret, callback) {
			t.Errorf("%s: %v", query, r)
		}
	}
	for query, want := range map[string]hmac.Result{
		"state=a+b":       hmac.AmbiguousParameter,
		"state=a&state=b": hmac.RepeatedParameter,
		"hmac=a&hmac=b":   hmac.RepeatedParameter,
	} {
		if text, r := key.SignOAuth(query); r != want || text != "" {
			t.Errorf("%s: %q, %v", query, text, r)
		}
	}
}
