package proof

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Basic is a user at the proxy login, who has put login and password into an
// Authorization header (RFC 7617; Omneo's method 4). It is checked as a password
// is, and counted under the same name: only no client stands beside it.
type Basic struct{ Password Password }

// Prove implements broker.Proof.
func (p Basic) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	if !r.Login.Sent {
		return broker.Identity{}, errNoLogin
	}
	return p.Password.Prove(ctx, t, r)
}

var errNoLogin = broker.Refuse(broker.InvalidGrant, "send the header Authorization: Basic base64(login:password)")
