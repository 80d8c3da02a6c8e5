package main

import (
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/store"
)

type tokenRevoke struct {
	Tenant     string `arg:""`
	ID         string `arg:"" name:"id" optional:"" help:"An API token's id, as token list shows it."`
	Client     string `env:"-" help:"All access tokens that this client has got so far; by id or name. API tokens stay." placeholder:"CLIENT"`
	User       string `env:"-" help:"All access tokens of the user with this login so far. Their API tokens stay." placeholder:"LOGIN"`
	TokenStdin bool   `env:"-" help:"A token that was found somewhere, from stdin: an API token, an opaque access token or a JWT of this tenant. What it was is printed, never the token."`
}

// Run revokes what is named, by one way.
func (c *tokenRevoke) Run(a *app) error {
	ways := 0
	for _, way := range []bool{c.ID != "", c.Client != "", c.User != "", c.TokenStdin} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return usageError("say what to revoke: the id of an API token, --client, --user or --token-stdin; one of them")
	}
	return a.withStore(func(s *store.Store) error {
		switch {
		case c.Client != "":
			return c.ofClient(a, s)
		case c.User != "":
			return c.ofUser(a, s)
		case c.TokenStdin:
			return c.found(a, s)
		}
		return c.one(a, s)
	})
}

// errNoToken does not repeat what was typed: it may be a token.
var errNoToken = errors.New("the tenant has no API token of that id; token list shows those it has. A token itself is revoked with --token-stdin")

func (c *tokenRevoke) one(a *app, s *store.Store) error {
	err := saying(s, c.Tenant, "token revoke", facts{"id": c.ID}).RevokeAPIToken(a.ctx, c.ID, "", time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return errNoToken
	}
	if err != nil {
		return err
	}
	return a.print(facts{"id": c.ID, "revoked": true}, "API token "+c.ID+" is revoked.")
}

func (c *tokenRevoke) ofClient(a *app, s *store.Store) error {
	client, err := findClient(a, s.In(c.Tenant), c.Client)
	if err != nil {
		return err
	}
	about := facts{"client_id": client.ID}
	if err := saying(s, c.Tenant, "token revoke", about).RevokeClientTokens(a.ctx, client.ID, time.Now()); err != nil {
		return err
	}
	a.say(elsewhere)
	return a.print(facts{"client_id": client.ID, "revoked": true}, "All access tokens that "+client.Name+" has got so far are revoked. It can get new ones until: client disable.")
}

func (c *tokenRevoke) ofUser(a *app, s *store.Store) error {
	user, err := findUser(a, s.In(c.Tenant), c.User)
	if err != nil {
		return err
	}
	if err := saying(s, c.Tenant, "token revoke", aboutUser(user)).RevokeUserTokens(a.ctx, user.ID, time.Now()); err != nil {
		return err
	}
	a.say("Their API tokens stay: token list %s --user %s shows them, token revoke ends each.", c.Tenant, user.Login)
	a.say(elsewhere)
	value := aboutUser(user)
	value["revoked"] = true
	return a.print(value, "All access tokens of "+user.Login+" so far are revoked.")
}

const elsewhere = "Whoever verifies JWTs with the JWKS alone, and does not ask here, takes them until they expire."

func (c *tokenRevoke) found(a *app, s *store.Store) error {
	text, err := a.secretFromStdin()
	if err != nil {
		return err
	}
	f, err := find(a, s.In(c.Tenant), text)
	if err != nil {
		return err
	}
	value := f.value()
	if err := f.end(saying(s, c.Tenant, "token revoke", value)); err != nil {
		return err
	}
	if f.elsewhere {
		a.say(elsewhere)
	}
	value["revoked"] = true
	return a.print(value, "It was "+f.text()+". It is revoked.")
}
