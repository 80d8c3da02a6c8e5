package hmac_test

import (
	stdhmac "crypto/hmac"
	"crypto/sha256"
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
