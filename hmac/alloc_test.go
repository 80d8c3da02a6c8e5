//go:build !race

// The race detector makes sync.Pool forget things at random, so allocations
// can only be counted without it.

package hmac_test

import (
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

func TestNoAllocations(t *testing.T) {
	key := newKey(t, secret)
	for _, timestamp := range []string{"", stamp} {
		signature := sign(t, key, id, shop, timestamp)
		for _, tt := range []struct {
			name, signature string
			want            hmac.Result
		}{
			{"right", signature, hmac.Valid},
			{"wrong", flip(signature), hmac.Wrong},
			{"malformed", signature[1:], hmac.MalformedSignature},
		} {
			var got hmac.Result
			allocs := testing.AllocsPerRun(1000, func() {
				got = verify(key, id, shop, timestamp, tt.signature, signedAt)
			})
			if got != tt.want || allocs != 0 {
				t.Errorf("timestamp %q, %s: %v with %v allocations", timestamp, tt.name, got, allocs)
			}
		}
	}
}

func TestNoAllocationsOfWebhooks(t *testing.T) {
	keys := hmac.Keys{Current: newKey(t, secret), Previous: newKey(t, "the one before")}
	long := []byte(strings.Repeat(body, 1000))
	for _, tt := range []struct {
		name, header string
		want         hmac.Result
	}{
		{"right", header(t, keys.Previous, string(long)), hmac.Valid},
		{"wrong", header(t, keys.Previous, body), hmac.Wrong},
		{"malformed", "=", hmac.MalformedHeader},
	} {
		var got hmac.Result
		allocs := testing.AllocsPerRun(100, func() { _, got = keys.VerifyWebhook(long, tt.header) })
		if got != tt.want || allocs != 0 {
			t.Errorf("%s: %v with %v allocations", tt.name, got, allocs)
		}
	}
}
