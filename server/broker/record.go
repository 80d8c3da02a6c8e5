package broker

import (
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Record is everything the store knows about one tenant, read in one
// transaction and with its secrets opened. A Tenant is made from it.
type Record struct {
	Revision   int64 // the store's revision that the record shows
	Settings   Settings
	Pseudonyms secret.Text // raw key bytes
	Origins    []Origin
	Shops      []ShopRecord
	Keys       []SigningKey
	Links      []Link
	Blocked    []Digest
	Clients    []Client
	Users      []User
	Apps       []App
	Issuers    []Issuer
	Revoked    []string // the jti of JWTs that were revoked and have not expired
}

// Settings are what an operator sets of a tenant. Durations are whole seconds.
type Settings struct {
	Name       string
	Status     Status
	Issuer     string   // empty: computed from the base domain or the listener
	Audience   []string // empty: the issuer
	Algorithm  Algorithm
	TokenTTL   time.Duration
	KeyTTL     time.Duration // the active key is replaced at this age; zero: never by itself
	JWKSMaxAge time.Duration // how long verifiers may keep the JWKS
	Denied     []GrantType
	Created    time.Time
}

// What a new tenant starts with, and the most a token may live.
const (
	DefaultTokenTTL   = 15 * time.Minute
	MaxTokenTTL       = 24 * time.Hour
	DefaultKeyTTL     = 90 * 24 * time.Hour
	DefaultJWKSMaxAge = 5 * time.Minute
)

// Status is whether a tenant is served; the zero value is not.
type Status string

// The statuses.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
)

// Algorithm is how a tenant signs (RFC 7518, RFC 8037).
type Algorithm string

// The algorithms. ES256 is the default; RS256 costs thirty times as much.
const (
	ES256 Algorithm = "ES256"
	EdDSA Algorithm = "EdDSA"
	RS256 Algorithm = "RS256"
)

// Origin is a page origin that may use the tenant.
type Origin struct {
	Origin string // scheme://host[:port], exact
	Shop   string // bound to this shop; empty: any of the tenant's
}

// ShopRecord is a shop as stored.
type ShopRecord struct {
	Name    string
	Policy  Policy
	MaxAge  time.Duration
	Created time.Time
	Secrets []ShopSecret     // the live ones, oldest first: one or two
	App     ShopifyAppRecord // zero: none is registered
}

// ShopifyAppRecord is a shop's Shopify app as stored.
type ShopifyAppRecord struct {
	ClientID string
	Secrets  []ShopSecret // oldest first: one or two
}

// ShopSecret is a live id_secret.
type ShopSecret struct {
	Number int64 // counts up from 1 within the shop
	Text   secret.Text
	Made   time.Time
	Used   time.Time // when it was last seen to have signed; zero: never
}

// KeyState is where a signing key stands in its life.
type KeyState string

// A key is published from Next on, signs while Active, and stays published
// while tokens it has signed can still be alive.
const (
	Next    KeyState = "next"
	Current KeyState = "active"
	Retired KeyState = "retired"
)

// SigningKey is a signing key as stored: a tenant has one active, one next, and
// those retired that verifiers still need.
type SigningKey struct {
	KID       string // the key's RFC 7638 thumbprint
	Algorithm Algorithm
	State     KeyState
	Private   secret.Text // PKCS #8, DER
	Published time.Time   // when it first stood in the JWKS
	Activated time.Time   // zero while next
	Retired   time.Time   // zero unless retired
}

// Link overrides a customer's derived profile id.
type Link struct {
	Customer CustomerRef
	PID      string
}

// Profile is a customer that has been seen by an exchange or linked.
type Profile struct {
	PID       string
	Customer  CustomerRef
	FirstSeen time.Time
}

// Sighting is a profile that an exchange has seen, and whose it is.
type Sighting struct {
	Tenant string
	Profile
}

// AuditLine is one line of a tenant's audit.
type AuditLine struct {
	Tenant string
	Writer string // whose chain it is in
	N      int64  // its number there, from 1
	At     time.Time
	Line   string // JSON
}

// AuditChain is what was found of the lines of one writer.
type AuditChain struct {
	Writer  string
	Lines   int64  // how many there should be, by the head
	Head    Digest // of all of them: whoever notes it elsewhere sees later that they are the same
	Problem string // what is wrong with them; empty: nothing
}
