package main

import (
	"fmt"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type appList struct {
	Tenant string `arg:""`
}

// Run lists apps.
func (c *appList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Apps(a.ctx)
		if err != nil {
			return err
		}
		installs, err := s.In(c.Tenant).Installs(a.ctx)
		if err != nil {
			return err
		}
		values := []facts{}
		rows := [][]string{{"APP", "NAME", "FOR", "INSTALLS", "HOME", "SET-UP"}}
		for _, made := range all {
			value := describeApp(made)
			value["permissions"], value["installs"], value["created_at"] = made.Permissions(), installs[made.ID], rfc3339(made.Created)
			values = append(values, value)
			rows = append(rows, []string{made.ID, made.Name, forWhom(made), fmt.Sprint(installs[made.ID]), made.HomeURL, made.SetupURL})
		}
		return a.print(values, table(rows))
	})
}

// describeApp is what was registered.
func describeApp(a broker.App) facts {
	return facts{
		"app_id": a.ID, "name": a.Name, "home_url": a.HomeURL, "setup_url": a.SetupURL, "capabilities": notNil(a.Capabilities),
		"actions": notNil(a.Actions), "trigger": a.Trigger, "scopes": notNil(a.NotificationScopes), "private": a.Private, "paid": a.Paid,
		"owner": a.Owner, "testers": notNil(a.Testers),
	}
}

// forWhom is who may enable an app.
func forWhom(a broker.App) string {
	words := []string{"everybody"}
	if a.Private {
		words[0] = "its owner and testers"
	}
	if a.Paid {
		words = append(words, "who has paid")
	}
	return strings.Join(words, ", ")
}
