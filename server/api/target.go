package api

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// targetMost is the most a request target may have. One that does not even fit
// the read buffer is met before this, and is a 431.
const targetMost = 4 << 10

// checkTarget judges a request target, which must be a path with an optional
// query (RFC 9112 section 3.2.1; this is neither a proxy nor does it answer
// for "*"). What is no URI is a 400. What is one, but could be taken for
// another path by somebody who decodes or cleans it, is a 404: no route has it.
func checkTarget(target []byte) int {
	if len(target) > targetMost {
		return fasthttp.StatusRequestURITooLong
	}
	path, query := splitQuery(target)
	if len(path) == 0 || path[0] != '/' || !consists(query, queryByte) {
		return fasthttp.StatusBadRequest
	}
	return checkPath(path)
}

// splitQuery splits a target before the question mark.
func splitQuery(target []byte) (path, query []byte) {
	if n := bytes.IndexByte(target, '?'); n >= 0 {
		return target[:n], target[n:]
	}
	return target, nil
}

func checkPath(path []byte) int {
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case classes[c]&pathByte == 0:
			return fasthttp.StatusBadRequest
		case c == '/' && isDetour(path[i+1:]):
			return fasthttp.StatusNotFound
		case c == '%':
			if status := checkEscape(path[i+1:]); status != 0 {
				return status
			}
		}
	}
	return 0
}

// isDetour is true if what follows a slash is an empty segment with something
// behind it, or a segment "." or "..".
func isDetour(after []byte) bool {
	if len(after) == 0 || after[0] != '/' && after[0] != '.' {
		return false
	}
	if n := bytes.IndexByte(after, '/'); n >= 0 {
		after = after[:n]
	}
	return len(after) == 0 || string(after) == "." || string(after) == ".."
}

// checkEscape judges the two digits after a percent sign. An escape must not
// hide a slash, a backslash, a dot or a control byte.
func checkEscape(after []byte) int {
	if len(after) < 2 || !consists(after[:2], hexByte) {
		return fasthttp.StatusBadRequest
	}
	switch c := unhex(after[0])<<4 | unhex(after[1]); {
	case c == '/', c == '\\', c == '.', c < ' ', c == 0x7f:
		return fasthttp.StatusNotFound
	}
	return 0
}

// unhex is the value of a hexadecimal digit.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
