package proof

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Client is a client that asks for itself (RFC 6749 section 4.4). That it is the
// one, the broker has made sure of: there is nothing more to prove.
type Client struct{}

// Prove implements broker.Proof.
func (Client) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	client := t.Clients[r.Client.ID]
	if client == nil {
		return broker.Identity{}, broker.ErrClient
	}
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.Program, ID: client.ID},
		Method:  method(r.Client),
		Scopes:  client.Scopes,
	}, nil
}

func method(c broker.Credentials) broker.Method {
	if !c.Assertion.Empty() {
		return broker.ClientJWT
	}
	return broker.ClientSecret
}
