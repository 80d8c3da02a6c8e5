package proof

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// AppProxy proves a visitor of a storefront by the query that Shopify signed for
// its app proxy: a customer, or a guest whom the shop does not know.
type AppProxy struct {
	Now func() time.Time
}

// Prove implements broker.Proof. Only Shopify's own five parameters may be
// there, and the query is good for a minute and a half.
func (p AppProxy) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	q, result := hmac.ParseProxy(r.Query, nil)
	if result != hmac.Valid {
		return broker.Identity{}, naming(errQuery, result)
	}
	now := p.Now()
	shop, older, err := signer(t, q.Shop, now, func(k broker.Key) bool { return k.Match(q.Message(), q.MAC()) })
	if err != nil {
		return broker.Identity{}, err
	}
	if result := q.Age(now, hmac.Window); result != hmac.Valid {
		return broker.Identity{}, errQueryAge
	}
	return broker.Identity{Subject: visitor(q.CustomerID), Method: broker.Proxied, Shop: shop, Older: older}, nil
}

// visitor is a guest where Shopify names nobody.
func visitor(customer string) broker.Subject {
	if customer == "" {
		return broker.Subject{Kind: broker.Guest}
	}
	return broker.Subject{Kind: broker.Customer, ID: customer}
}

// signer finds the shop whose app's secret signed. Both secrets of a rotation
// are always asked, so that how long it takes tells nothing.
func signer(t *broker.Tenant, name string, now time.Time, signed func(broker.Key) bool) (shop *broker.Shop, older bool, err error) {
	shop = t.Shops[name]
	if shop == nil || shop.App == nil {
		return nil, false, errNoApp
	}
	by := -1
	for i, s := range shop.App.Live(now) {
		if signed(s.Key) && by < 0 {
			by = i
		}
	}
	if by < 0 {
		return nil, false, errNoApp
	}
	return shop, by > 0, nil
}
