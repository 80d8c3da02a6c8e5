package broker

import (
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Client is an OAuth client of a tenant (RFC 6749 section 2): a program that
// asks for tokens. A zero value may do nothing.
type Client struct {
	ID        string
	Name      string // for people
	Public    bool   // it can keep no secret
	Disabled  bool
	Sums      []Digest // SHA-256 of its live secrets, newest first: one, or two while they are rotated
	Grants    map[GrantType]bool
	Scopes    Scopes
	Audiences []string
	Opaque    bool          // its access tokens are opaque; else JWTs (RFC 9068)
	TokenTTL  time.Duration // of its access tokens
	Redirects []string      // where codes are sent, exactly
	Lasts     time.Duration // its sessions, from consent on; Forever: until they are revoked
	Grace     time.Duration // how long a refresh token that was replaced gives its successor again; 0: not at all
	JWKSURL   string        // where its keys are, for private_key_jwt (RFC 7523); empty: it has none
	Since     time.Time     // its access tokens of before are revoked; zero: none is
	Created   time.Time
}

// How long sessions of a new client last, and how long one may rest. A lost
// answer to a refresh can be asked for again within the grace, which is at most a
// minute.
const (
	DefaultSession = 90 * 24 * time.Hour
	IdleSession    = 30 * 24 * time.Hour
	DefaultGrace   = 10 * time.Second
	MaxGrace       = time.Minute
)

// DefaultAccessTTL is how long a new client's access tokens live, and Forever
// what stands for no end, which only opaque ones may have.
const (
	DefaultAccessTTL = time.Hour
	Forever          = time.Duration(1<<63 - 1)
)

// LoginClient stands for no client, in JWTs that a user has got with nothing but a
// password: RFC 9068 section 2.2 wants a client_id. No client has this id.
const LoginClient = "login"

// User is somebody, or a machine, who logs in with a password.
type User struct {
	ID       string
	Login    string // as it was entered; [CanonicalLogin] is what is compared
	Machine  bool
	Disabled bool
	Password string // argon2id in PHC form
	Scopes   Scopes
	Since    time.Time // access tokens of before are revoked; zero: none is
	Created  time.Time
}

// APIToken is a token that was made beforehand and shown once.
type APIToken struct {
	ID      string
	User    string // the id of whose it is; its tokens end with it
	Client  string // the id of the client that made it; empty: it was made by a command
	Name    string
	Scopes  Scopes
	Made    time.Time
	Expires time.Time // zero: never
	Used    time.Time // when it was last used, to some minutes; zero: never
	Revoked time.Time // zero: it is not
}

// TokenUse says that an API token was used.
type TokenUse struct {
	Tenant, ID string
	At         time.Time
}

// NewAPIToken is an APIToken that is to be stored, with its text.
type NewAPIToken struct {
	APIToken
	Text secret.Text // only its sum is stored
}

// AccessToken is an opaque access token as stored, by its sum.
type AccessToken struct {
	Client   string
	Subject  Subject
	Scopes   Scopes
	Audience []string
	Method   Method
	Session  string // that it comes from; empty: none
	Issued   time.Time
	Expires  time.Time // zero: never; of a revoked one, when it was revoked at the latest
	Revoked  time.Time // zero: it is not
}

// Backoff is how long somebody who guesses wrongly has to wait: not at all
// before Free failures, Base after them, and twice as long after each further
// one, but never longer than Max. Without a failure for Window, or for Max if
// that is longer, all is forgotten. None of the times may be zero.
type Backoff struct {
	Free              int
	Base, Max, Window time.Duration
}
