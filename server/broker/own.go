package broker

import "context"

// OwnTokens are the API tokens of the user who asks, newest first.
func (b *Broker) OwnTokens(ctx context.Context, t *Tenant, r *Request) ([]APIToken, error) {
	user, err := b.user(ctx, t, r)
	if err != nil {
		return nil, err
	}
	return b.Keep.APITokens(ctx, t, user)
}

// EndOwn ends an API token of the user who asks, by its id. One of somebody
// else's is not found.
func (b *Broker) EndOwn(ctx context.Context, t *Tenant, r *Request, id string) error {
	user, err := b.user(ctx, t, r)
	if err != nil {
		return err
	}
	return b.Keep.End(ctx, t, &Shown{Kind: AnAPIToken, ID: id, User: user}, r.ID, user)
}

func (b *Broker) user(ctx context.Context, t *Tenant, r *Request) (string, error) {
	id, err := b.Identify(ctx, t, r)
	switch {
	case err != nil:
		return "", err
	case id.Subject.Kind != Person:
		return "", errNotUser
	}
	return id.Subject.ID, nil
}
