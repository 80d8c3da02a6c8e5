package broker

import (
	"context"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Allowed is what a person has allowed a client.
type Allowed struct {
	Client *Client
	Consent
}

// Allowed returns who is signed in, and what they have allowed.
func (b *Broker) Allowed(ctx context.Context, t *Tenant, r *Request) (*User, []Allowed, error) {
	id, err := b.Identify(ctx, t, r)
	if err != nil {
		return nil, nil, err
	}
	consents, err := b.Keep.Consents(ctx, t, id.Subject.ID)
	if err != nil {
		return nil, nil, err
	}
	var list []Allowed
	for _, c := range consents {
		if client := t.Clients[c.Client]; client != nil {
			list = append(list, Allowed{client, c})
		}
	}
	return t.Users[id.Subject.ID], list, nil
}

// Disallow ends all that the person who is signed in has allowed a client: it is
// asked for anew the next time, and what it has got is good no more.
func (b *Broker) Disallow(ctx context.Context, t *Tenant, r *Request, client string) error {
	id, err := b.Identify(ctx, t, r)
	if err != nil {
		return err
	}
	return b.Keep.Disallow(ctx, t, id.Subject.ID, client, r.ID)
}

// SignOut ends what a browser's cookie stands for. It may be called again.
func (b *Broker) SignOut(ctx context.Context, t *Tenant, cookie secret.Text) error {
	if cookie.Empty() {
		return nil
	}
	return b.Keep.EndSignIn(ctx, t, cookie)
}
