package hmac_test

import (
	"fmt"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

func TestKeys(t *testing.T) {
	a, b := newKey(t, "a"), newKey(t, "b")
	message := []byte(id)
	for _, tt := range []struct {
		name   string
		keys   hmac.Keys
		signer string
		want   hmac.Which
	}{
		{"current of two", hmac.Keys{Current: a, Previous: b}, "a", hmac.Current},
		{"previous of two", hmac.Keys{Current: a, Previous: b}, "b", hmac.Previous},
		{"neither of two", hmac.Keys{Current: a, Previous: b}, "c", hmac.Neither},
		{"the only one", hmac.Keys{Current: a}, "a", hmac.Current},
		{"not the only one", hmac.Keys{Current: a}, "b", hmac.Neither},
		{"the same twice", hmac.Keys{Current: a, Previous: a}, "a", hmac.Current},
		{"the empty one", hmac.Keys{Current: a, Previous: b}, "", hmac.Neither},
	} {
		mac := standard([]byte(tt.signer), message)
		if got := tt.keys.Match(message, &mac); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Whichever signed, both are asked: the zero Key panics when it is.
func TestBothKeysAreAsked(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the previous key was spared because the current one matched")
		}
	}()
	mac := standard([]byte(secret), []byte(id))
	hmac.Keys{Current: newKey(t, secret), Previous: new(hmac.Key)}.Match([]byte(id), &mac)
}

// All three kinds say which key it was, and of an old signature too.
func TestPreviousKeyIsNamed(t *testing.T) {
	keys := hmac.Keys{Current: newKey(t, "new"), Previous: newKey(t, secret)}
	p, _ := hmac.ParseProxy(proxySigned(t, loggedIn), nil)
	o, _ := hmac.ParseOAuth(oauthSigned(callback, callback))
	text := header(t, keys.Previous, body)

	type verdict struct {
		which  hmac.Which
		result hmac.Result
	}
	check := func(name string, want hmac.Result, which hmac.Which, r hmac.Result) {
		t.Helper()
		if got := (verdict{which, r}); got != (verdict{hmac.Previous, want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	which, r := keys.VerifyProxy(&p, signedAt, hmac.Window)
	check("proxy", hmac.Valid, which, r)
	which, r = keys.VerifyOAuth(&o, signedAt, hmac.Window)
	check("OAuth", hmac.Valid, which, r)
	which, r = keys.VerifyWebhook([]byte(body), text)
	check("webhook", hmac.Valid, which, r)
	which, r = keys.VerifyProxy(&p, signedAt.Add(2*hmac.Window), hmac.Window)
	check("old proxy", hmac.Expired, which, r)
	which, r = keys.VerifyOAuth(&o, signedAt.Add(-2*hmac.Window), hmac.Window)
	check("early OAuth", hmac.NotYet, which, r)
}

func TestWhich(t *testing.T) {
	for which, want := range map[hmac.Which]string{
		hmac.Neither: "neither", hmac.Current: "current", hmac.Previous: "previous", 3: "neither",
	} {
		if got := which.String(); got != want {
			t.Errorf("%d: %s", which, got)
		}
	}
	if printed := fmt.Sprintf("%+v", hmac.Keys{Current: newKey(t, secret)}); printed != "{Current:hmac.Key(hidden) Previous:<nil>}" {
		t.Errorf("Keys print as %s", printed)
	}
}
