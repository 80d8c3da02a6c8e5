package main

import (
	"reflect"

	"github.com/shapestoken/shapestoken/server/store"
)

type clientSet struct {
	clientArgs
	clientFlags
}

// Run changes what is named.
func (c *clientSet) Run(a *app) error {
	if reflect.ValueOf(c.clientFlags).IsZero() {
		return usageError("name what to change: see shapestoken client set --help")
	}
	return c.change(a, "client set", given(c.clientFlags), "is changed", func(t store.Tenant, id string) error {
		return t.ChangeClient(a.ctx, id, c.apply)
	})
}
