package broker

import (
	"net/netip"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Request is one call for a token in standard words, whatever its wire format
// was. Its strings are the caller's own copies.
type Request struct {
	ID     string     // the request id: stands in the answer, the log and the audit
	Grant  GrantType  // which rule serves it
	Addr   netip.Addr // the client's address; invalid: not limited by address
	Origin string     // the browser's Origin header; empty: not a browser

	Customer Evidence    // what Storefront is proved with
	Query    string      // what AppProxy is proved with: the query as Shopify signed it
	Bearer   secret.Text // what SessionToken is proved with
}

// Evidence is a customer signature as it came: exact text, not yet looked at.
type Evidence struct {
	ID        string // decimal customer id
	Signature string // hexadecimal HMAC-SHA256
	Shop      string // permanent domain; may be empty with v1
	Timestamp string // Unix seconds; empty: the signature is v1
}
