package main

import "github.com/shapestoken/shapestoken/server/store"

type userDisable struct{ userArgs }

// Run keeps the user out.
func (c *userDisable) Run(a *app) error {
	return c.change(a, "user disable", facts{"disabled": true}, "is disabled", func(t store.Tenant, id string) error {
		return t.SetUserDisabled(a.ctx, id, true)
	})
}

type userEnable struct{ userArgs }

// Run lets them in.
func (c *userEnable) Run(a *app) error {
	return c.change(a, "user enable", facts{"disabled": false}, "is enabled", func(t store.Tenant, id string) error {
		return t.SetUserDisabled(a.ctx, id, false)
	})
}

type userDelete struct {
	userArgs
	Yes bool `env:"-" help:"Really delete them."`
}

// Run deletes, if it is really meant.
func (c *userDelete) Run(a *app) error {
	if !c.Yes {
		return usageError("this deletes the user with all their tokens for good; add --yes if you mean it")
	}
	return c.change(a, "user delete", facts{"deleted": true}, "is deleted, and all their tokens", func(t store.Tenant, id string) error {
		return t.DeleteUser(a.ctx, id)
	})
}
