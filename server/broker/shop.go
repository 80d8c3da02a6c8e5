package broker

import (
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Policy says which signatures a shop's customers may use; the zero value is the strict one.
type Policy uint8

// The policies.
const (
	V2Only    Policy = iota // only dated signatures
	V2Observe               // v1 is answered, counted and logged
	V1AndV2                 // both: what Omneo documents
)

var policyNames = [...]string{V2Only: "v2-only", V2Observe: "v2-observe", V1AndV2: "v1+v2"}

// String is the policy as commands and the store spell it.
func (p Policy) String() string { return policyNames[p] }

// ParsePolicy reads what String writes.
func ParsePolicy(s string) (Policy, bool) {
	for p, name := range policyNames {
		if name == s {
			return Policy(p), true
		}
	}
	return V2Only, false
}

// Shop is one Shopify shop of a tenant.
type Shop struct {
	Name   string // permanent domain
	Policy Policy
	MaxAge time.Duration // how long a v2 signature is good
	Live   []LiveSecret  // newest first
	App    *ShopifyApp   // nil: none is registered
	Usage  *Usage
}

// ShopifyApp is the Shopify app through which a shop speaks to us. Shopify signs with
// its client secret: app proxy calls, session tokens, webhooks.
type ShopifyApp struct {
	ClientID string
	Secrets  []AppSecret // newest first: one, or two while the secret is rotated
}

// AppSecret is a client secret, as text for what signs JWTs and prepared for the rest.
type AppSecret struct {
	Text  secret.Text
	Key   Key
	Until time.Time // zero: for good. An older one counts for a while: see Overlap
}

// Overlap is how long an app's former client secret counts beside the new one.
// Shopify says that it signs with the former for up to an hour.
const Overlap = 2 * time.Hour

// Live are the secrets that count at a moment, newest first.
func (a *ShopifyApp) Live(now time.Time) []AppSecret {
	if n := len(a.Secrets); n > 1 && now.After(a.Secrets[n-1].Until) {
		return a.Secrets[:n-1]
	}
	return a.Secrets
}

// LiveSecret is an id_secret that counts at the moment. A shop has at most two.
type LiveSecret struct {
	Shop  *Shop
	Key   Key
	Older bool          // a newer one is live beside it
	Uses  *atomic.Int64 // counts what it has signed
}
