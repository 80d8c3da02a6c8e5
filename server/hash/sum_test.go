package hash

import (
	"encoding/hex"
	"testing"

	"github.com/shapestoken/shapestoken/server/secret"
)

// FIPS 180-4's example.
func TestSum(t *testing.T) {
	sum := Sum(secret.New("abc"))
	if got, want := hex.EncodeToString(sum[:]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("the sum of abc is %s, want %s", got, want)
	}
}
