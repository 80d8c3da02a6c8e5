package broker

import (
	"sync/atomic"
	"time"
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
	Usage  *Usage
}

// LiveSecret is an id_secret that counts at the moment. A shop has at most two.
type LiveSecret struct {
	Shop  *Shop
	Key   Key
	Older bool // a newer one is live beside it
}

// Usage counts how a shop's customers sign. It outlives the tenant's
// snapshots, so that an operator sees when it is safe to enforce or to retire.
type Usage struct {
	V1, V2       atomic.Int64
	Newer, Older atomic.Int64
}

// Count adds one successful exchange.
func (u *Usage) Count(m Method, older bool) {
	version, secret := &u.V2, &u.Newer
	if m == HMAC {
		version = &u.V1
	}
	if older {
		secret = &u.Older
	}
	version.Add(1)
	secret.Add(1)
}
