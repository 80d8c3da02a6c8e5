package broker

import (
	"context"
	"errors"
	"time"
)

// A Proof checks one kind of evidence. It changes nothing but what it burns (a code).
type Proof interface {
	// Prove returns whom the evidence in r speaks for. It must not issue
	// anything, and must return an *Error for whatever a caller can cause.
	Prove(ctx context.Context, t *Tenant, r *Request) (Identity, error)
}

// A Rule says how one grant is served. Zero values are the strict choices.
type Rule struct {
	Proof  Proof
	Client ClientAuth    // who may ask
	Yields Yield         // what the grant may issue; zero: identity only
	MaxTTL time.Duration // upper bound of a token's life; zero: none is issued

	Needs         string // the scope that is needed for it; empty: none
	Speaker       Proof  // who asks for whom Proof finds, and must have the scope; nil: nobody speaks for another
	Unaudited     bool   // what it issues is counted and logged, and not in the audit: storefront exchanges
	EvenSuspended bool   // suspended tenants are served, too
	EvenGone      bool   // a token is taken whose user is disabled: for who only ends it
}

// ClientAuth says which clients a grant is for.
type ClientAuth uint8

// A client must show that it is who it says, or do so as it is registered, or
// there is none, or it is only named.
const (
	Confidential ClientAuth = iota
	AsRegistered
	NoClient
	Named // it says which one it is, and cannot prove it in somebody's browser
)

// An Authenticator finds out which client a request comes from.
type Authenticator interface {
	// Authenticate returns the client. An unknown, disabled or public one, and one
	// with wrong credentials, is ErrClient, for the same work. A public client is
	// let in where how is AsRegistered.
	Authenticate(ctx context.Context, t *Tenant, c Credentials, how ClientAuth) (*Client, error)
}

// A Limiter refuses who asks too often.
type Limiter interface {
	// Allow is asked before any evidence is looked at. Whoever is allowed calls
	// done with the outcome, and tells the caller what that returns: the outcome,
	// or a refusal in its place. The error is an *Error with code RateLimited, or
	// Unavailable.
	Allow(ctx context.Context, t *Tenant, r *Request) (done func(error) error, err error)
}

// Broker decides. It holds no state of its own and is safe for concurrent use.
type Broker struct {
	Rules     map[GrantType]Rule
	Limit     Limiter
	Clients   Authenticator
	Keep      Keeper
	Apps      Enabler
	Setup     Setup
	Audit     Auditor
	Recorders []Recorder
	Now       func() time.Time
}

// Identify checks who r speaks for and issues nothing. Every refusal is an
// *Error; any other error is our fault and tells the caller nothing.
func (b *Broker) Identify(ctx context.Context, t *Tenant, r *Request) (id Identity, err error) {
	began := b.Now()
	defer func() { b.record(t, r, id, err, began) }()
	_, id, err = b.identify(ctx, t, r)
	return id, err
}

// Exchange does what Identify does and issues what the grant yields. With
// [ErrConsent] the grant says whom to ask, and about which scopes.
func (b *Broker) Exchange(ctx context.Context, t *Tenant, r *Request) (g Grant, err error) {
	began := b.Now()
	var id Identity
	defer func() { b.record(t, r, id, err, began) }()

	rule, id, err := b.identify(ctx, t, r)
	if err != nil {
		return Grant{}, err
	}
	g, err = b.grant(ctx, t, rule, id, r)
	for range patience {
		if !errors.Is(err, ErrConflict) {
			break
		}
		g, err = b.again(ctx, t, rule, id, r)
	}
	return g, err
}

// patience is how often somebody else may be faster with the same refresh token.
const patience = 4

func (b *Broker) grant(ctx context.Context, t *Tenant, rule Rule, id Identity, r *Request) (Grant, error) {
	want, err := authorize(t, rule, id, r, b.Now())
	switch {
	case errors.Is(err, ErrConsent):
		return Grant{Scopes: want.Scopes, Subject: id.Subject}, err
	case err != nil:
		return Grant{}, err
	}
	return b.issue(ctx, t, rule, want)
}

