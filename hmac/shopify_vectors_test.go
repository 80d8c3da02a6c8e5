package hmac_test

import (
	"encoding/json"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// shopifyVector is one case of app_proxy.json, oauth_query.json or webhook.json.
type shopifyVector struct {
	Name, Secret, Signature, Query, Message, HMAC, Body, Header, Reason string
	Params                                                              map[string]any
	Valid, Signs                                                        bool
	Customer                                                            *string
}

var shopifyReasons = reasons{
	"the signature is right, but a parameter outside the allow-list is refused by the token endpoint":                      hmac.UnknownParameter,
	"pairs are joined with nothing, so a signed query can be re-split into another; only the exact parameter set may pass": hmac.UnknownParameter,
	"a reserved parameter may appear once": hmac.RepeatedParameter,
	"freshness cannot be judged":           hmac.MalformedTimestamp,
	"hex, not base64":                      hmac.MalformedHeader,
	"padding stripped":                     hmac.MalformedHeader,
	"missing":                              hmac.MalformedHeader,
	"body re-serialised":                   hmac.Wrong,
}

func TestProxyVectors(t *testing.T) {
	for _, v := range readShopifyVectors(t, "app_proxy.json") {
		t.Run(v.Name, func(t *testing.T) {
			keys := hmac.Keys{Current: newKey(t, v.Secret)}
			if got, want := verifyProxy(keys, v.Query, nil, v.moment(t)), v.result(t); got != want {
				t.Errorf("%v, want %v", got, want)
			}
			// Every signature in the file is right; it is for other reasons that some are refused.
			if text, r := keys.Current.SignProxy(v.Query); r != hmac.Valid || text != v.Signature {
				t.Errorf("sign: %q, %v", text, r)
			}
			q, _ := hmac.ParseProxy(v.Query, nil)
			if want := v.Customer; want != nil && q.CustomerID != *want {
				t.Errorf("customer %q, want %q", q.CustomerID, *want)
			}
			for name, value := range v.Params {
				if got := q.Values(name); v.Valid && (len(got) != 1 || got[0] != value) {
					t.Errorf("%s: %q, want %q", name, got, value)
				}
			}
		})
	}
}

// The documentation's sample is right where extra is allowed.
func TestProxyDocumentationSample(t *testing.T) {
	for _, v := range readShopifyVectors(t, "app_proxy.json") {
		if v.Signs {
			keys := hmac.Keys{Current: newKey(t, v.Secret)}
			if r := verifyProxy(keys, v.Query, extras(t, nil, []string{"extra"}), v.moment(t)); r != hmac.Valid {
				t.Error(r)
			}
			return
		}
	}
	t.Error("the sample is missing")
}

func TestOAuthVectors(t *testing.T) {
	for _, v := range readShopifyVectors(t, "oauth_query.json") {
		keys := hmac.Keys{Current: newKey(t, v.Secret)}
		values := url.Values{"hmac": {v.HMAC}}
		for name, value := range v.Params {
			values.Set(name, value.(string))
		}
		if r := verifyOAuth(keys, values.Encode(), v.moment(t)); r != hmac.Valid {
			t.Errorf("%s: %v", v.Message, r)
		}
		if q, _ := hmac.ParseOAuth(values.Encode()); string(q.Message()) != v.Message {
			t.Errorf("message %q, want %q", q.Message(), v.Message)
		}
		if text, r := keys.Current.SignOAuth(values.Encode()); r != hmac.Valid || text != v.HMAC {
			t.Errorf("sign: %q, %v", text, r)
		}
	}
}

func TestWebhookVectors(t *testing.T) {
	for i, v := range readShopifyVectors(t, "webhook.json") {
		keys := hmac.Keys{Current: newKey(t, v.Secret)}
		if _, got := keys.VerifyWebhook([]byte(v.Body), v.Header); got != v.result(t) {
			t.Errorf("%d: %v, want %v", i, got, v.result(t))
		}
		if text, r := keys.Current.SignWebhook([]byte(v.Body)); v.Valid && (r != hmac.Valid || text != v.Header) {
			t.Errorf("%d: sign: %q, %v", i, text, r)
		}
	}
}

func readShopifyVectors(t testing.TB, name string) []shopifyVector {
	t.Helper()
	f, err := os.Open("../testdata/vectors/" + name)
	if err != nil {
		t.Fatalf("the shared vectors are needed: %v", err)
	}
	defer f.Close()
	var file struct {
		About string
		Cases []shopifyVector
	}
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	return file.Cases
}

func (v shopifyVector) result(t *testing.T) hmac.Result {
	t.Helper()
	return shopifyReasons.result(t, v.Valid, v.Reason)
}

// moment is when the vector was signed; for one that does not say, when the others were.
func (v shopifyVector) moment(t *testing.T) time.Time {
	t.Helper()
	text, _ := v.Params["timestamp"].(string)
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return signedAt
	}
	return time.Unix(seconds, 0)
}
