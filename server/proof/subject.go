package proof

import (
	"context"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Subject is a client that offers somebody's token for another, and may offer the
// token of who is to speak for them (RFC 8693 section 2.1). A token that is meant
// for somebody else is none of its business.
type Subject struct {
	Ours    Bearer // with ForAnybody; which kinds, the offer says
	Issuers IDToken
	Shopify Session
}

// exchanged are the tokens of ours that may be offered as a type.
var exchanged = map[broker.TokenType][]broker.TokenKind{
	broker.TypeAccessToken: {broker.AnAccessToken, broker.AnOpaqueToken, broker.AnAPIToken},
	broker.TypeIDToken:     {broker.AnIDToken},
	broker.TypeJWT:         {broker.AnAccessToken, broker.AnIDToken},
}

// Prove implements broker.Proof.
func (p Subject) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	id, err := p.whose(ctx, t, r.Subject, r.Client.ID)
	switch {
	case err != nil:
		return broker.Identity{}, err
	case id.Subject.Kind == broker.Guest:
		return broker.Identity{}, errGuest
	case r.Actor.Text.Empty():
		return id, nil
	}
	actor, err := p.whose(ctx, t, r.Actor, r.Client.ID)
	switch {
	case err != nil:
		return broker.Identity{}, err
	case actor.Subject.Kind != broker.Person && actor.Subject.Kind != broker.Program, actor.Actor != nil:
		return broker.Identity{}, errActor
	}
	actor.Actor, id.Actor = id.Actor, &actor
	return id, nil
}

// whose finds out by what a token says of itself who can tell whether it is right.
func (p Subject) whose(ctx context.Context, t *broker.Tenant, o broker.Offer, client string) (broker.Identity, error) {
	named, _ := unverified(o.Text.Reveal())
	switch {
	case o.Type == broker.TypeAccessToken || named.Issuer == t.Issuer:
		return p.own(ctx, t, o, client)
	case t.Issuers[named.Issuer] != nil:
		return p.Issuers.Verify(ctx, t, o.Text)
	}
	return p.Shopify.Prove(ctx, t, &broker.Request{Bearer: o.Text})
}

func (p Subject) own(ctx context.Context, t *broker.Tenant, o broker.Offer, client string) (broker.Identity, error) {
	use := p.Ours
	use.Kinds = exchanged[o.Type]
	id, err := use.Prove(ctx, t, &broker.Request{Bearer: o.Text})
	switch {
	case err != nil:
		return broker.Identity{}, err
	case id.Token.Client != client && !slices.Contains(id.Audience, client) && !meant(t, id.Audience):
		return broker.Identity{}, broker.ErrToken
	}
	return id, nil
}

var (
	errGuest = broker.Refuse(broker.InvalidRequest, "the subject_token speaks of nobody whom the shop knows")
	errActor = broker.Refuse(broker.InvalidRequest, "the actor_token is an access or API token of a user or client who speaks for nobody else")
)
