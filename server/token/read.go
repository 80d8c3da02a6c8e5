package token

import (
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
		Token:    &broker.Shown{ID: c.ID, Issued: c.IssuedAt, Expires: c.ExpiresAt},
	}
	if typ == accessType {
		return withUse(id, c)
	}
	if !m.forUs(c.Audience) || c.PID == "" { // without a profile it is a client's ID token about a user
		return broker.Identity{}, ErrClaims
	}
	return withCustomer(id, c), nil
}

// withUse is for access tokens: their subject is the client itself, or a user.
func withUse(id broker.Identity, c Claims) (broker.Identity, error) {
	id.Token.Kind, id.Token.Session, id.Scopes = broker.AnAccessToken, c.Session, strings.Fields(c.Scope)
	if c.Client == "" {
		return broker.Identity{}, ErrClaims
	}
	id.Subject = broker.Subject{Kind: broker.Person, ID: c.Subject}
	if c.Client == c.Subject {
		id.Subject.Kind = broker.Program
	}
	if c.Client != broker.LoginClient {
		id.Token.Client = c.Client
	}
	return id, nil
}

func withCustomer(id broker.Identity, c Claims) broker.Identity {
	id.Token.Kind, id.PID = broker.AnIDToken, c.PID
	if strings.HasPrefix(c.Subject, guestPrefix) {
		id.Subject = broker.Subject{Kind: broker.Guest}
		return id
	}
	id.Subject = broker.Subject{Kind: broker.Customer, ID: c.CustomerID}
	id.Shop = &broker.Shop{Name: c.Shop}
	return id
}
