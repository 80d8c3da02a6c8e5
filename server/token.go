package main

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/store"
)

type tokenCommands struct {
	Create tokenCreate `cmd:"" help:"Make an API token of a user, which is printed once."`
	List   tokenList   `cmd:"" help:"List API tokens, the newest first."`
	Revoke tokenRevoke `cmd:"" help:"End a token for good: an API token by its id, all access tokens of a client or of a user, or whatever was found somewhere (--token-stdin)."`
}

type tokenCreate struct {
	Tenant  string   `arg:""`
	Name    string   `arg:"" help:"What people call it."`
	User    string   `required:"" env:"-" help:"The login of whose token it is. It ends when they are deleted." placeholder:"LOGIN"`
	Scope   []string `env:"-" help:"What it may be used for: at most what its user may, and without it all of that. May be repeated." placeholder:"SCOPE"`
	Expires *life    `env:"-" help:"How long it lives, such as 90d. Without it: until it is revoked." placeholder:"D"`
}

var errScope = errors.New("the user may not do all of that: name fewer scopes, or give the user more with user set --scope")

// Run makes the token.
func (c *tokenCreate) Run(a *app) error {
	if err := checkName(c.Name); err != nil {
		return err
	}
	asked, err := readScopes(c.Scope)
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		user, err := findUser(a, s.In(c.Tenant), c.User)
		if err != nil {
			return err
		}
		token := broker.APIToken{ID: rand.Text(), User: user.ID, Name: c.Name, Made: time.Now().Truncate(time.Second)}
		if token.Scopes, err = user.Scopes.Narrow(asked); err != nil {
			return errScope
		}
		if c.Expires != nil && *c.Expires != life(broker.Forever) {
			token.Expires = token.Made.Add(time.Duration(*c.Expires))
		}
		return c.make(a, s, user, token)
	})
}

func (c *tokenCreate) make(a *app, s *store.Store, user broker.User, token broker.APIToken) error {
	about := aboutUser(user)
	about["id"], about["name"], about["scopes"], about["expires"] = token.ID, token.Name, notNil(token.Scopes), stamp(token.Expires)
	text := hash.NewSecret(hash.APIToken)
	if err := saying(s, c.Tenant, "token create", about).AddAPIToken(a.ctx, token, sum(text)); err != nil {
		return err
	}
	if len(token.Scopes) == 0 {
		a.say("Note: the user has no scopes, and so the token has none and is good for nothing. Give the user some with user set, and make another.")
	}
	return a.print(map[string]string{"id": token.ID, "accessToken": text.Reveal()}, strings.Join([]string{
		"API token " + token.Name + " of " + user.Login + ", shown this once; its id is " + token.ID + ".",
		"",
		"    " + text.Reveal(),
	}, "\n"))
}
