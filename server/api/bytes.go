package api

import (
	"encoding/binary"
	"strings"
)

// The classes a byte can belong to.
const (
	tokenByte byte = 1 << iota // in a field name (RFC 9110 section 5.6.2)
	valueByte                  // in a field value: visible, space, tab, and above 127
	pathByte                   // in a path (RFC 3986 section 3.3), with / and %
	queryByte                  // in a query: all visible ASCII but #, since browsers send more than the RFC has
	labelByte                  // in a DNS label, lower case
	hexByte
)

const (
	digitSet  = "0123456789"
	letterSet = "abcdefghijklmnopqrstuvwxyz"
	alnumSet  = digitSet + letterSet + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// classes tells the classes of each byte.
var classes = classify()

func classify() (table [256]byte) {
	for i := range table {
		c := byte(i)
		mark := func(class byte, in bool) {
			if in {
				table[i] |= class
			}
		}
		among := func(set string) bool { return strings.IndexByte(set, c) >= 0 }
		visible := '!' <= c && c <= '~'
		mark(tokenByte, among(alnumSet+"!#$%&'*+-.^_`|~"))
		mark(valueByte, visible || c == ' ' || c == '\t' || c >= 0x80)
		mark(pathByte, among(alnumSet+"-._~!$&'()*+,;=:@/%"))
		mark(queryByte, visible && c != '#')
		mark(labelByte, among(digitSet+letterSet+"-"))
		mark(hexByte, among(digitSet+"abcdefABCDEF"))
	}
	return table
}

// consists is true if all bytes of b are of the class.
func consists(b []byte, class byte) bool {
	for _, c := range b {
		if classes[c]&class == 0 {
			return false
		}
	}
	return true
}

// isValue is true for a field value. It is consists for valueByte, and looks at
// eight bytes at a time, because most of a request is field values.
func isValue(b []byte) bool {
	const each, top = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		del := x ^ each*0x7f
		odd := (x-each*' ')&^x | (del-each)&^del // the top bit of a byte below space, or of 0x7f
		if odd&top != 0 && !consists(b[:8], valueByte) {
			return false
		}
	}
	return consists(b, valueByte)
}

// trimmed is b without the spaces and tabs around it.
func trimmed(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// folds is true if b is the lower-case ASCII text s, in any case. Unlike
// bytes.EqualFold it takes no letter from outside ASCII for one of s.
func folds(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}
