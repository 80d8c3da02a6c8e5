package shopify

import (
	"errors"
	"fmt"
)

// What can go wrong. What this package returns wraps one of these, is a
// [*Refusal] or ctx's own error, or is a mistake in the call. None quotes a token, a code, a
// secret or the value of a metafield, nor what Shopify answered beyond its code
// and message.
var (
	// ErrStale: somebody else wrote. Nothing was written; read again.
	ErrStale = errors.New("shopify: the metafield has changed since it was read; read it again")
	// ErrForeign: the metafield holds a value that is not ours. Nothing was written.
	ErrForeign = errors.New("shopify: the metafield omneo.id_secret holds a value that is not known here, so it was left alone; " +
		"something else uses it, or the shop's secret was set by hand: import that secret, or delete the metafield in the Shopify admin")
	// ErrWrongShop: the token is another shop's. Nothing was written.
	ErrWrongShop = errors.New("shopify: the access token belongs to another shop; set this shop's own token")
	// ErrAccess: Shopify does not accept the token, the code or the app. It is
	// not tried again; install the app again, or set a new token.
	ErrAccess = errors.New("shopify: access denied")
	// ErrThrottled: Shopify asked to wait for longer, or more often, than is waited.
	ErrThrottled = errors.New("shopify: too many requests for this shop")
	// ErrUnavailable: no answer, or a failure of Shopify's own. Whether
	// something was written is unknown.
	ErrUnavailable = errors.New("shopify: not available; try again later")
	// ErrAnswer: an answer that is not what Shopify documents.
	ErrAnswer = errors.New("shopify: the answer is not what Shopify documents; check that the shop's domain leads to Shopify")
	// ErrValue: the value cannot be stored as one line of text.
	ErrValue = errors.New("shopify: the value must be one line of visible characters, of 1 to 1024 bytes")
	// ErrShop: the shop is not a permanent domain.
	ErrShop = errors.New("shopify: the shop must be its permanent domain, as in acme.myshopify.com")
)

// Refusal is what Shopify says against a request that it understood.
type Refusal struct {
	Code    string // such as INVALID_TYPE; empty where Shopify gave none
	Message string // Shopify's, on one line; left out where it quotes a secret
}

func (r *Refusal) Error() string {
	if r.Code == "" {
		return "shopify: refused: " + r.Message
	}
	return fmt.Sprintf("shopify: refused with %s: %s", r.Code, r.Message)
}
