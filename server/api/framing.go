package api

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// fieldsMost is the most header fields a request may have.
const fieldsMost = 64

// The fields of which a request may have one. fasthttp keeps the first of some
// and the last of others, and a proxy in front may choose differently.
const (
	onceHost = iota
	onceLength
	onceEncoding
	onceType
	onceCredentials
	onceOrigin
	onceExpect
	onces
)

var onceNames = [onces]string{
	onceHost:        "host",
	onceLength:      "content-length",
	onceEncoding:    "transfer-encoding",
	onceType:        "content-type",
	onceCredentials: "authorization",
	onceOrigin:      "origin",
	onceExpect:      "expect",
}

// framing is what decides where a request ends and whom it is for, read from
// the bytes as they came: fasthttp's own parsing joins folded lines, allows
// spaces in names and ends a line at a bare LF.
type framing struct {
	values  [onces][]byte // without the spaces around; nil if absent
	closing bool          // a Connection field has the option "close"
}

func (f *framing) has(field int) bool { return f.values[field] != nil }

// read reads the raw field lines and the empty line at their end. It returns 0
// or the status to refuse with: 431 for too many fields, 417 for an expectation
// that cannot be met, else 400.
func (f *framing) read(raw []byte) int {
	for n := 0; ; n++ {
		line, rest, ok := cutLine(raw)
		switch {
		case !ok:
			return fasthttp.StatusBadRequest
		case len(line) == 0:
			return f.verdict()
		case n == fieldsMost:
			return fasthttp.StatusRequestHeaderFieldsTooLarge
		case !f.take(line):
			return fasthttp.StatusBadRequest
		}
		raw = rest
	}
}

func (f *framing) verdict() int {
	length, encoding, expect := f.values[onceLength], f.values[onceEncoding], f.values[onceExpect]
	switch {
	case !f.has(onceHost),
		encoding != nil && string(encoding) != "chunked",
		encoding != nil && length != nil,
		length != nil && !isLength(length):
		return fasthttp.StatusBadRequest
	case expect != nil && !folds(expect, "100-continue"):
		return fasthttp.StatusExpectationFailed
	}
	return 0
}

// take reads one field line. It is false for a malformed one (a folded line
// has no name) and for the second of a field that may come once.
func (f *framing) take(line []byte) bool {
	name, value, ok := cutField(line)
	if !ok {
		return false
	}
	for i, once := range onceNames {
		if len(name) == len(once) && folds(name, once) {
			first := !f.has(i)
			f.values[i] = value
			return first
		}
	}
	if folds(name, "connection") && hasOption(value, "close") {
		f.closing = true
	}
	return true
}

// cutLine takes a line off b, which must end in CRLF.
func cutLine(b []byte) (line, rest []byte, ok bool) {
	n := bytes.IndexByte(b, '\n')
	if n < 1 || b[n-1] != '\r' {
		return nil, nil, false
	}
	return b[:n-1], b[n+1:], true
}

// cutField splits a field line. value is never nil.
func cutField(line []byte) (name, value []byte, ok bool) {
	n := 0
	for n < len(line) && classes[line[n]]&tokenByte != 0 {
		n++
	}
	if n == 0 || n == len(line) || line[n] != ':' || !isValue(line[n+1:]) {
		return nil, nil, false
	}
	return line[:n], trimmed(line[n+1:]), true
}

// isLength is true for a length as one writes it: digits, no zero in front.
func isLength(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) == 1 || len(b) > 1 && b[0] != '0'
}

func hasOption(value []byte, option string) bool {
	for part := range bytes.SplitSeq(value, []byte{','}) {
		if folds(trimmed(part), option) {
			return true
		}
	}
	return false
}
