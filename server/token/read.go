package token

import (
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
)

// guestPrefix begins the subject of a guest's IDToken.
const guestPrefix = "anon:"

// Read implements broker.Reader for IDTokens and access tokens. Whom an access
// token is meant for, the caller looks: it may be somebody else. Errors are those
// of Verify.
func (m *Mint) Read(token string) (broker.Identity, error) {
	c, typ, err := m.parse(token)
	if err != nil {
		return broker.Identity{}, err
	}
	id := broker.Identity{
		Method:   broker.OurToken,
		Audience: c.Audience,
		NotAfter: c.ExpiresAt,
		Token: &broker.Shown{
			ID: c.ID, Session: c.Session, Exchanged: slices.Contains(c.Methods, broker.OurToken), Issued: c.IssuedAt, Expires: c.ExpiresAt,
		},
	}
	id.Actor = actor(c.Actor, *id.Token)
	if c.Client != broker.LoginClient {
		id.Token.Client = c.Client
	}
	if typ == accessType {
		return withUse(id, c)
	}
	if !m.forUs(c.Audience) || c.PID == "" { // without a profile it is a client's ID token about a user
		return broker.Identity{}, ErrClaims
	}
	id.Token.Kind = broker.AnIDToken
	return withProfile(id, c), nil
}

// actor is who speaks for the subject, by the word of the token.
func actor(a *Actor, token broker.Shown) *broker.Identity {
	if a == nil {
		return nil
	}
	token.Session = a.Session
	kind := broker.Person
	if a.Client == a.Subject {
		kind = broker.Program
	}
	return &broker.Identity{
		Subject: broker.Subject{Kind: kind, ID: a.Subject},
		Method:  broker.OurToken,
		Token:   &token,
		Actor:   actor(a.Before, token),
	}
}

// withUse is for access tokens: their subject is the client itself, a user, or
// whoever has a profile.
func withUse(id broker.Identity, c Claims) (broker.Identity, error) {
	id.Token.Kind, id.Scopes = broker.AnAccessToken, strings.Fields(c.Scope)
	if c.Client == "" {
		return broker.Identity{}, ErrClaims
	}
	switch {
	case c.PID != "":
		return withProfile(id, c), nil
	case c.Client == c.Subject, c.Program:
		id.Subject = broker.Subject{Kind: broker.Program, ID: c.Subject}
	default:
		id.Subject = broker.Subject{Kind: broker.Person, ID: c.Subject}
	}
	return id, nil
}

func withProfile(id broker.Identity, c Claims) broker.Identity {
	id.PID = c.PID
	switch {
	case strings.HasPrefix(c.Subject, guestPrefix):
		id.Subject = broker.Subject{Kind: broker.Guest}
	case c.CustomerID == "":
		id.Subject, id.Issuer = broker.Subject{Kind: broker.External, ID: c.Elsewhere.Subject}, c.Elsewhere.Issuer
	default:
		id.Subject, id.Shop, id.Issuer = broker.Subject{Kind: broker.Customer, ID: c.CustomerID}, &broker.Shop{Name: c.Shop}, c.Elsewhere.Issuer
	}
	return id
}
