package hmac_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shapestoken/shapestoken/hmac"
)

func TestParseProxy(t *testing.T) {
	query := proxySigned(t, loggedIn+"&lang=fr&ids=2&ids=&ids=1")
	q, r := hmac.ParseProxy(query, extras(t, []string{"lang", "unused"}, []string{"ids"}))
	if r != hmac.Valid {
		t.Fatal(r)
	}
	message := "ids=2,,1lang=frlogged_in_customer_id=7210381803720path_prefix=/apps/shapestokenshop=acme-dev.myshopify.comtimestamp=1795200000"
	got := []any{q.Shop, q.CustomerID, q.PathPrefix, q.Timestamp, string(q.Message()), hexMAC(secret, message),
		q.Values("ids"), q.Values("lang"), len(q.Values("unused")), len(q.Values("signature"))}
	want := []any{shop, id, "/apps/shapestoken", int64(1795200000), message, fmt.Sprintf("%x", *q.MAC()),
		[]string{"2", "", "1"}, []string{"fr"}, 0, 0}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Every parameter, missing, repeated, empty and bent; all rightly signed.
func TestProxyRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, parameter, pair string
		want                  hmac.Result
	}{
		{"no shop", "shop", "", hmac.MalformedShop},
		{"empty shop", "shop", "shop=", hmac.MalformedShop},
		{"shop without a value", "shop", "shop", hmac.MalformedShop},
		{"repeated shop", "shop", "shop=acme-dev.myshopify.com&shop=acme-dev.myshopify.com", hmac.RepeatedParameter},
		{"two shops", "shop", "shop=acme-dev.myshopify.com&shop=b.myshopify.com", hmac.RepeatedParameter},
		{"repeated in another spelling", "shop", "shop=acme-dev.myshopify.com&%73hop=b.myshopify.com", hmac.RepeatedParameter},
		{"Shop", "shop", "Shop=acme-dev.myshopify.com", hmac.UnknownParameter},
		{"shop[]", "shop", "shop[]=acme-dev.myshopify.com", hmac.UnknownParameter},
		{"space after the name", "shop", "shop+=acme-dev.myshopify.com", hmac.UnknownParameter},
		{"= in the name", "shop", "shop%3Dacme-dev.myshopify.com", hmac.UnknownParameter},
		{"no customer", "logged_in_customer_id", "", hmac.MalformedCustomer},
		{"customer 0", "logged_in_customer_id", "logged_in_customer_id=0", hmac.MalformedCustomer},
		{"customer with a leading zero", "logged_in_customer_id", "logged_in_customer_id=01", hmac.MalformedCustomer},
		{"two customers in one", "logged_in_customer_id", "logged_in_customer_id=1,2", hmac.MalformedCustomer},
		{"a space for a customer", "logged_in_customer_id", "logged_in_customer_id=+", hmac.MalformedCustomer},
		{"full-width customer", "logged_in_customer_id", "logged_in_customer_id=" + url.QueryEscape("１"), hmac.MalformedCustomer},
		{"repeated customer", "logged_in_customer_id", "logged_in_customer_id=1&logged_in_customer_id=1", hmac.RepeatedParameter},
		{"guest and customer", "logged_in_customer_id", "logged_in_customer_id=&logged_in_customer_id=1", hmac.RepeatedParameter},
		{"customer with another pair in it", "logged_in_customer_id", "logged_in_customer_id=1path_prefix%3D", hmac.AmbiguousParameter},
		{"no path", "path_prefix", "", hmac.MalformedPathPrefix},
		{"empty path", "path_prefix", "path_prefix=", hmac.MalformedPathPrefix},
		{"relative path", "path_prefix", "path_prefix=apps", hmac.MalformedPathPrefix},
		{"a host for a path", "path_prefix", "path_prefix=//evil.example", hmac.MalformedPathPrefix},
		{"path that climbs", "path_prefix", "path_prefix=/apps/../admin", hmac.MalformedPathPrefix},
		{"path with a space", "path_prefix", "path_prefix=/apps/a+b", hmac.MalformedPathPrefix},
		{"path with a query", "path_prefix", "path_prefix=/apps/a?b", hmac.MalformedPathPrefix},
		{"path of 256", "path_prefix", "path_prefix=/" + strings.Repeat("a", 255), hmac.MalformedPathPrefix},
		{"path with another pair in it", "path_prefix", "path_prefix=/ashop%3Db.myshopify.com", hmac.AmbiguousParameter},
		{"repeated path", "path_prefix", "path_prefix=/a&path_prefix=/a", hmac.RepeatedParameter},
		{"no timestamp", "timestamp", "", hmac.MalformedTimestamp},
		{"empty timestamp", "timestamp", "timestamp=", hmac.MalformedTimestamp},
		{"nine digits", "timestamp", "timestamp=179520000", hmac.MalformedTimestamp},
		{"milliseconds", "timestamp", "timestamp=1795200000000", hmac.MalformedTimestamp},
		{"repeated timestamp", "timestamp", "timestamp=1795200000&timestamp=1795200000", hmac.RepeatedParameter},
		{"an hmac as well", "timestamp", "timestamp=1795200000&hmac=1", hmac.UnknownParameter},
		{"one too many", "timestamp", "timestamp=1795200000&foo=bar", hmac.UnknownParameter},
	} {
		q, r := hmac.ParseProxy(proxySigned(t, with(loggedIn, tt.parameter, tt.pair)), nil)
		if r != tt.want || !reflect.DeepEqual(q, hmac.Proxy{}) {
			t.Errorf("%s: %v, want %v; left in hand: %v", tt.name, r, tt.want, q)
		}
	}
}

