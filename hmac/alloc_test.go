//go:build !race

// The race detector makes sync.Pool forget things at random, so allocations
// can only be counted without it.

package hmac_test

import (
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
