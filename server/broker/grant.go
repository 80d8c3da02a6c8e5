package broker

import "time"

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

// GrantTypes are all there are.
var GrantTypes = []GrantType{Storefront, AppProxy, SessionToken, Webhook, Install}

// Yield is a set of what a grant may issue.
type Yield uint8

// YieldIDToken is the storefront's IDToken.
const YieldIDToken Yield = 1 << iota

// Want is a token that has been decided on and not yet been made.
type Want struct {
	Identity  Identity
	IssuedAt  time.Time // whole seconds
	ExpiresAt time.Time // whole seconds
}

// Grant is what the caller gets.
type Grant struct {
	Token     string
	Anonymous bool // it speaks of a guest
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// A Signer makes a tenant's tokens with its active key.
type Signer interface {
	// Sign returns a compact JWS with the claims of contract section 3.
	Sign(Want) (string, error)
}
