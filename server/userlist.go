package main

import "github.com/shapestoken/shapestoken/server/store"

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
