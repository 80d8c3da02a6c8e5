package hmac

import (
	"crypto/sha256"
	"path"
	"strings"
)

const (
	maxID     = "9223372036854775807" // the largest int64
	domain    = ".myshopify.com"
	maxLabel  = 63 // RFC 1035 section 2.3.4
	unixChars = 10 // 2001-09-09 to 2286-11-20
	maxPath   = 255
)

// ValidID reports whether id is a Shopify customer id as Liquid prints it: 1
// to 19 ASCII digits without a leading zero that fit an int64. "0" is not one.
func ValidID(id string) bool {
	if id == "" || len(id) > len(maxID) || id[0] == '0' || !digits(id) {
		return false
	}
	return len(id) < len(maxID) || id <= maxID
}

// ValidShop reports whether shop is a permanent domain in the one spelling
// that Liquid's shop.permanent_domain prints: a label of 1 to 63 lower-case
// letters, digits and hyphens that does not begin with a hyphen, and then
// ".myshopify.com".
func ValidShop(shop string) bool {
	n := len(shop) - len(domain)
	if n < 1 || n > maxLabel || shop[n:] != domain || shop[0] == '-' {
		return false
	}
	for i := range n {
		if c := shop[i]; !digit(c) && c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// unix reads a timestamp of exactly ten digits.
func unix(timestamp string) (seconds int64, ok bool) {
	if len(timestamp) != unixChars || !digits(timestamp) {
		return 0, false
	}
	for i := range len(timestamp) {
		seconds = 10*seconds + int64(timestamp[i]-'0')
	}
	return seconds, true
}

// validPath reports whether text is where a shop may mount an app proxy.
// "//" is not: a browser would take what follows for a host.
func validPath(text string) bool {
	return len(text) <= maxPath && path.IsAbs(text) && path.Clean(text) == text && plain(strings.ReplaceAll(text, "/", ""))
}

// plain reports whether text is letters, digits, "-", "." and "_" alone: what
// every way of writing a URL leaves as it is.
func plain(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && !digit(c) && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// decode reads 64 lower-case hex characters into mac. The standard library's
// hex accepts upper case too, which would give one signature several spellings.
func decode(mac *[sha256.Size]byte, signature string) bool {
	if len(signature) != 2*sha256.Size {
		return false
	}
	var bad byte
	for i := range mac {
		high, low := nibbles[signature[2*i]], nibbles[signature[2*i+1]]
		mac[i] = high<<4 | low
		bad |= high | low
	}
	return bad&notHex == 0
}

const notHex = 0x80 // a bit that no nibble has

// nibbles is the value of each hex character; a table, because no processor
// can predict branches on random digits.
var nibbles = func() (table [256]byte) {
	for c := range table {
		table[c] = notHex
	}
	for value, c := range "0123456789abcdef" {
		table[c] = byte(value)
	}
	return table
}()
