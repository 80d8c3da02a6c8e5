package broker

import "context"

// SeesAllTokens is the scope of a client that may ask about any token of the
// tenant's, as a service behind it does.
const SeesAllTokens = "tokens.introspect"

// Introspect tells a client what a token says (RFC 7662). ok is false for a
// token that is not good, and for one that is no business of the client's:
// nobody learns which. An error says nothing about the token.
func (b *Broker) Introspect(ctx context.Context, t *Tenant, r *Request) (id Identity, ok bool, err error) {
	id, err = b.Identify(ctx, t, r)
	switch {
	case err == nil && id.concerns():
		return id, true, nil
	case err == nil || bad(err):
		return Identity{}, false, nil
	}
	return Identity{}, false, err
}

// Revoke ends a token of the client that asks (RFC 7009). It is no error if
// there is nothing to end.
func (b *Broker) Revoke(ctx context.Context, t *Tenant, r *Request) error {
	id, err := b.Identify(ctx, t, r)
	switch {
	case bad(err):
		return nil
	case err != nil:
		return err
	case id.Token.Client != id.Client.ID:
		return nil
	}
	return b.Keep.End(ctx, t, id.Token, r.ID, id.Client.ID)
}

// bad tells whether it is the token that was refused, and not whoever asks about it.
func bad(err error) bool {
	e := AsError(err)
	return e.Code == InvalidToken || e.Code == errBlocked.Code && e.Message == errBlocked.Message
}

// concerns tells whether the client that asks may know about the token: it is
// its own or meant for it, or it may ask about all.
func (id Identity) concerns() bool {
	if id.Token.Kind == ARefreshToken { // nobody else is to take it for an access token
		return id.Client.ID == id.Token.Client
	}
	if id.Client.ID == id.Token.Client || id.Client.Scopes.Cover(SeesAllTokens) {
		return true
	}
	for _, audience := range id.Audience {
		if audience == id.Client.ID {
			return true
		}
	}
	return false
}
