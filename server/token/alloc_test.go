//go:build !race

// The race detector allocates on its own account.

package token

import (
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What ES256 itself allocates is the standard library's business; around it, and
// for EdDSA, there is the signature and the token.
func TestSignAllocates(t *testing.T) {
	m, w := mint(t, broker.EdDSA), want()
	if n := testing.AllocsPerRun(100, func() { sign(t, m, w) }); n > 2 {
		t.Errorf("%v allocations for a token", n)
	}
}
