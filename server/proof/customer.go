package proof

import (
	"cmp"
	"context"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// Customer proves a Shopify customer by the signature the theme made in Liquid:
// v1 over the id alone, v2 over shop, id and time (contract section 2).
type Customer struct {
	Now func() time.Time
}

// Prove implements broker.Proof. A signature that matches no live secret of the
// tenant, or of the shop its origin is bound to, is InvalidSignature whatever
// the reason: a retired secret, another tenant's, or a shop we don't know.
func (p Customer) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	c, result := hmac.ParseCustomer(r.Customer.ID, r.Customer.Shop, r.Customer.Timestamp, r.Customer.Signature)
	if result != hmac.Valid {
		return broker.Identity{}, malformed[result]
	}
	candidates, err := secrets(t, t.Origins[r.Origin], c.Shop)
	if err != nil {
		return broker.Identity{}, err
	}
	for _, s := range candidates {
		if s.Key.Match(c.Message(), c.MAC()) {
			return p.identify(&c, s)
		}
	}
	if c.SignedByEmptyKey() {
		return broker.Identity{}, errSecretMissing
	}
	return broker.Identity{}, errWrong
}

// identify is reached with a signature that is right; what is left to judge is its age and version.
func (p Customer) identify(c *hmac.Customer, s broker.LiveSecret) (broker.Identity, error) {
	if c.Version() == hmac.V1 && s.Shop.Policy == broker.V2Only {
		return broker.Identity{}, errVersion
	}
	if result := c.Age(p.Now(), s.Shop.MaxAge, hmac.DefaultSkew); result != hmac.Valid {
		return broker.Identity{}, untimely[result]
	}
	method := broker.HMAC2
	if c.Version() == hmac.V1 {
		method = broker.HMAC
	}
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: c.ID},
		Method:  method,
		Shop:    s.Shop,
		Older:   s.Older,
		Uses:    s.Uses,
	}, nil
}

// MostTried bounds the work of a request that names no shop: a tenant with more
// live secrets answers such a request with what to send.
const MostTried = 16

// secrets returns those a signature may have been made with. bound is the shop
// the origin belongs to, named the one the request speaks of; both may be empty.
func secrets(t *broker.Tenant, bound, named string) ([]broker.LiveSecret, error) {
	shop := cmp.Or(bound, named)
	switch {
	case shop == "" && len(t.Live) > MostTried:
		return nil, errShopNeeded
	case shop == "":
		return t.Live, nil
	case named != "" && named != shop, t.Shops[shop] == nil:
		return nil, nil
	}
	return t.Shops[shop].Live, nil
}