func TestProxySignature(t *testing.T) {
	good := proxySigned(t, loggedIn)
	right := good[len(good)-64:]
	for name, tt := range map[string]struct {
		pair string
		want hmac.Result
	}{
		"missing":        {"", hmac.MalformedSignature},
		"empty":          {"signature=", hmac.MalformedSignature},
		"short":          {"signature=" + right[1:], hmac.MalformedSignature},
		"long":           {"signature=" + right + "0", hmac.MalformedSignature},
		"upper case":     {"signature=" + strings.ToUpper(right), hmac.MalformedSignature},
		"base64":         {"signature=f%2BFz0AAZZhUhA6vnN9rBFWgTS6NwzJz3QaUTgPCdzdk%3D", hmac.MalformedSignature},
		"another name":   {"Signature=" + right, hmac.UnknownParameter},
		"twice":          {"signature=" + right + "&signature=" + right, hmac.RepeatedParameter},
		"two of them":    {"signature=" + right + "&signature=" + flip(right), hmac.RepeatedParameter},
		"wrong":          {"signature=" + flip(right), hmac.Wrong},
		"of another key": {"signature=" + hexMAC("another", ""), hmac.Wrong},
		"of no key":      {"signature=" + hexMAC("", "logged_in_customer_id="), hmac.Wrong},
		"right":          {"signature=" + right, hmac.Valid},
	} {
		if r := verifyProxy(keysOf(t), with(good, "signature", tt.pair), nil, signedAt); r != tt.want {
			t.Errorf("%s: %v, want %v", name, r, tt.want)
		}
	}
}

// ParseProxy and ParseOAuth take the whole window and not a second more.
func TestWindow(t *testing.T) {
	proxy, oauth := proxySigned(t, loggedIn), oauthSigned(callback, callback)
	for seconds, want := range map[time.Duration]hmac.Result{
		-91: hmac.NotYet, -90: hmac.Valid, -89: hmac.Valid, 0: hmac.Valid,
		89: hmac.Valid, 90: hmac.Valid, 91: hmac.Expired, 1e6: hmac.Expired, -1e6: hmac.NotYet,
	} {
		now := signedAt.Add(seconds * time.Second)
		if r := verifyProxy(keysOf(t), proxy, nil, now); r != want {
			t.Errorf("proxy, %d s: %v, want %v", seconds, r, want)
		}
		if r := verifyOAuth(keysOf(t), oauth, now); r != want {
			t.Errorf("OAuth, %d s: %v, want %v", seconds, r, want)
		}
		if r := verifyProxy(keysOf(t), proxy[:len(proxy)-64]+flip(proxy[len(proxy)-64:]), nil, now); r != hmac.Wrong {
			t.Errorf("not signed, %d s: %v", seconds, r) // who cannot sign learns nothing of the clock
		}
	}
}

