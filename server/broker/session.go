package broker

import "time"

// Session is what a person has allowed a client: one thing from their consent
// until it ends, whatever code, refresh tokens and access tokens stand for it.
type Session struct {
	ID        string // 128 random bits or more; made with the question that was consented to
	Client    string
	Subject   Subject
	Scopes    Scopes
	Audience  []string // nil: the tenant's own
	Redirect  string   // where the code was sent
	Challenge string   // PKCE S256 (RFC 7636); empty: none
	Nonce     string   // of OpenID Connect; may be empty
	Method    Method   // how the person signed in
	SignedIn  time.Time
	Salt      [16]byte // of its refresh tokens
	Started   time.Time
	Expires   time.Time // zero: never
	Idle      time.Time // it ends then if nothing happens; zero: never

	// What changes. Each change names what it was before: of two at once, one wins.
	Generation int64     // of the refresh token that counts; 0: the code has not been taken
	Rotated    time.Time // when that was made
	Repeated   int       // how often it has been given again to who came with the one before it
	Revoked    time.Time // zero: it is not
}

// SignIn is a person who has signed in at the tenant's pages, in one browser.
type SignIn struct {
	Subject Subject
	Method  Method
	At      time.Time
	Expires time.Time
}

// Consent is what a person has allowed a client, to be remembered.
type Consent struct {
	Client string
	Scopes Scopes
	At     time.Time // when it was last said
}

// RevokedSession is what stands among a tenant's revoked tokens for all JWTs of
// a session. No jti has a colon.
func RevokedSession(id string) string { return "session:" + id }
