package pages

import (
	"strings"
	"unicode"
)

// clean is a name without what would make it look like another one: characters
// that turn the direction of the text around, and those that are no text at all.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, name)
}

// initial is the letter that stands for a name on its tile.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}
