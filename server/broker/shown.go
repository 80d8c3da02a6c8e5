package broker

import (
	"encoding/hex"
	"time"
)

// TokenKind is what sort of token of ours one is.
type TokenKind uint8

// The kinds of token.
const (
	AnIDToken     TokenKind = iota + 1 // a JWT about a customer or a guest
	AnAccessToken                      // a JWT (RFC 9068)
	AnOpaqueToken                      // an access token that says nothing
	AnAPIToken
	ACode         // an authorization code
	ACookie       // of a browser in which somebody has signed in
	ARefreshToken // what a session goes on with
)

// Shown is one of the tenant's own tokens that somebody has come with, or asks
// about. Who has it may use it for what it says, until it ends.
type Shown struct {
	Kind       TokenKind
	ID         string // a JWT's jti, an API token's id, an opaque one's OpaqueID
	Sum        Digest // of an opaque one
	Name       string // of an API token
	User       string // of an API token: whose it is
	Client     string // that it was issued to; empty: to none
	Generation int64  // of a refresh token
	Session    string // that it comes from; empty: none
	Exchanged  bool   // it was given for another token
	Issued     time.Time
	Expires    time.Time // zero: never
}

// session is what a token comes from; empty: nothing, or there is no token.
func (s *Shown) session() string {
	if s == nil {
		return ""
	}
	return s.Session
}

// A Reader reads the JWTs that a tenant has signed.
type Reader interface {
	// Read returns what a token says that is the tenant's own and has not ended;
	// its Token, Subject, Scopes and Audience are set. Any error: it is not.
	Read(token string) (Identity, error)
	// Hint returns for which client an ID token was made, about which user; it may
	// have ended (OpenID Connect RP-Initiated Logout section 2). Any error: it was not.
	Hint(token string) (client, user string, err error)
}

// stands reports whether a token still counts: nobody has revoked it, nor all
// that its client or its user had before.
func (t *Tenant) stands(id Identity) bool {
	token := id.Token
	switch {
	case token == nil || token.Kind == AnAPIToken: // a row of its own says it of those, and they survive their client
		return true
	case token.ID != "" && t.Revoked[token.ID], token.Session != "" && t.Revoked[RevokedSession(token.Session)]:
		return false
	case token.Client != "":
		client := t.Clients[token.Client]
		return client != nil && !client.Disabled && !token.Issued.Before(client.Since)
	}
	return true
}

// OpaqueID is what an opaque token is called in the audit and the log: the
// beginning of the hash under which it is stored.
func OpaqueID(sum Digest) string { return hex.EncodeToString(sum[:10]) }
