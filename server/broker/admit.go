package broker

import (
	"slices"
	"time"
)

// admit refuses who is gone, disabled or blocked, or was vouched for by somebody
// whom nobody trusts any more, and names the profile of whoever has one. It runs
// at every grant, for who is spoken of and for who speaks.
func admit(t *Tenant, id Identity) (Identity, error) {
	if id.Issuer != "" && t.Issuers[id.Issuer] == nil { // it is trusted no more
		return Identity{}, gone(id)
	}
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
		id.PID = t.PID(id.Issuer, id.Subject.ID) // nobody's of a shop: no shop is called by a URL
	}
	return id, nil
}

// admitActors refuses whoever speaks for somebody and is not there themselves any
// more: who has just come, and who speaks by the subject's own token. Who spoke
// before that one decides nothing (RFC 8693 section 4.1).
func (t *Tenant) admitActors(id Identity) error {
	for actor := id.Actor; actor != nil; actor = actor.Actor {
		if !t.stands(*actor) {
			return gone(*actor)
		}
		if _, err := admit(t, *actor); err != nil {
			return err
		}
		if id.Token != nil && actor.Token.ID == id.Token.ID {
			break
		}
	}
	return nil
}

// admitUser also takes from an older token what its user, or the client that got
// it, may no longer do.
func (t *Tenant) admitUser(id Identity) (Identity, error) {
	user := t.Users[id.Subject.ID]
	if user == nil || user.Disabled || id.before(user.Since) {
		return Identity{}, gone(id)
	}
	id.Scopes = t.heldScopes(id, id.Scopes.Common(user.allows(id.Token)))
	return id, nil
}

// heldScopes are what is left of scopes to the client that has the token.
func (t *Tenant) heldScopes(id Identity, scopes Scopes) Scopes {
	if token := id.Token; token != nil && token.Kind != AnAPIToken && token.Client != "" {
		return scopes.Common(t.Clients[token.Client].Scopes) // which stands has seen to be there
	}
	return scopes
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
	id.Scopes = t.heldScopes(id, id.Scopes.Common(client.Scopes))
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
