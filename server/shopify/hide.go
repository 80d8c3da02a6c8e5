package shopify

import (
	"strings"
	"unicode"

	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	quoted   = 8 // bytes in a row that are taken for a quotation of a secret
	maxWords = 300
)

// hide makes what Shopify said fit to be logged: one line, not long, and not a
// word of it where it quotes as much as a part of a secret.
func hide(words string, secrets []secret.Text) string {
	for _, s := range secrets {
		if quotes(words, s.Reveal()) {
			return "(Shopify's words are left out: they quote a secret)"
		}
	}
	words = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, words)
	if len(words) > maxWords {
		words = strings.ToValidUTF8(words[:maxWords], "") + "…"
	}
	return words
}

func quotes(words, plain string) bool {
	size := min(quoted, len(plain))
	for i := 0; size > 0 && i+size <= len(plain); i++ {
		if strings.Contains(words, plain[i:i+size]) {
			return true
		}
	}
	return false
}
