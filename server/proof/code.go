package proof

import (
	"context"
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Sessions are what people have allowed clients. Errors are broker.ErrNotFound,
// or the store's.
type Sessions interface {
	// ByCode finds the session of the code with that hash, whether it can still be
	// taken or was taken already.
	ByCode(ctx context.Context, tenant string, code broker.Digest) (broker.Session, error)
	Session(ctx context.Context, tenant, id string) (broker.Session, error)
	// End ends a session for good, and says why in the audit.
	End(ctx context.Context, t *broker.Tenant, s broker.Session, why, requestID string) error
}

// Code is an authorization code (RFC 6749 section 4.1.3). The session that it
// begins is moved on when all is decided, for one of all who come with it at once.
// Whoever comes later, or cannot use it, ends the session: it is not the one the
// code was made for, or was not the first time.
type Code struct {
	Sessions Sessions
	Sum      func(secret.Text) broker.Digest
	Ours     func(secret.Text) bool // whether it can be a code of ours, by its look
}

// Prove implements broker.Proof.
func (p Code) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	if !p.Ours(r.Code.Text) {
		return broker.Identity{}, broker.ErrGrant
	}
	s, err := p.Sessions.ByCode(ctx, t.Name, p.Sum(r.Code.Text))
	switch {
	case err != nil:
		return broker.Identity{}, unless(err, broker.ErrGrant)
	case !s.Revoked.IsZero():
		return broker.Identity{}, broker.ErrGrant
	case s.Generation > 0:
		return broker.Identity{}, errors.Join(p.Sessions.End(ctx, t, s, "code used again", r.ID), broker.ErrGrant)
	case s.Client != r.Client.ID, s.Redirect != r.Code.Redirect, !s.Verifies(r.Code.Verifier):
		return broker.Identity{}, errors.Join(p.Sessions.End(ctx, t, s, "code misused", r.ID), broker.ErrGrant)
	}
	return standsFor(s, broker.ACode), nil
}

// standsFor is whom a session speaks of. What it yields does not outlive it.
func standsFor(s broker.Session, kind broker.TokenKind) broker.Identity {
	return broker.Identity{
		Subject:  s.Subject,
		Method:   s.Method,
		SignedIn: s.SignedIn,
		Scopes:   s.Scopes,
		Audience: s.Audience,
		NotAfter: s.Expires,
		Session:  &s,
		Token:    &broker.Shown{Kind: kind, Client: s.Client, Session: s.ID, Issued: s.Started, Expires: s.Expires},
	}
}
