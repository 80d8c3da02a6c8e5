package proof

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Passwords compares a password with the hash of one. Each call is the same
// work, whatever the two are; an empty hash matches nothing. The error is an
// *Error where there is no room for that work at the moment.
type Passwords interface {
	Verify(ctx context.Context, t *broker.Tenant, u *broker.User, password secret.Text) (bool, error)
}

// Password is a user with a login and a password (RFC 6749 section 4.3; Omneo's
// methods 1 and 4). An unknown or disabled user is no other than one whose
// password is wrong.
type Password struct{ Passwords Passwords }

// Prove implements broker.Proof.
func (p Password) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	user := t.Logins[broker.CanonicalLogin(r.Login.Name)]
	if user == nil || user.Disabled {
		user = &broker.User{}
	}
	right, err := p.Passwords.Verify(ctx, t, user, r.Login.Password)
	switch {
	case err != nil:
		return broker.Identity{}, err
	case !right:
		return broker.Identity{}, broker.ErrLogin
	}
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.Person, ID: user.ID},
		Method:  broker.PWD,
		Scopes:  user.Scopes,
	}, nil
}
