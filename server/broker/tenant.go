package broker

import "time"

// Tenant is one brand in one environment as the hot path sees it: an immutable
// snapshot of its record, with every key prepared. Never change one; load a new one.
type Tenant struct {
	Name     string
	Issuer   string // where others reach it, by configuration; no slash at the end
	Active   bool   // false: suspended
	TokenTTL time.Duration
	Denied   map[GrantType]bool
	Origins  map[string]string // exact origin -> the shop it is bound to; "" for any of the tenant's
	Pages    map[string]bool   // origins where clients without a secret run: they may ask for tokens from there
	Shops    map[string]*Shop  // by permanent domain
	Live     []LiveSecret      // those of all shops together
	Links    map[CustomerRef]string
	Blocked  map[Digest]bool
	Audience []string           // whom its own tokens are meant for
	Clients  map[string]*Client // by id
	Users    map[string]*User   // by id
	Logins   map[string]*User   // by CanonicalLogin
	Revoked  map[string]bool    // the jti of revoked JWTs
	Apps     map[string]*App    // by id
	Issuers  map[string]*Issuer // whose ID tokens it trusts, by their iss

	Pseudonyms Key // derives profile ids and block digests; made with the tenant, never rotated
	Signer     Signer
	Reader     Reader
	JWKS       Document
	Metadata   Document // RFC 8414 and OpenID Connect Discovery
}

// Document is a public JSON text, encoded once.
type Document struct {
	Body   []byte
	ETag   string        // strong, quoted
	MaxAge time.Duration // how long a verifier may keep it
}

// Key is a keyed hash (HMAC-SHA256), prepared once; hmac.Key is one.
type Key interface {
	Sum(message []byte) [32]byte
	Match(message []byte, mac *[32]byte) bool
}

// allows is asked first of all: a suspended tenant serves nobody, unless the rule says so.
func (t *Tenant) allows(g GrantType, rule Rule, known bool) error {
	switch {
	case !t.Active && !rule.EvenSuspended:
		return errSuspended
	case !known || t.Denied[registered(g)]:
		return errGrantDenied
	}
	return nil
}

// AllowsOrigin tells whether a page of this origin may use the tenant. Origins
// are compared as exact text; "null" is on no list.
func (t *Tenant) AllowsOrigin(origin string) bool {
	_, listed := t.Origins[origin]
	return listed
}
