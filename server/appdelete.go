package main

import (
	"errors"

	"github.com/shapestoken/shapestoken/server/store"
)

type appDelete struct {
	Tenant string `arg:""`
	ID     string `arg:"" help:"The app's id."`
	Yes    bool   `env:"-" help:"Really delete it."`
}

// Run deletes, if it is really meant.
func (c *appDelete) Run(a *app) error {
	if !c.Yes {
		return usageError("this deletes the app, and who has enabled it, for good; add --yes if you mean it")
	}
	return a.withStore(func(s *store.Store) error {
		value := facts{"app_id": c.ID, "deleted": true}
		err := saying(s, c.Tenant, "app delete", value).DeleteApp(a.ctx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			return errNoApp
		}
		if err != nil {
			return err
		}
		return a.print(value, "App "+c.ID+" of "+c.Tenant+" is deleted.")
	})
}
