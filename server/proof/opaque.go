package proof

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// opaque is the user or client that an opaque access token stands for.
func (p Stored) opaque(ctx context.Context, t *broker.Tenant, text secret.Text) (broker.Identity, error) {
	sum := p.Sum(text)
	a, err := p.Vault.AccessToken(ctx, t.Name, sum)
	if err != nil {
		return broker.Identity{}, unless(err, broker.ErrToken)
	}
	if !a.Revoked.IsZero() || !a.Expires.IsZero() && !p.Now().Before(a.Expires) {
		return broker.Identity{}, broker.ErrToken
	}
	return broker.Identity{
		Subject:  a.Subject,
		Method:   broker.OurToken,
		Scopes:   a.Scopes,
		Audience: a.Audience,
		NotAfter: a.Expires,
		Token: &broker.Shown{
			Kind: broker.AnOpaqueToken, ID: broker.OpaqueID(sum), Sum: sum, Client: a.Client, Session: a.Session,
			Exchanged: a.Method == broker.OurToken, Issued: a.Issued, Expires: a.Expires,
		},
	}, nil
}
