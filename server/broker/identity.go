package broker

import (
	"sync/atomic"
	"time"
)

// SubjectKind says what a subject is; the zero value is nobody.
type SubjectKind uint8

// The kinds of subject.
const (
	Nobody SubjectKind = iota
	Guest              // somebody whom the shop does not know: the token is anonymous
	Customer
	ShopApp  // a shop's Shopify app: it is Shopify that speaks
	Person   // a user or machine user of the tenant
	Program  // a client that speaks for itself
	External // somebody whom another issuer knows
)

// Subject is whom a token speaks of.
type Subject struct {
	Kind SubjectKind
	ID   string // Customer: the Shopify customer id, decimal. ShopApp and Program: the client id. Person: the user's id. External: the issuer's sub
}

// Identity is what a proof has shown, and an upper bound of what may be issued for it.
type Identity struct {
	Subject Subject
	Method  Method
	Issuer  string        // who has said it; empty: nobody but us
	Shop    *Shop         // whose secret matched; nil where no shop is involved
	Older   bool          // the older of two live secrets matched
	Uses    *atomic.Int64 // of the id_secret that matched; nil: it was none
	PID     string        // the profile; set by the broker after admission

	SignedIn time.Time // when they have shown who they are; zero: now
	Agreed   Scopes    // what they have allowed the client that asks, today or before
	Session  *Session  // that the evidence stands for; nil: none

	Actor    *Identity // who speaks for the subject (RFC 8693 act); nil: itself
	Token    *Shown    // the token of ours that was brought; nil: it was proved otherwise
	Client   *Client   // that the request came from; nil: none. Set by the broker
	Scopes   Scopes    // the most that an access token may have; nil: nothing
	Audience []string  // whom it may be meant for, beside the tenant itself
	NotAfter time.Time // it lives no longer; zero: the evidence sets no end
}

// Method is how an identity was proved, the token's amr (RFC 8176).
type Method string

// The methods.
const (
	HMAC  Method = "hmac"  // Liquid signature over the id alone (v1)
	HMAC2 Method = "hmac2" // Liquid signature over shop, id and time (v2)

	Proxied   Method = "app_proxy"     // a query that Shopify signed for its app proxy
	Extension Method = "session_token" // a session token of a checkout or customer account extension
	Delivered Method = "webhook"       // the body of a webhook
	Visited   Method = "oauth"         // a query that Shopify signed when it sent a merchant here

	ClientSecret Method = "secret" // a client's own secret
	ClientJWT    Method = "jwt"    // a JWT that a client has signed (RFC 7523)
	PWD          Method = "pwd"    // a password (RFC 8176)
	OurToken     Method = "token"  // a token of ours

	ForeignToken Method = "id_token" // an ID token of another issuer
)
