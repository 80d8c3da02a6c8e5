package broker

import (
	"context"
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
	Yields Yield         // what the grant may issue; zero: identity only
	MaxTTL time.Duration // upper bound of a token's life; zero: none is issued

	EvenSuspended bool // suspended tenants are served, too
}

// A Limiter refuses who asks too often.
type Limiter interface {
	// Allow is asked before any evidence is looked at. Whoever is allowed calls
	// done with the outcome. The error is an *Error with code RateLimited.
	Allow(ctx context.Context, t *Tenant, r *Request) (done func(error), err error)
}

// Broker decides. It holds no state of its own and is safe for concurrent use.
type Broker struct {
	Rules     map[GrantType]Rule
	Limit     Limiter
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

// Exchange does what Identify does and issues what the grant yields.
func (b *Broker) Exchange(ctx context.Context, t *Tenant, r *Request) (g Grant, err error) {
	began := b.Now()
	var id Identity
	defer func() { b.record(t, r, id, err, began) }()

	rule, id, err := b.identify(ctx, t, r)
	if err != nil {
		return Grant{}, err
	}
	want, err := authorize(t, rule, id, b.Now())
	if err != nil {
		return Grant{}, err
	}
	return issue(t, want)
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
	defer func() { done(err) }()

	id, err = rule.Proof.Prove(ctx, t, r)
	if err != nil {
		return Rule{}, Identity{}, err
	}
	id, err = admit(t, id)
	return rule, id, err
}

// admit refuses whom the tenant has blocked, and names the profile of whom it has not.
func admit(t *Tenant, id Identity) (Identity, error) {
	if id.Subject.Kind == Nobody {
		return Identity{}, errNoSubject
	}
	if id.Subject.Kind == Customer {
		if t.blocks(id.Shop.Name, id.Subject.ID) {
			return Identity{}, errBlocked
		}
		id.PID = t.PID(id.Shop.Name, id.Subject.ID)
	}
	return id, nil
}

// authorize narrows: a token never outlives the rule or the tenant's setting.
func authorize(t *Tenant, rule Rule, id Identity, now time.Time) (Want, error) {
	ttl := min(t.TokenTTL, rule.MaxTTL)
	if rule.Yields&YieldIDToken == 0 || ttl <= 0 {
		return Want{}, errYieldsNothing
	}
	issued := now.Truncate(time.Second)
	return Want{Identity: id, IssuedAt: issued, ExpiresAt: issued.Add(ttl)}, nil
}

func issue(t *Tenant, want Want) (Grant, error) {
	token, err := t.Signer.Sign(want)
	if err != nil {
		return Grant{}, errSigning.Because(err)
	}
	return Grant{Token: token, Anonymous: want.Identity.Subject.Kind == Guest, IssuedAt: want.IssuedAt, ExpiresAt: want.ExpiresAt}, nil
}

func (b *Broker) record(t *Tenant, r *Request, id Identity, err error, began time.Time) {
	e := Event{RequestID: r.ID, Tenant: t.Name, Grant: r.Grant, Identity: id, Err: err, Took: b.Now().Sub(began)}
	for _, rec := range b.Recorders {
		rec.Record(e)
	}
}
