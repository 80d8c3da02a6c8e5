package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
)

var errEnded = errors.New("that is a JWT of this tenant's that has expired already: there is nothing to revoke")

// findJWT reads a JWT that the tenant's keys have signed. Under which issuer and
// for whom, the token says itself: a server computes the one, and an operator may
// have changed the other since.
func findJWT(a *app, t store.Tenant, text secret.Text) (found, error) {
	keys, err := t.Keys(a.ctx)
	if err != nil {
		return found{}, err
	}
	claimed := claims(text)
	mint, err := token.New(token.Config{Issuer: claimed.Issuer, Audience: claimed.Audience, Keys: keys})
	if err != nil {
		return found{}, errStrange
	}
	id, err := mint.Read(text.Reveal())
	switch {
	case errors.Is(err, token.ErrExpired):
		return found{}, errEnded
	case err != nil:
		return found{}, errStrange
	}
	return foundJWT(a, id), nil
}

func foundJWT(a *app, id broker.Identity) found {
	f := found{
		kind: "IDToken (JWT)", id: id.Token.ID, client: id.Token.Client, expires: id.Token.Expires, elsewhere: true,
		end: func(t store.Tenant) error { return t.RevokeJWT(a.ctx, id.Token.ID, "", id.Token.Expires) },
	}
	if id.Token.Kind == broker.AnAccessToken {
		f.kind = "access token (JWT)"
	}
	if id.PID == "" { // who has a profile is nobody's business here
		f.subject = id.Subject.ID
	}
	return f
}

// claim is what a JWT says that nobody has verified yet.
type claim struct {
	Issuer   string   `json:"iss"`
	Audience audience `json:"aud"`
}

// audience is one name or several (RFC 7519 section 4.1.3).
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(a))
}

// claims are none for what is no JWT.
func claims(text secret.Text) (c claim) {
	parts := strings.Split(text.Reveal(), ".")
	if len(parts) != 3 {
		return claim{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &c) != nil {
		return claim{}
	}
	return c
}