// again looks anew at evidence that has changed meanwhile: the limiter has agreed,
// and the client has authenticated.
func (b *Broker) again(ctx context.Context, t *Tenant, rule Rule, old Identity, r *Request) (Grant, error) {
	id, err := rule.prove(ctx, t, r)
	if err != nil {
		return Grant{}, err
	}
	id.Client = old.Client
	return b.grant(ctx, t, rule, id, r)
}

// identify is the one path to an identity. The order is the point: nothing is
// hashed before the limiter has agreed, and admit runs at every grant.
func (b *Broker) identify(ctx context.Context, t *Tenant, r *Request) (_ Rule, id Identity, err error) {
	rule, known := b.Rules[r.Grant]
	if err := t.allows(r.Grant, rule, known); err != nil {
		return Rule{}, Identity{}, err
	}
	done, err := b.Limit.Allow(ctx, t, r)
	if err != nil {
		return Rule{}, Identity{}, err
	}
	defer func() { err = done(err) }()

	client, err := b.authenticate(ctx, t, rule, r)
	if err != nil {
		return Rule{}, Identity{}, err
	}
	id, err = rule.prove(ctx, t, r)
	if err != nil {
		return Rule{}, Identity{}, err
	}
	id.Client = client
	return rule, id, nil
}

// prove finds out who is spoken of. Who speaks for another must be allowed to,
// before anything is said of the other.
func (rule Rule) prove(ctx context.Context, t *Tenant, r *Request) (Identity, error) {
	if rule.Speaker == nil {
		id, err := rule.admitted(ctx, rule.Proof, t, r)
		if err != nil {
			return Identity{}, err
		}
		return id, id.may(rule.Needs, r.Needs)
	}
	speaker, err := rule.admitted(ctx, rule.Speaker, t, r)
	if err != nil {
		return Identity{}, err
	}
	if err := speaker.may(rule.Needs, r.Needs); err != nil {
		return Identity{}, err
	}
	id, err := rule.admitted(ctx, rule.Proof, t, r)
	id.Actor = &speaker
	return id, err
}

func (rule Rule) admitted(ctx context.Context, p Proof, t *Tenant, r *Request) (Identity, error) {
	id, err := p.Prove(ctx, t, r)
	switch {
	case err != nil:
		return Identity{}, err
	case !t.stands(id):
		return Identity{}, gone(id)
	case rule.EvenGone:
		return id, nil
	}
	if id, err = admit(t, id); err != nil {
		return Identity{}, err
	}
	return id, t.admitActors(id)
}

// authenticate returns the client, if the rule has one. A grant that issues
// something is for those that are registered for it.
func (b *Broker) authenticate(ctx context.Context, t *Tenant, rule Rule, r *Request) (*Client, error) {
	if rule.Client == NoClient {
		return nil, nil
	}
	client, err := b.client(ctx, t, rule, r)
	if err != nil {
		return nil, err
	}
	if rule.Yields != 0 && !client.Grants[registered(r.Grant)] {
		return nil, errNotRegistered
	}
	r.Client.ID = client.ID // an assertion may have named it
	return client, nil
}

func (b *Broker) client(ctx context.Context, t *Tenant, rule Rule, r *Request) (*Client, error) {
	if rule.Client == Named {
		client, err := t.Asker(r)
		if err != nil {
			return nil, err
		}
		return client, t.checkQuestion(client, r)
	}
	return b.Clients.Authenticate(ctx, t, r.Client, rule.Client)
}

// registered is what a client is registered for, and a tenant denies: a code is
// made for those that may redeem it.
func registered(g GrantType) GrantType {
	if g == Authorize {
		return AuthorizationCode
	}
	return g
}

// may tells whether id has all the scopes that are needed.
func (id Identity) may(needed ...string) error {
	for _, scope := range needed {
		if scope != "" && !id.Scopes.Cover(scope) {
			return Refuse(LacksScope, "the token lacks the scope "+scope)
		}
	}
	return nil
}

func (b *Broker) record(t *Tenant, r *Request, id Identity, err error, began time.Time) {
	e := Event{RequestID: r.ID, Tenant: t.Name, Grant: r.Grant, Identity: id, Err: err, Took: b.Now().Sub(began)}
	for _, rec := range b.Recorders {
		rec.Record(e)
	}
}

var errNotRegistered = Refuse(Unauthorized, "this client is not registered for this grant: shapestoken client set TENANT CLIENT --grant")
