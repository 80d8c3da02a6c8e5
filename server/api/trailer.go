package api

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// trailed is true if the body brought header fields along in its trailer.
// fasthttp adds them to the others, where nobody can tell them apart: a proxy
// that strips or sets a header would be walked around. So what is there now
// must be what came before the body.
func trailed(h *fasthttp.RequestHeader) bool {
	n := 0
	for name, value := range h.All() {
		n++
		if n > 2*fieldsMost || !isRestated(string(name)) && !isCarried(h.RawHeaders(), name, value) {
			return true
		}
	}
	return false
}

// isRestated is true for the fields that fasthttp words anew after reading a
// request. It takes none of them from a trailer.
func isRestated(name string) bool {
	switch name {
	case fasthttp.HeaderConnection, fasthttp.HeaderContentLength, fasthttp.HeaderCookie,
		fasthttp.HeaderTrailer, fasthttp.HeaderTransferEncoding:
		return true
	}
	return false
}

func isCarried(raw, name, value []byte) bool {
	for {
		line, rest, ok := cutLine(raw)
		if !ok || len(line) == 0 {
			return false
		}
		if k, v, ok := cutField(line); ok && bytes.EqualFold(k, name) && bytes.Equal(v, value) {
			return true
		}
		raw = rest
	}
}
