package proof

import (
	"context"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Bearer is whoever has one of the tenant's own tokens (RFC 6750).
type Bearer struct {
	Stored  Stored
	Refresh Refresh
	Kinds   []broker.TokenKind // which are taken
	// KindOf tells by a token's look what it can be at most: an API token, an
	// opaque one, a refresh token, else a JWT. Zero: nothing of ours.
	KindOf func(secret.Text) broker.TokenKind
	// ForAnybody takes tokens that are meant for somebody else, too: for who asks
	// about them, and not for who uses them.
	ForAnybody bool
	// Replaced takes refresh tokens that were replaced, too: for who ends them.
	Replaced bool
}

// Prove implements broker.Proof.
func (p Bearer) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	id, err := p.read(ctx, t, r.Bearer)
	switch {
	case err != nil:
		return broker.Identity{}, err
	case !slices.Contains(p.Kinds, id.Token.Kind), !p.ForAnybody && !meant(t, id.Audience):
		return broker.Identity{}, broker.ErrToken
	}
	return id, nil
}

func (p Bearer) read(ctx context.Context, t *broker.Tenant, text secret.Text) (broker.Identity, error) {
	switch p.KindOf(text) {
	case 0:
		return broker.Identity{}, broker.ErrToken
	case broker.AnAPIToken:
		return p.Stored.apiToken(ctx, t, text)
	case broker.AnOpaqueToken:
		return p.Stored.opaque(ctx, t, text)
	case broker.ARefreshToken:
		return p.Refresh.shown(ctx, t, text, p.Replaced)
	}
	id, err := t.Reader.Read(text.Reveal())
	if err != nil {
		return broker.Identity{}, broker.ErrToken.Because(err)
	}
	return id, nil
}

// meant tells whether a token is for the tenant itself, as those are that name nobody.
func meant(t *broker.Tenant, audience []string) bool {
	return len(audience) == 0 || slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(t.Audience, a) })
}
