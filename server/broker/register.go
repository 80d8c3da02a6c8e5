package broker

import (
	"context"

	"github.com/shapestoken/shapestoken/server/secret"
)

// RegistersClients is the scope of an initial access token (RFC 7591 section 3).
const RegistersClients = "clients.register"

// MostClients is how many clients a tenant may have for one more to register
// itself: every server keeps them in memory.
const MostClients = 5_000

const mostRedirects = 10

// Register makes a client by what it says of itself (RFC 7591 section 2). It is one
// through which people sign in, and may ask for no more than whoever brings the
// initial access token may do, beside who they are. The secret is empty for a
// public one.
func (b *Broker) Register(ctx context.Context, t *Tenant, r *Request, c Client) (Client, secret.Text, error) {
	id, err := b.Identify(ctx, t, r)
	switch {
	case err != nil:
		return Client{}, secret.Text{}, err
	case len(t.Clients) >= MostClients:
		return Client{}, secret.Text{}, errFull
	}
	if err := c.describes(); err != nil {
		return Client{}, secret.Text{}, err
	}
	if c.Scopes, err = id.hands(c.Scopes); err != nil {
		return Client{}, secret.Text{}, err
	}
	return b.Keep.KeepClient(ctx, t, c, id)
}

// hands is what a client gets of what it asks for: all of it, or who people are if
// it asks for nothing.
func (id Identity) hands(asked Scopes) (Scopes, error) {
	if len(asked) == 0 {
		return AboutPerson, nil
	}
	for _, name := range asked {
		if !id.Scopes.Cover(name) && !AboutPerson.Cover(name) {
			return nil, errMetadata("scope is more than the initial access token may hand on")
		}
	}
	return asked, nil
}

// describes refuses what no client can be.
func (c Client) describes() error {
	if err := CheckTitle(c.Name); err != nil {
		return errMetadata("client_name is missing or wrong: " + err.Error())
	}
	switch {
	case !c.Grants[AuthorizationCode]:
		return errMetadata("grant_types must have authorization_code, and may have refresh_token")
	case len(c.Redirects) == 0 || len(c.Redirects) > mostRedirects:
		return errRedirects("redirect_uris must be a list of 1 to 10")
	}
	for _, uri := range c.Redirects {
		if err := CheckRedirect(uri); err != nil {
			return errRedirects(err.Error())
		}
	}
	return nil
}

func errMetadata(text string) error { return Refuse(InvalidMetadata, text) }

func errRedirects(text string) error { return Refuse(InvalidRedirect, text) }

var errFull = Refuse(AccessDenied, "this tenant has as many clients as it can have; an operator has to delete some")
