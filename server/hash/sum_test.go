package hash

import (
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/secret"
)

// FIPS 180-4's example.
func TestSum(t *testing.T) {
	sum := Sum(secret.New("abc"))
	if got, want := hex.EncodeToString(sum[:]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("the sum of abc is %s, want %s", got, want)
	}
}

func TestMatches(t *testing.T) {
	text := NewSecret(ClientSecret)
	tests := map[string]struct {
		sum  [32]byte
		text secret.Text
		want bool
	}{
		"its own":               {Sum(text), text, true},
		"another's":             {Sum(text), NewSecret(ClientSecret), false},
		"nobody's":              {Dummy, text, false},
		"nobody's, and nothing": {Dummy, secret.Text{}, false},
		"nothing, and its sum":  {Sum(secret.Text{}), secret.Text{}, false},
		"nothing":               {Sum(text), secret.Text{}, false},
	}
	for name, tt := range tests {
		if got := Matches(tt.sum, tt.text); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestEveryBitOfTheSumCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := secret.New(rapid.StringN(1, -1, -1).Draw(t, "text"))
		sum := Sum(text)
		if !Matches(sum, text) {
			t.Fatal("its own sum does not match")
		}
		sum[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if Matches(sum, text) {
			t.Fatal("a sum with another bit matches")
		}
	})
}
