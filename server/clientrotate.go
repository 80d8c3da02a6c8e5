package main

import (
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/store"
)

type clientRotate struct{ clientArgs }

// Run makes the secret.
func (c *clientRotate) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		client, err := findClient(a, s.In(c.Tenant), c.Client)
		if err != nil {
			return err
		}
		text := hash.NewSecret(hash.ClientSecret)
		err = saying(s, c.Tenant, "client rotate", facts{"client_id": client.ID}).RotateClient(a.ctx, client.ID, sum(text))
		switch {
		case errors.Is(err, store.ErrTwoLive):
			return errors.New("two secrets are live already: when nobody uses the older one any more, end it with client retire, and rotate then")
		case err != nil:
			return err
		}
		return a.printClient(c.outcome(client), client.ID, text)
	})
}

func (c *clientRotate) outcome(client broker.Client) string {
	if len(client.Sums) == 0 {
		return "Client " + client.Name + " has a secret."
	}
	return "Client " + client.Name + " has a second secret. The former one counts until: shapestoken client retire " + c.Tenant + " " + client.ID
}

type clientRetire struct{ clientArgs }

// Run ends the older secret.
func (c *clientRetire) Run(a *app) error {
	return c.change(a, "client retire", facts{"retired": true}, "has its newest secret only", func(t store.Tenant, id string) error {
		err := t.RetireClientSecret(a.ctx, id)
		if errors.Is(err, store.ErrOneLive) {
			return errors.New("the client has no older secret: make a second one with client rotate first")
		}
		return err
	})
}
