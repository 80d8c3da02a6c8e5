package proof

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// A Vault finds tokens by the hash under which they are stored. The error is
// broker.ErrNotFound, or the store's.
type Vault interface {
	APIToken(ctx context.Context, tenant string, sum broker.Digest) (broker.APIToken, error)
	AccessToken(ctx context.Context, tenant string, sum broker.Digest) (broker.AccessToken, error)
}

// Stored proves what stands in a Vault: API tokens, which were made beforehand
// and shown once, and opaque access tokens.
type Stored struct {
	Vault Vault
	Sum   func(secret.Text) broker.Digest
	Now   func() time.Time
}

// apiToken is the user whose token it is. An expired or revoked one is none.
func (p Stored) apiToken(ctx context.Context, t *broker.Tenant, text secret.Text) (broker.Identity, error) {
	a, err := p.Vault.APIToken(ctx, t.Name, p.Sum(text))
	if err != nil {
		return broker.Identity{}, unless(err, broker.ErrToken)
	}
	if !a.Revoked.IsZero() || !a.Expires.IsZero() && !p.Now().Before(a.Expires) {
		return broker.Identity{}, broker.ErrToken
	}
	return broker.Identity{
		Subject:  broker.Subject{Kind: broker.Person, ID: a.User},
		Method:   broker.OurToken,
		Scopes:   a.Scopes,
		NotAfter: a.Expires,
		Token:    &broker.Shown{Kind: broker.AnAPIToken, ID: a.ID, Name: a.Name, User: a.User, Client: a.Client, Issued: a.Made, Expires: a.Expires},
	}, nil
}

// unless says that the evidence was wrong where nothing was found, and else that
// it could not be looked at: never the one for the other.
func unless(err error, refusal *broker.Error) error {
	if errors.Is(err, broker.ErrNotFound) {
		return refusal
	}
	return errAway.Because(err)
}

var errAway = broker.Refuse(broker.Unavailable, "the service cannot look at its database at the moment; try again").After(time.Second)
