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

type userList struct {
	Tenant string `arg:""`
}

// Run lists users by their logins.
func (c *userList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Users(a.ctx)
		if err != nil {
			return err
		}
		values := []facts{}
		rows := [][]string{{"LOGIN", "USER", "KIND", "STATUS", "SCOPES", "MADE"}}
		for _, u := range all {
			kind := map[bool]string{true: "machine", false: "person"}[u.Machine]
			values = append(values, facts{
				"user_id": u.ID, "login": u.Login, "machine": u.Machine, "disabled": u.Disabled, "scopes": notNil(u.Scopes),
				"created_at": rfc3339(u.Created), "revoked_before": stamp(u.Since),
			})
			rows = append(rows, []string{u.Login, u.ID, kind, status(u.Disabled), u.Scopes.String(), rfc3339(u.Created)})
		}
		return a.print(values, table(rows))
	})
}
