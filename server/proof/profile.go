package proof

import (
	"context"
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A Directory knows a tenant's profiles. None is broker.ErrNotFound.
type Directory interface {
	Profiles(ctx context.Context, tenant string, who broker.ProfileRef) ([]broker.Profile, error)
}

// Profile is a customer whom a server asks for, by the profile's id or another
// system's; or nobody, who is a guest (Omneo's ID API). That the server may ask,
// the broker has made sure of.
type Profile struct{ Directory Directory }

// Prove implements broker.Proof.
func (p Profile) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	id := broker.Identity{Subject: visitor(""), Method: broker.OurToken}
	if r.Who.ID == "" {
		return id, nil
	}
	found, err := p.Directory.Profiles(ctx, t.Name, r.Who)
	switch {
	case errors.Is(err, broker.ErrNotFound):
		return broker.Identity{}, errNoProfile
	case err != nil:
		return broker.Identity{}, errAway.Because(err)
	case ambiguous(found):
		return broker.Identity{}, errAmbiguous
	}
	customer := found[0].Customer
	id.Subject, id.Shop = visitor(customer.ID), t.Shops[customer.Shop]
	if id.Shop == nil {
		id.Shop = &broker.Shop{Name: customer.Shop} // it is not the tenant's any more; the profile is
	}
	return id, nil
}

// ambiguous tells whether an id is that of several profiles.
func ambiguous(found []broker.Profile) bool {
	for _, p := range found {
		if p.PID != found[0].PID {
			return true
		}
	}
	return false
}

var (
	errNoProfile = broker.Refuse(broker.NotFound, "no profile of that id is known here: a customer is known after the first storefront exchange, or by: shapestoken profile link; id_handle is shopify or left out")
	errAmbiguous = broker.Refuse(broker.InvalidRequest, "customers of several shops have that id; ask with the profile's own id, without id_handle")
)
