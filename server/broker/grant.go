package broker

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// GrantType names one way of getting a token, as `tenant set --deny` spells it.
type GrantType string

// Storefront is the storefront exchange: a customer id signed in Liquid.
const Storefront GrantType = "storefront"

// AppProxy is a call through Shopify's app proxy, and SessionToken one by a
// checkout or customer account extension.
const (
	AppProxy     GrantType = "app_proxy"
	SessionToken GrantType = "session_token"
)

// Webhook is Shopify telling what has happened in a shop, and Install a merchant
// who installs the shop's app. Neither yields a token.
const (
	Webhook GrantType = "webhook"
	Install GrantType = "install"
)

// ClientCredentials is a client that asks for itself (RFC 6749 section 4.4), and
// Password one that asks for a user (section 4.3, and Omneo's method 1). Basic is
// a user at the proxy login (Omneo's method 4).
const (
	ClientCredentials GrantType = "client_credentials"
	Password          GrantType = "password"
	Basic             GrantType = "basic"
)

// Bearer is whoever comes with an access or API token of ours, to use it, and
// IDTokenBearer who comes with an IDToken. MakeAPIToken is a user who makes an API
// token (Omneo's method 2), and MintProfile a server that asks for the IDToken of
// a profile.
const (
	Bearer        GrantType = "bearer"
	IDTokenBearer GrantType = "id_token"
	MakeAPIToken  GrantType = "api_token"
	MintProfile   GrantType = "profile"
)

// AuthorizationCode is a client that has been sent a code by way of a person's
// browser (RFC 6749 section 4.1), and RefreshToken one that goes on with it
// (section 6). SigningIn is a person with a password at the tenant's pages,
// Authorize one who is signed in and lets a client have a code, and Visitor one
// who just looks.
const (
	AuthorizationCode GrantType = "authorization_code"
	RefreshToken      GrantType = "refresh_token"
	SigningIn         GrantType = "sign_in"
	Authorize         GrantType = "authorize"
	Visitor           GrantType = "visitor"
)

// Registration is a client that registers itself, with an initial access token
// (RFC 7591). A new tenant denies it.
const Registration GrantType = "registration"

// TokenExchange is a client that wants one token for another (RFC 8693).
const TokenExchange GrantType = "token-exchange"

// Introspection is a client that asks what a token says (RFC 7662), Revocation
// one that ends it (RFC 7009).
const (
	Introspection GrantType = "introspection"
	Revocation    GrantType = "revocation"
)

// AppConsent is a person who enables somebody else's app, which learns by that
// who they are (OMI).
const AppConsent GrantType = "app_consent"

// GrantTypes are all there are.
var GrantTypes = []GrantType{
	Storefront, AppProxy, SessionToken, Webhook, Install, ClientCredentials, Password, Basic,
	AuthorizationCode, RefreshToken, SigningIn, Authorize, Visitor, Registration, TokenExchange,
	Bearer, IDTokenBearer, MakeAPIToken, MintProfile, Introspection, Revocation, AppConsent,
}

// Yield is what a grant may issue.
type Yield uint8

// YieldIDToken is the storefront's IDToken, YieldAccess an access token,
// YieldAPIToken one that its user keeps. YieldSignIn is a cookie, YieldCode an
// authorization code, and YieldSession what a session gives: an access token and,
// where the client and the scopes ask for them, a refresh token and an ID token.
// YieldApp is no token: an app is enabled. YieldExchanged is YieldAccess or
// YieldIDToken, as the request wants.
const (
	YieldIDToken Yield = iota + 1
	YieldAccess
	YieldAPIToken
	YieldSignIn
	YieldCode
	YieldSession
	YieldApp
	YieldExchanged
)

