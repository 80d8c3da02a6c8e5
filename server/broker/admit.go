package broker

import (
	"slices"
	"time"
)

// admit refuses who is gone, disabled or blocked, and names the profile of a
// customer who is not. It runs at every grant, for who is spoken of and for who
// speaks.
func admit(t *Tenant, id Identity) (Identity, error) {
	switch id.Subject.Kind {
	case Nobody:
		return Identity{}, errNoSubject
	case Customer:
		if t.blocks(id.Shop.Name, id.Subject.ID) {
			return Identity{}, errBlocked
		}
		id.PID = t.PID(id.Shop.Name, id.Subject.ID)
	case Person:
		return t.admitUser(id)
	case Program:
		return t.admitProgram(id)
	case External:
		return t.admitExternal(id)
	}
	return id, nil
}

// admitActor refuses, for whomever they speak, who is not there themselves any more.
func (t *Tenant) admitActor(actor *Identity) error {
	if !t.stands(*actor) {
		return gone(*actor)
	}
	_, err := admit(t, *actor)
	return err
}

// admitUser also takes from an older token what its user, or the client that got
// it, may no longer do.
func (t *Tenant) admitUser(id Identity) (Identity, error) {
	user := t.Users[id.Subject.ID]
	if user == nil || user.Disabled || id.before(user.Since) {
		return Identity{}, gone(id)
	}
	id.Scopes = id.Scopes.Common(user.allows(id.Token))
	if token := id.Token; token != nil && token.Kind != AnAPIToken && token.Client != "" {
		id.Scopes = id.Scopes.Common(t.Clients[token.Client].Scopes) // which stands has seen to be there
	}
	return id, nil
}

// allows is what the user may do, and with what they have got by signing in at our
// pages also say who they are.
func (u *User) allows(token *Shown) Scopes {
	if token == nil || token.Session == "" && token.Kind != ACookie {
		return u.Scopes
	}
	return slices.Concat(u.Scopes, AboutPerson)
}

// admitProgram looks at the client that is spoken of: another may have the token.
func (t *Tenant) admitProgram(id Identity) (Identity, error) {
	client := t.Clients[id.Subject.ID]
	if client == nil || client.Disabled || id.before(client.Since) {
		return Identity{}, gone(id)
	}
	id.Scopes = id.Scopes.Common(client.Scopes)
	return id, nil
}

// admitExternal takes an issuer's word for as long as it is trusted. The profile
// is nobody's of a shop: no shop is called by a URL.
func (t *Tenant) admitExternal(id Identity) (Identity, error) {
	if t.Issuers[id.Issuer] == nil {
		return Identity{}, gone(id)
	}
	id.PID = t.PID(id.Issuer, id.Subject.ID)
	return id, nil
}

// before tells whether the identity comes from an access token that is older.
// A JWT's time is in whole seconds, so one of the very second counts as older.
func (id Identity) before(since time.Time) bool {
	return id.Token != nil && id.Token.Kind != AnAPIToken && id.Token.Issued.Before(since)
}

// gone is the answer to whoever came for somebody who is not there any more: the
// same as if the token, or the password, had been wrong.
func gone(id Identity) error {
	switch {
	case id.Token == nil:
		return ErrLogin
	case id.Session != nil:
		return ErrGrant
	case id.Token.Kind == ACookie:
		return ErrSignIn
	}
	return ErrToken
}

// What is said of all that is wrong with evidence of one kind, so that the
// answer tells nothing about who exists.
var (
	ErrToken  = Refuse(InvalidToken, "the token is not good here: it is malformed, has expired or was revoked, or is another tenant's; get a new one")
	ErrLogin  = Refuse(InvalidGrant, "the login or the password is wrong")
	ErrGrant  = Refuse(InvalidGrant, "the code or refresh token is not good here: it has expired, was used or revoked, or is not this client's; have the person sign in again")
	ErrClient = Refuse(InvalidClient, "client authentication failed: check client_id and client_secret, and that they are this tenant's")
)
