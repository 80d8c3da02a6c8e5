package main

import (
	"github.com/shapestoken/shapestoken/server/store"
)

type userSet struct {
	userArgs
	Scope []string `env:"-" help:"What their tokens may be used for at most from now on, those there are too. May be repeated; '' for nothing." placeholder:"SCOPE"`
}

// Run replaces the scopes.
func (c *userSet) Run(a *app) error {
	if c.Scope == nil {
		return usageError("name what to change: --scope")
	}
	scopes, err := readScopes(c.Scope)
	if err != nil {
		return err
	}
	return c.change(a, "user set", facts{"scopes": notNil(scopes)}, "is changed", func(t store.Tenant, id string) error {
		return t.SetUserScopes(a.ctx, id, scopes)
	})
}
