package hash

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/secret"
)

// mangled is what may happen to a secret on its way, one thing at a time.
func mangled(t *rapid.T, text string) string {
	at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
	other := rapid.StringN(1, 40, 60).Draw(t, "other")
	switch rapid.SampledFrom([]string{"case", "change", "loss", "gain", "start", "end"}).Draw(t, "what") {
	case "case":
		return text[:at] + flip(text[at:at+1]) + text[at+1:]
	case "change":
		return text[:at] + other[:1] + text[at+1:]
	case "loss":
		return text[:at] + text[at+1:]
	case "gain":
		return text[:at] + other + text[at:]
	case "start":
		return text[:at]
	default:
		return text[at+1:]
	}
}

func flip(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}

func TestMangledSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(prefixes).Draw(t, "prefix")
		text := NewSecret(p)
		sum := Sum(text)
		if !Plausible(p, text) || Sum(text) != sum {
			t.Fatalf("%s is not good", text.Reveal())
		}
		got := mangled(t, text.Reveal())
		if got == text.Reveal() {
			return // a digit has no other case
		}
		if Plausible(p, secret.New(got)) || Sum(secret.New(got)) == sum {
			t.Fatalf("%q is plausible or matches; it was %q", got, text.Reveal())
		}
	})
}

func TestEveryPrefixAndEveryFlip(t *testing.T) {
	for _, p := range prefixes {
		text := NewSecret(p).Reveal()
		for i := range text {
			for _, got := range []string{text[:i], text[i+1:], text[:i] + flip(text[i:i+1]) + text[i+1:]} {
				if got != text && Plausible(p, secret.New(got)) {
					t.Errorf("%q is plausible; it was %q", got, text)
				}
			}
		}
		for b := range 256 {
			if got := text + string([]byte{byte(b)}); Plausible(p, secret.New(got)) {
				t.Errorf("%q is plausible; it was %q", got, text)
			}
		}
	}
}

// Two flips and more can pass the checksum, one time in 2^32. The sum sees them all.
func TestManyFlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := NewSecret(APIToken)
		b := []byte(text.Reveal())
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(b)-1), 2, len(b), rapid.ID).Draw(t, "at") {
			copy(b[i:], flip(string(b[i:i+1])))
		}
		if got := secret.New(string(b)); !got.Equal(text) && Sum(got) == Sum(text) {
			t.Fatalf("%q matches; it was %q", b, text.Reveal())
		}
	})
}