// What is judged is what was signed, not a field that somebody has changed since.
func TestFieldsAreForReading(t *testing.T) {
	q, _ := hmac.ParseProxy(proxySigned(t, loggedIn), nil)
	q.Timestamp += 1000
	if _, r := keysOf(t).VerifyProxy(&q, signedAt.Add(1000*time.Second), hmac.Window); r != hmac.Expired {
		t.Error(r)
	}
}

func TestZeroProxyAndOAuth(t *testing.T) {
	keys := keysOf(t)
	if _, r := keys.VerifyProxy(&hmac.Proxy{}, time.Unix(0, 0), hmac.Window); r != hmac.Wrong {
		t.Errorf("proxy: %v", r)
	}
	if _, r := keys.VerifyOAuth(&hmac.OAuth{}, time.Unix(0, 0), hmac.Window); r != hmac.Wrong {
		t.Errorf("OAuth: %v", r)
	}
	if new(hmac.Proxy).SignedBy(keys.Current) || new(hmac.OAuth).Get("shop") != "" {
		t.Error("the zero value says something")
	}
}

func TestAllowExtras(t *testing.T) {
	for name, tt := range map[string]struct {
		once, many []string
		ok         bool
	}{
		"none":                     {nil, nil, true},
		"some":                     {[]string{"lang", "page", "baz[c[0]]", "a-b"}, []string{"tags", "ids[]"}, true},
		"the beginning of another": {[]string{"a", "a-b", "a1", "shop_id"}, nil, true},
		"empty":                    {[]string{""}, nil, false},
		"equals sign":              {[]string{"a=b"}, nil, false},
		"space":                    {[]string{"a b"}, nil, false},
		"DEL":                      {nil, []string{"a\x7f"}, false},
		"not ASCII":                {[]string{"é"}, nil, false},
		"the signature":            {[]string{"signature"}, nil, false},
		"one of Shopify's":         {nil, []string{"shop"}, false},
		"the end of Shopify's":     {[]string{"id"}, nil, false},
		"Shopify's at its end":     {[]string{"my_shop"}, nil, false},
		"twice":                    {[]string{"a", "a"}, nil, false},
		"in both":                  {[]string{"a"}, []string{"a"}, false},
		"the end of another":       {[]string{"ba"}, []string{"a"}, false},
		"another at its end":       {[]string{"a"}, []string{"ba"}, false},
	} {
		e, err := hmac.AllowExtras(tt.once, tt.many)
		if (err == nil) != tt.ok || (e != nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The caller's lists are copied.
func TestExtrasAreTheirOwn(t *testing.T) {
	once := []string{"lang"}
	e := extras(t, once, nil)
	once[0] = "evil"
	if _, r := hmac.ParseProxy(proxySigned(t, loggedIn+"&evil=1"), e); r != hmac.UnknownParameter {
		t.Error(r)
	}
}

func TestExtras(t *testing.T) {
	e := extras(t, []string{"lang"}, []string{"ids"})
	for pairs, want := range map[string]hmac.Result{
		"lang=fr":               hmac.Valid,
		"lang=fr,en":            hmac.Valid, // a comma is only a comma where nothing is repeated
		"lang=":                 hmac.Valid,
		"lang":                  hmac.Valid,
		"lang=fr&lang=en":       hmac.RepeatedParameter,
		"lang=a%3Db":            hmac.AmbiguousParameter,
		"lang=a=b":              hmac.AmbiguousParameter,
		"ids=1&ids=2":           hmac.Valid,
		"ids=1&lang=fr&ids=2":   hmac.Valid,
		"ids=":                  hmac.Valid,
		"ids=1,2":               hmac.AmbiguousParameter,
		"ids=1%2C2":             hmac.AmbiguousParameter,
		"ids=1&ids=2,3":         hmac.AmbiguousParameter,
		"ids=1&ids=shop%3D":     hmac.AmbiguousParameter,
		"Lang=fr":               hmac.UnknownParameter,
		"ids[]=1":               hmac.UnknownParameter,
		"lang=fr&more=1":        hmac.UnknownParameter,
		"lang=fr&shop=" + shop:  hmac.RepeatedParameter,
		"lang=shop&ids=" + shop: hmac.Valid, // only with "=" is it another pair
	} {
		if r := verifyProxy(keysOf(t), proxySigned(t, loggedIn+"&"+pairs), e, signedAt); r != want {
			t.Errorf("%s: %v, want %v", pairs, r, want)
		}
	}
}

func TestPrintsNoSignature(t *testing.T) {
	p, _ := hmac.ParseProxy(proxySigned(t, loggedIn+"&lang=fr"), extras(t, []string{"lang"}, nil))
	o, _ := hmac.ParseOAuth(oauthSigned(callback, callback))
	for want, values := range map[string][]any{
		`hmac.Proxy(shop="acme-dev.myshopify.com" customer="7210381803720" path="/apps/shapestoken" timestamp=1795200000)`: {p, &p},
		`hmac.OAuth(shop="acme-dev.myshopify.com" timestamp=1795200000)`:                                                   {o, &o},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			for _, value := range values {
				if got := fmt.Sprintf(verb, value); got != want {
					t.Errorf("%s of %T: %s", verb, value, got)
				}
			}
		}
	}
}

// fmt passes over Format in unexported fields, and encoders never call it.
func TestNothingFindsTheSignature(t *testing.T) {
	p, _ := hmac.ParseProxy(proxySigned(t, loggedIn), nil)
	o, _ := hmac.ParseOAuth(oauthSigned(callback, callback))
	wrapped := struct {
		p hmac.Proxy
		o hmac.OAuth
	}{p, o}
	text, err := json.Marshal([]any{p, o})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{string(text), fmt.Sprintf("%v %+v %#v %x %s", wrapped, wrapped, wrapped, wrapped, wrapped)} {
		for _, mac := range []*[32]byte{p.MAC(), o.MAC()} {
			for _, form := range []string{fmt.Sprintf("%x", *mac), fmt.Sprint(mac[:])[1:20], fmt.Sprintf("%#v", mac[:])[8:30]} {
				if strings.Contains(printed, form) {
					t.Error("printed a signature")
				}
			}
		}
	}
}

func TestSignProxy(t *testing.T) {
	key := newKey(t, secret)
	for _, query := range []string{
		loggedIn, with(loggedIn, "logged_in_customer_id", "logged_in_customer_id="), "a=1&a=2&B=3&a-b=4", "x=%3D%26,&y",
		loggedIn + "&shop=twice.myshopify.com",
	} {
		signature, r := key.SignProxy(query)
		if want := proxySigned(t, query); r != hmac.Valid || query+"&signature="+signature != want {
			t.Errorf("%s: %v, want %s", query, r, want)
		}
		again, r := key.SignProxy("signature=old&" + query)
		if r != hmac.Valid || again != signature {
			t.Errorf("%s: an old signature was signed: %v", query, r)
		}
	}
	if text, r := key.SignProxy("signature=1&a=1&signature=2"); r != hmac.RepeatedParameter || text != "" {
		t.Errorf("two signatures: %q, %v", text, r)
	}
}

func TestLongestPath(t *testing.T) {
	for _, path := range []string{"/", "/" + strings.Repeat("a", 254), "/apps/a.b_c-D9", "/fr/tools/x"} {
		query := proxySigned(t, with(loggedIn, "path_prefix", "path_prefix="+url.QueryEscape(path)))
		if q, r := hmac.ParseProxy(query, nil); r != hmac.Valid || q.PathPrefix != path {
			t.Errorf("%s: %v", path, r)
		}
	}
}
