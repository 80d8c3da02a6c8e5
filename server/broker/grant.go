package broker

import (
	"context"
	"time"
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
	Bearer, IDTokenBearer, MakeAPIToken, MintProfile, Introspection, Revocation, AppConsent,
}

// Yield is what a grant may issue.
type Yield uint8

// YieldIDToken is the storefront's IDToken, YieldAccess an access token,
// YieldAPIToken one that its user keeps. YieldApp is no token: an app is enabled.
const (
	YieldIDToken Yield = iota + 1
	YieldAccess
	YieldAPIToken
	YieldApp
)

// Want is a token that has been decided on and not yet been made.
type Want struct {
	Identity  Identity
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
}

// Grant is what the caller gets.
type Grant struct {
	Token     string
	ID        string
	Anonymous bool // it speaks of a guest
	Client    string
	Subject   Subject
	IssuedAt  time.Time
	ExpiresAt time.Time // zero: never
	Scopes    Scopes    // of an access or API token
	App       *App      // that was enabled, and learns who the subject is; nil: none
}

// A Signer makes a tenant's tokens with its active key.
type Signer interface {
	// Sign returns a compact JWS with the claims of contract section 3.
	Sign(Want) (string, error)
	// SignAccess returns an access token (RFC 9068).
	SignAccess(Want) (string, error)
}

// A Keeper makes tokens that say nothing, and keeps what they stand for together
// with their line of the audit: there is neither without the other. Its errors
// are *Errors, or ours.
type Keeper interface {
	// KeepAccess returns an opaque access token that stands for w.
	KeepAccess(ctx context.Context, t *Tenant, w Want) (string, error)
	// KeepAPIToken returns an API token of the user that w speaks of.
	KeepAPIToken(ctx context.Context, t *Tenant, w Want) (string, error)
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
