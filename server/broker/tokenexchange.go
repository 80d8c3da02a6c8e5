package broker

import (
	"slices"

	"github.com/shapestoken/shapestoken/server/secret"
)

// ExchangeGrant is how requests and discovery spell TokenExchange.
const ExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"

// TokenType is what a token is said to be (RFC 8693 section 3).
type TokenType string

// The types that are exchanged. A JWT may be any of ours, of a trusted issuer's,
// or of Shopify's.
const (
	TypeAccessToken TokenType = "urn:ietf:params:oauth:token-type:access_token"
	TypeIDToken     TokenType = "urn:ietf:params:oauth:token-type:id_token"
	TypeJWT         TokenType = "urn:ietf:params:oauth:token-type:jwt"
)

// Offer is a token that a client offers for another.
type Offer struct {
	Text secret.Text // empty: none
	Type TokenType
}

// longestChain is how many may speak for one another in one token. The earlier
// ones are there to be read, and decide nothing (RFC 8693 section 4.1).
const longestChain = 4

// authorizeExchange narrows: what comes of a token lives no longer, may be used
// for nothing else and by nobody else. Only the client is another.
func (t *Tenant) authorizeExchange(w Want, rule Rule, r *Request) (_ Want, err error) {
	w.From = w.Identity.Token.session()
	switch {
	case r.Wants == TypeIDToken:
		return t.exchangeIDToken(w, rule, r)
	case w.Identity.Client.Opaque && (w.Identity.Actor != nil || !opaquely(w.Identity.Subject)):
		return Want{}, errSaysNothing
	}
	w.Yields = YieldAccess
	bound := t.elsewhere(w.Identity.Audience)
	if w, err = t.authorizeAccess(w, rule, r); err != nil || bound == nil {
		return w, err
	}
	w.Audience, err = within(bound, w.Audience)
	return w, err
}

// exchangeIDToken is for whoever has a profile. An IDToken is for the tenant.
func (t *Tenant) exchangeIDToken(w Want, rule Rule, r *Request) (_ Want, err error) {
	switch {
	case !profiled(w.Identity.Subject):
		return Want{}, errNoProfile
	case len(r.Scope) > 0:
		return Want{}, errNoScopes
	case t.elsewhere(w.Identity.Audience) != nil:
		return Want{}, errElsewhere
	}
	if _, err := t.authorizeAudience(nil, r.Audience); err != nil {
		return Want{}, err
	}
	w.Yields, w.Client = YieldIDToken, w.Identity.Client.ID
	return w.until(lasting(w, min(t.TokenTTL, rule.MaxTTL, w.Identity.Client.TokenTTL)))
}

// elsewhere is whom a token is meant for that is not for the tenant itself; nil:
// it is.
func (t *Tenant) elsewhere(audience []string) []string {
	if slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(t.Audience, a) }) {
		return nil
	}
	return audience
}

// within is what was asked for of bound; all of it if nothing was.
func within(bound, asked []string) ([]string, error) {
	if len(asked) == 0 {
		return bound, nil
	}
	for _, audience := range asked {
		if !slices.Contains(bound, audience) {
			return nil, errElsewhere
		}
	}
	return asked, nil
}

// profiled tells whether a subject is known by a profile: a token names that.
func profiled(s Subject) bool { return s.Kind == Customer || s.Kind == External }

// opaquely tells whether an opaque token may speak of the subject.
func opaquely(s Subject) bool { return s.Kind == Person || s.Kind == Program }

// chain is how many speak for one another.
func (id Identity) chain() (n int) {
	for actor := id.Actor; actor != nil; actor = actor.Actor {
		n++
	}
	return n
}

// Name is what a token calls the identity: its profile, where it has one.
func (id Identity) Name() string {
	if profiled(id.Subject) {
		return id.PID
	}
	return id.Subject.ID
}

var (
	errChain       = Refuse(InvalidRequest, "too many already speak for one another in these tokens: begin with a token of the subject's own")
	errSaysNothing = Refuse(InvalidRequest, "this client's access tokens are opaque, and those speak of users and clients alone, for whom nobody else speaks: ask for an id_token, or use a client with --token-format jwt")
	errNoProfile   = Refuse(InvalidRequest, "an id_token speaks of a customer, or of somebody whom another issuer knows: ask for an access_token")
	errNoScopes    = Refuse(InvalidScope, "an id_token has no scopes: ask for an access_token")
	errElsewhere   = Refuse(InvalidTarget, "the subject_token is not meant for that audience: ask for one of its own, or get a token that is for the tenant")
)
