package proof

import (
	"context"
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Logins sign people in at the Firebase project that has the key. A wrong login
// or password is a broker.InvalidGrant.
type Logins interface {
	SignIn(ctx context.Context, key secret.Text, login broker.Login) (idToken secret.Text, err error)
}

// Consent proves who enables an app: by an ID token of Firebase's, or by what
// they have typed at a page of ours, for which Firebase gives one.
type Consent struct {
	IDToken IDToken
	Logins  Logins
}

// Prove implements broker.Proof. What is wrong with a token is told in OMI's words.
func (p Consent) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	token := r.Bearer
	if r.Login.Sent {
		issuer := t.SignsIn()
		if issuer == nil {
			return broker.Identity{}, errNoSignIn
		}
		var err error
		if token, err = p.Logins.SignIn(ctx, issuer.Key, r.Login); err != nil {
			return broker.Identity{}, err
		}
	}
	id, err := p.IDToken.Verify(ctx, t, token)
	return id, toldByOMI(err)
}

func toldByOMI(err error) error {
	e := (*broker.Error)(nil)
	switch {
	case !errors.As(err, &e) || e.Code != broker.InvalidToken:
		return err
	case errors.Is(e.Cause, errSub):
		return broker.Refuse(e.Code, "Error verifying Firebase ID token: "+e.Cause.Error()).Because(e.Cause)
	case e.Cause != nil:
		return broker.Refuse(e.Code, "Invalid Firebase ID token: "+e.Cause.Error()).Because(e.Cause)
	}
	return broker.Refuse(e.Code, "Invalid Firebase ID token: it cannot be read")
}

var errNoSignIn = broker.Refuse(broker.Unavailable,
	"signing in here is not set up: whoever runs this service adds the project's key with: shapestoken issuer add TENANT --firebase-project P --firebase-api-key-stdin")