// Want is a token that has been decided on and not yet been made.
type Want struct {
	Identity  Identity
	Yields    Yield     // what it is
	IssuedAt  time.Time // whole seconds
	ExpiresAt time.Time // whole seconds; zero: never, which JWTs cannot say

	// Of what the audit tells of.
	Grant     GrantType
	RequestID string
	ID        string // of the token: a JWT's jti

	App *App // that is enabled; nil: none

	// Of access and API tokens only.
	Client   string // the client it is issued to; empty: to none
	Name     string // what an API token's user calls it
	Scopes   Scopes
	Audience []string // nil: the tenant's own

	From    string   // the session of the token that it is exchanged for; empty: none
	Session *Session // that it comes from, as it is; nil: none
	Next    *Session // as it is to be
	Said    bool     // the person has just been asked
}

// SessionID is the session that the token comes from, and ends with; empty: none.
func (w Want) SessionID() string {
	if w.Next == nil {
		return w.From
	}
	return w.Next.ID
}

// Grant is what the caller gets.
type Grant struct {
	Token     string
	Refresh   string // empty: none
	Person    string // an ID token about who has signed in (OpenID Connect); empty: none
	ID        string
	Yields    Yield
	Anonymous bool // it speaks of a guest
	Client    string
	Subject   Subject
	IssuedAt  time.Time
	ExpiresAt time.Time // zero: never
	Scopes    Scopes    // of an access or API token, or those to be asked about
	Session   string    // that it comes from; empty: none
	App       *App      // that was enabled, and learns who the subject is; nil: none
}

// A Signer makes a tenant's tokens with its active key.
type Signer interface {
	// Sign returns a compact JWS with the claims of contract section 3.
	Sign(Want) (string, error)
	// SignAccess returns an access token (RFC 9068).
	SignAccess(Want) (string, error)
	// SignPerson returns an ID token about a user, for the client (OpenID Connect
	// Core section 2).
	SignPerson(Want) (string, error)
}

// A Keeper makes tokens that say nothing, and keeps what they stand for together
// with their line of the audit: there is neither without the other. Its errors
// are *Errors, or ours.
type Keeper interface {
	// KeepAccess returns an opaque access token that stands for w.
	KeepAccess(ctx context.Context, t *Tenant, w Want) (string, error)
	// KeepAPIToken returns an API token of the user that w speaks of.
	KeepAPIToken(ctx context.Context, t *Tenant, w Want) (string, error)
	// KeepSignIn returns a cookie that stands for who w speaks of.
	KeepSignIn(ctx context.Context, t *Tenant, w Want) (string, error)
	// KeepCode returns a code for w.Next, a session that begins. One whose question
	// was answered already is an *Error.
	KeepCode(ctx context.Context, t *Tenant, w Want) (string, error)
	// Advance makes of w.Session what w.Next is, and returns an opaque access token
	// if the client has such ones. ErrConflict: somebody else was faster.
	Advance(ctx context.Context, t *Tenant, w Want) (string, error)
	// Bind has a token end with a session that it does not come from itself, but by
	// way of another token, until which it lives. ErrToken: the session has ended.
	Bind(ctx context.Context, t *Tenant, session string, until time.Time) error
	// KeepClient makes a client, with an id and, unless it is public, a secret.
	KeepClient(ctx context.Context, t *Tenant, c Client, by Identity) (Client, secret.Text, error)
	// Consents are what a user has allowed clients, and Disallow takes back what one
	// was, with all that has come of it. EndSignIn ends what a cookie stands for.
	Consents(ctx context.Context, t *Tenant, user string) ([]Consent, error)
	Disallow(ctx context.Context, t *Tenant, user, client, requestID string) error
	EndSignIn(ctx context.Context, t *Tenant, cookie secret.Text) error
	// APITokens are a user's, newest first.
	APITokens(ctx context.Context, t *Tenant, user string) ([]APIToken, error)
	// End revokes a token for good, and says so in the audit. It may be called
	// again. by is the client that asks for it, or the user. An API token that is
	// not its user's is an *Error with code NotFound.
	End(ctx context.Context, t *Tenant, token *Shown, requestID, by string) error
}

// An Auditor keeps a line about each token that is issued, for good.
type Auditor interface {
	// Issued returns when the line is kept. Without it the token is not given.
	Issued(ctx context.Context, t *Tenant, w Want) error
}
