package proof

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// SignIns are the browsers in which people have signed in, by the hash of their
// cookies, and what those people have allowed. Errors are broker.ErrNotFound, or
// the store's.
type SignIns interface {
	SignIn(ctx context.Context, tenant string, cookie broker.Digest) (broker.SignIn, error)
	Consent(ctx context.Context, tenant, user, client string) (broker.Consent, error)
}

// SignedIn is a person who has signed in before, in this browser.
type SignedIn struct {
	SignIns SignIns
	Sum     func(secret.Text) broker.Digest
	Ours    func(secret.Text) bool // whether it can be a cookie of ours, by its look
	Now     func() time.Time
}

// Prove implements broker.Proof.
func (p SignedIn) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	if !p.Ours(r.SignedIn) {
		return broker.Identity{}, broker.ErrSignIn
	}
	s, err := p.SignIns.SignIn(ctx, t.Name, p.Sum(r.SignedIn))
	switch {
	case err != nil:
		return broker.Identity{}, unless(err, broker.ErrSignIn)
	case !p.Now().Before(s.Expires):
		return broker.Identity{}, broker.ErrSignIn
	}
	id := broker.Identity{
		Subject:  s.Subject,
		Method:   s.Method,
		SignedIn: s.At,
		Token:    &broker.Shown{Kind: broker.ACookie, Issued: s.At, Expires: s.Expires},
	}
	if user := t.Users[s.Subject.ID]; user != nil {
		id.Scopes = slices.Concat(user.Scopes, broker.AboutPerson)
	}
	id.Agreed, err = p.agreed(ctx, t, id, r)
	return id, err
}

// agreed is what the person has allowed the client that asks.
func (p SignedIn) agreed(ctx context.Context, t *broker.Tenant, id broker.Identity, r *broker.Request) (broker.Scopes, error) {
	if r.Client.ID == "" {
		return nil, nil
	}
	c, err := p.SignIns.Consent(ctx, t.Name, id.Subject.ID, r.Client.ID)
	if errors.Is(err, broker.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, errAway.Because(err)
	}
	return append(broker.Scopes{}, c.Scopes...), nil // somebody may have agreed to nothing
}
