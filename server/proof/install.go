package proof

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// Install proves that Shopify has sent a merchant's browser here: to install
// the shop's app, or back from its consent page (shopify.dev, "Authorization
// code grant"). The query is signed with the app's client secret.
type Install struct {
	Now func() time.Time
}

// Prove implements broker.Proof. Who comes back must bring the state that this
// very browser was given for this shop, so that nobody can finish in a
// merchant's browser what they have begun in theirs.
func (p Install) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	q, result := hmac.ParseOAuth(r.Visit.Query)
	if result != hmac.Valid {
		return broker.Identity{}, naming(errVisit, result)
	}
	now := p.Now()
	shop, older, err := signer(t, q.Shop, now, func(k broker.Key) bool { return k.Match(q.Message(), q.MAC()) })
	if err != nil {
		return broker.Identity{}, err
	}
	if result := q.Age(now, hmac.Window); result != hmac.Valid {
		return broker.Identity{}, errVisitAge
	}
	if r.Visit.Returned {
		if err := returns(t, &q, r.Visit.State, now); err != nil {
			return broker.Identity{}, err
		}
	}
	return spokenFor(shop, broker.Visited, older), nil
}

// returns judges what only a return from the consent page has.
func returns(t *broker.Tenant, q *hmac.OAuth, given string, now time.Time) error {
	switch {
	case q.Code == "":
		return errNoCode
	case !sameText(q.State, given), !checkState(t, q.Shop, q.State, now):
		return errState
	}
	return nil
}
