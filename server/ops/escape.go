package ops

import (
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escape makes a line of JSON harmless to look at. JSON itself escapes ASCII
// controls but leaves DEL, the C1 controls (U+009B starts a terminal command as
// ESC [ does) and the invisible characters that turn text around. All of these
// can only stand inside strings, where \u writes the same thing.
func escape(line []byte) []byte {
	if plain(line) {
		return line
	}
	out := make([]byte, 0, len(line)+64)
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r < 0x7f || size > 1 && unicode.IsPrint(r) {
			out = append(out, line[:size]...)
		} else {
			out = appendEscaped(out, r)
		}
		line = line[size:]
	}
	return out
}

// plain tells whether a line is ASCII without DEL, as nearly all are. It looks at
// eight bytes at a time: adding 1 to each lifts DEL over the top bit, too.
func plain(line []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(line) >= 8; line = line[8:] {
		if w := binary.LittleEndian.Uint64(line); (w|(w+ones))&tops != 0 {
			return false
		}
	}
	return !slices.ContainsFunc(line, func(b byte) bool { return b >= 0x7f })
}

func appendEscaped(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	for _, u := range utf16.AppendRune(nil, r) {
		out = append(out, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
	}
	return out
}
