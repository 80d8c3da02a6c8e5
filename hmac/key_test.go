package hmac_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

const (
	secret = "test-id-secret-0123456789abcdefghij"
	id     = "7210381803720"
	shop   = "acme-dev.myshopify.com"
	stamp  = "1795200000"
)

var signedAt = time.Unix(1795200000, 0)

func newKey(t testing.TB, secret string) *hmac.Key {
	t.Helper()
	key, err := hmac.NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, key *hmac.Key, id, shop, timestamp string) string {
	t.Helper()
	signature, r := key.SignCustomer(id, shop, timestamp)
	if r != hmac.Valid {
		t.Fatal(r)
	}
	return signature
}

// verify does what a server does with a request.
func verify(key *hmac.Key, id, shop, timestamp, signature string, now time.Time) hmac.Result {
	c, r := hmac.ParseCustomer(id, shop, timestamp, signature)
	if r != hmac.Valid {
		return r
	}
	return key.VerifyCustomer(&c, now, hmac.DefaultMaxAge, hmac.DefaultSkew)
}

func TestNewKeyRefusesTheEmptyKey(t *testing.T) {
	for _, length := range []int{0, 1, 63, 64} {
		if _, err := hmac.NewKey(make([]byte, length)); !errors.Is(err, hmac.ErrEmptyKey) {
			t.Errorf("%d NUL bytes: %v, want ErrEmptyKey", length, err)
		}
	}
	for _, secret := range []string{" ", "0", "\x00x", "x\x00", strings.Repeat("\x00", 65)} {
		if _, err := hmac.NewKey([]byte(secret)); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// The caller may wipe its copy of the secret.
func TestNewKeyDoesNotKeepTheSecret(t *testing.T) {
	text := []byte(secret)
	key, err := hmac.NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	clear(text)
	if key.Sum(nil) != newKey(t, secret).Sum(nil) {
		t.Error("wiping the secret changed the key")
	}
}

func TestZeroKeyPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the zero Key answered")
		}
	}()
	new(hmac.Key).Sum(nil)
}

func TestKeyPrintsNothing(t *testing.T) {
	key := newKey(t, secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{key, *key} {
			if got := fmt.Sprintf(verb, value); got != "hmac.Key(hidden)" {
				t.Errorf("%s of %T: %s", verb, value, got)
			}
		}
	}
	if text, err := json.Marshal(map[string]any{"key": key}); err != nil || string(text) != `{"key":{}}` {
		t.Errorf("JSON: %s, %v", text, err)
	}
}

// Printers ignore Format in unexported fields and walk what they find there; a
// function is where they stop, and it makes == on a Key a compile error.
func TestKeyIsOpaque(t *testing.T) {
	key := reflect.TypeFor[hmac.Key]()
	if key.Comparable() {
		t.Error("a Key can be compared with ==")
	}
	for i := range key.NumField() {
		if f := key.Field(i); f.Type.Kind() != reflect.Func {
			t.Errorf("reflection can walk into %s %v", f.Name, f.Type)
		}
	}
}

// Keys share working memory; none may see another's state.
func TestConcurrentKeys(t *testing.T) {
	message := []byte(id)
	var wg sync.WaitGroup
	for n := range 8 {
		key := newKey(t, fmt.Sprintf("secret of shop %d", n/2)) // two goroutines a secret
		other := newKey(t, "another secret")
		mac := key.Sum(message)
		wg.Go(func() {
			for range 2000 {
				if !key.Match(message, &mac) {
					t.Error("a right signature was refused")
					return
				}
				if other.Match(message, &mac) {
					t.Error("a wrong signature was accepted")
					return
				}
			}
		})
	}
	wg.Wait()
}

// One Key is used from all goroutines of a server at once.
func TestConcurrentVerify(t *testing.T) {
	key := newKey(t, secret)
	signature := sign(t, key, id, shop, stamp)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if r := verify(key, id, shop, stamp, signature, signedAt); r != hmac.Valid {
					t.Error(r)
					return
				}
				if r := verify(key, "1", shop, stamp, signature, signedAt); r != hmac.Wrong {
					t.Error(r)
					return
				}
			}
		})
	}
	wg.Wait()
}
