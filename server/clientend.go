package main

import "github.com/shapestoken/shapestoken/server/store"

type clientDisable struct{ clientArgs }

// Run keeps the client out.
func (c *clientDisable) Run(a *app) error {
	return c.change(a, "client disable", facts{"disabled": true}, "is disabled", func(t store.Tenant, id string) error {
		return t.SetClientDisabled(a.ctx, id, true)
	})
}

type clientEnable struct{ clientArgs }

// Run lets it in.
func (c *clientEnable) Run(a *app) error {
	return c.change(a, "client enable", facts{"disabled": false}, "is enabled", func(t store.Tenant, id string) error {
		return t.SetClientDisabled(a.ctx, id, false)
	})
}

type clientDelete struct {
	clientArgs
	Yes bool `env:"-" help:"Really delete it."`
}

// Run deletes, if it is really meant.
func (c *clientDelete) Run(a *app) error {
	if !c.Yes {
		return usageError("this deletes the client with its secrets and access tokens for good; add --yes if you mean it")
	}
	return c.change(a, "client delete", facts{"deleted": true}, "is deleted; API tokens that users made through it stay", func(t store.Tenant, id string) error {
		return t.DeleteClient(a.ctx, id)
	})
}
