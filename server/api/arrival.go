package api

import "github.com/valyala/fasthttp"

// An arrival is what the head of an acceptable request says of its way here.
type arrival struct {
	address address
	target  []byte // path and query without the tenant's prefix; only valid while the request is
	chunked bool
	closing bool // the client asked for the connection to be closed
}

// arrive judges a head. It only reads, and may be called before the body has
// been read. status is 0, or what to refuse with: 505 for the version, 501 for
// the method, then as framing and place say. Of the request line it sees only
// the parts: fasthttp reads over empty lines before it and lets a bare LF end
// it, as RFC 9112 section 2.2 allows.
func arrive(h *fasthttp.RequestHeader) (a arrival, status int) {
	switch {
	case !knownProtocol(h.Protocol()):
		return a, fasthttp.StatusHTTPVersionNotSupported
	case !knownMethod(h.Method()):
		return a, fasthttp.StatusNotImplemented
	}
	var f framing
	if status = f.read(h.RawHeaders()); status != 0 {
		return a, status
	}
	a.chunked, a.closing = f.has(onceEncoding), f.closing
	a.address, a.target, status = place(f.values[onceHost], h.RequestURI())
	return a, status
}

func knownProtocol(p []byte) bool {
	return string(p) == "HTTP/1.1" || string(p) == "HTTP/1.0"
}

// knownMethod is true for what a router may answer 405 to. CONNECT is missing:
// this is no proxy. So is lower case: methods are case-sensitive.
func knownMethod(m []byte) bool {
	switch string(m) {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// settle makes the arrival known to those further in: the target as the router
// is to see it, and the address for hostOf and pathTenantOf.
func (a arrival) settle(ctx *fasthttp.RequestCtx) {
	if a.address.tenant != "" {
		ctx.Request.SetRequestURIBytes(a.target)
	}
	if a.closing { // fasthttp knows only the spelling "close", alone
		ctx.SetConnectionClose()
	}
	ctx.SetUserValue(addressKey{}, &a.address)
}
