package broker

import (
	"net/netip"
	"time"

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
	Bearer   secret.Text // a token: what SessionToken, RefreshToken, and all that is asked with or about one of ours, are proved with
	Delivery Delivery    // what Webhook is proved with
	Visit    Visit       // what Install is proved with
	Login    Login       // what Password and Basic are proved with, and AppConsent on a page

	Subject Offer     // whom TokenExchange is for,
	Actor   Offer     // who is to speak for them; zero: nobody,
	Wants   TokenType // and what for: TypeIDToken, else an access token

	App string     // that AppConsent is for: its id
	Who ProfileRef // whom MintProfile asks for; zero: for nobody

	Question *Question   // what Authorize asks; nil: nothing
	Answer   Answer      // what the person has said to it
	Code     Redemption  // what AuthorizationCode is proved with
	SignedIn secret.Text // the cookie of a browser in which somebody has signed in

	Client   Credentials // how a client shows which one it is; zero: it does not
	Scope    Scopes      // asked for; nil: all that is granted
	Audience []string    // asked for (RFC 8707); nil: none in particular
	Needs    string      // the scope that this call takes; empty: none
	Make     NewToken    // what MakeAPIToken makes
}

// Evidence is a customer signature as it came: exact text, not yet looked at.
type Evidence struct {
	ID        string // decimal customer id
	Signature string // hexadecimal HMAC-SHA256
	Shop      string // permanent domain; may be empty with v1
	Timestamp string // Unix seconds; empty: the signature is v1
}

// Delivery is a webhook as it came. Shopify signs the body alone: what the
// headers say is a claim.
type Delivery struct {
	Body      []byte // the very bytes; lent for the call
	HMAC      string // base64
	Shop      string
	Topic     string
	ID        string
	Triggered string // when it happened (RFC 3339); may be empty
}

// Visit is a merchant's browser that Shopify has sent here, to install the app
// or back from its consent page.
type Visit struct {
	Query    string // as Shopify signed it
	Returned bool   // from the consent page
	State    string // what this browser was given on its way there; empty: nothing
}

// Credentials are a client's (RFC 6749 section 2.3). At most one of Secret and
// Assertion is there: a dialect refuses a request that has two.
type Credentials struct {
	ID        string
	Secret    secret.Text
	Assertion secret.Text // a signed JWT (RFC 7523)
}

// Redemption is an authorization code as a client brings it back (RFC 6749
// section 4.1.3, RFC 7636 section 4.5).
type Redemption struct {
	Text     secret.Text
	Redirect string
	Verifier secret.Text
}

// Login is a user's name and password, as they were typed.
type Login struct {
	Name     string
	Password secret.Text
	Sent     bool // either was there, be it empty: then both are checked
}

// ProfileRef names a profile as other systems do.
type ProfileRef struct {
	ID     string
	Handle string // what kind of id it is; empty: the profile's own
}

// NewToken is an API token as its user wishes it; its scopes are the request's.
type NewToken struct {
	Name    string
	Expires time.Time // zero: never
}
