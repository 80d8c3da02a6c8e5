package main

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// clients finds out which client a request comes from.
func (s *service) clients() proof.Clients {
	assertions := proof.Assertions{
		Keys: s.keys,
		Burn: func(ctx context.Context, tenant, client, jti string, until time.Time) (bool, error) {
			return s.config.Store.In(tenant).BurnAssertion(ctx, client, jti, until)
		},
		Now: time.Now,
	}
	return proof.Clients{
		Sum:   sum,
		Named: proof.Named,
		Assertion: func(ctx context.Context, t *broker.Tenant, c *broker.Client, assertion secret.Text) error {
			return assertions.Verify(ctx, t.Name, c.ID, c.JWKSURL, endpoints(t), assertion)
		},
	}
}

// endpoints are what a client's JWT may be meant for: the tenant, or where it is
// sent (RFC 7523 section 3).
func endpoints(t *broker.Tenant) []string {
	return []string{t.Issuer, t.Issuer + "/oauth2/token", t.Issuer + "/oauth2/introspect", t.Issuer + "/oauth2/revoke"}
}
