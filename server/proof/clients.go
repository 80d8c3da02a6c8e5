package proof

import (
	"context"
	"crypto/subtle"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Clients authenticates clients (RFC 6749 section 2.3): by a secret that we have
// made, or by a JWT that they have signed (RFC 7523). It implements broker.Authenticator.
type Clients struct {
	// Sum is the hash under which secrets are stored.
	Sum func(secret.Text) broker.Digest
	// Assertion verifies what a client has signed, with the keys at its JWKS URL.
	Assertion func(ctx context.Context, t *broker.Tenant, c *broker.Client, assertion secret.Text) error
	// Named is whom an assertion says that it is of; it may be anybody's.
	Named func(assertion secret.Text) string
}

// Authenticate implements broker.Authenticator. Whatever is wrong, a secret is
// hashed once and compared twice.
func (p Clients) Authenticate(ctx context.Context, t *broker.Tenant, c broker.Credentials, how broker.ClientAuth) (*broker.Client, error) {
	if !c.Assertion.Empty() {
		return p.byAssertion(ctx, t, c)
	}
	client := t.Clients[c.ID]
	right := holds(client, p.Sum(c.Secret)) && !c.Secret.Empty()
	open := how == broker.AsRegistered && client != nil && client.Public && c.Secret.Empty()
	if client == nil || client.Disabled || !right && !open {
		return nil, broker.ErrClient
	}
	return client, nil
}

// holds compares with two secrets, whoever has how many.
func holds(c *broker.Client, sum broker.Digest) bool {
	var live [2]broker.Digest
	if c != nil {
		copy(live[:], c.Sums)
	}
	first := subtle.ConstantTimeCompare(live[0][:], sum[:])
	return first|subtle.ConstantTimeCompare(live[1][:], sum[:]) == 1
}

func (p Clients) byAssertion(ctx context.Context, t *broker.Tenant, c broker.Credentials) (*broker.Client, error) {
	named := p.Named(c.Assertion)
	client := t.Clients[named]
	if client == nil || client.Disabled || client.Public || client.JWKSURL == "" || c.ID != "" && c.ID != named {
		return nil, broker.ErrClient
	}
	return client, p.Assertion(ctx, t, client, c.Assertion)
}
