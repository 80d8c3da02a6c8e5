package hmac_test

import (
	"bytes"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"strconv"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

// Verify is the work of one request once it is parsed. BareReusedState is the
// least that the standard library needs for it, and cannot be shared between
// goroutines; Verify should stay within a tenth of it.

func signed(b *testing.B) (*hmac.Key, hmac.Customer) {
	b.Helper()
	key := newKey(b, secret)
	c, r := hmac.ParseCustomer(id, shop, stamp, sign(b, key, id, shop, stamp))
	if r != hmac.Valid {
		b.Fatal(r)
	}
	return key, c
}

func BenchmarkVerify(b *testing.B) {
	key, c := signed(b)
	b.ReportAllocs()
	for b.Loop() {
		if !key.Match(c.Message(), c.MAC()) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkBareReusedState(b *testing.B) {
	_, c := signed(b)
	h := stdhmac.New(sha256.New, []byte(secret))
	var sum [sha256.Size]byte
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		h.Write(c.Message())
		if !stdhmac.Equal(h.Sum(sum[:0]), c.MAC()[:]) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkParseAndVerify(b *testing.B) {
	key := newKey(b, secret)
	signature := sign(b, key, id, shop, stamp)
	b.ReportAllocs()
	for b.Loop() {
		if r := verify(key, id, shop, stamp, signature, signedAt); r != hmac.Valid {
			b.Fatal(r)
		}
	}
}

// What it would cost not to keep keys.
func BenchmarkVerifyNewKey(b *testing.B) {
	_, c := signed(b)
	b.ReportAllocs()
	for b.Loop() {
		key, err := hmac.NewKey([]byte(secret))
		if err != nil || !key.Match(c.Message(), c.MAC()) {
			b.Fatal("refused", err)
		}
	}
}

// The queries and webhooks below are judged by two keys, the older of which signed.

func twoKeys(b *testing.B) hmac.Keys {
	b.Helper()
	return hmac.Keys{Current: newKey(b, "the next secret"), Previous: newKey(b, secret)}
}

func BenchmarkProxy(b *testing.B) {
	keys, query := twoKeys(b), proxySigned(b, loggedIn)
	b.ReportAllocs()
	for b.Loop() {
		if r := verifyProxy(keys, query, nil, signedAt); r != hmac.Valid {
			b.Fatal(r)
		}
	}
}

// A query at the bound, of names that are not allowed, is what a stranger can send.
func BenchmarkProxyAtItsWorst(b *testing.B) {
	query := strings.Repeat("a=%20&", hmac.MaxParameters-1) + strings.Repeat("%20", 2600)
	b.ReportAllocs()
	for b.Loop() {
		if _, r := hmac.ParseProxy(query, nil); r != hmac.UnknownParameter {
			b.Fatal(r)
		}
	}
}

func BenchmarkOAuth(b *testing.B) {
	keys, query := twoKeys(b), oauthSigned(callback, callback)
	b.ReportAllocs()
	for b.Loop() {
		if r := verifyOAuth(keys, query, signedAt); r != hmac.Valid {
			b.Fatal(r)
		}
	}
}

func BenchmarkWebhook(b *testing.B) {
	keys := twoKeys(b)
	for _, size := range []int{100, 4 << 10, 2 << 20} {
		body := bytes.Repeat([]byte("x"), size)
		text := header(b, keys.Previous, string(body))
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, r := keys.VerifyWebhook(body, text); r != hmac.Valid {
					b.Fatal(r)
				}
			}
		})
	}
}
