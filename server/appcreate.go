package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type appCommands struct {
	Create appCreate `cmd:"" help:"Register an app. People enable it at /v1/oauth/authorize?app_id=ID, and it learns who they are."`
	List   appList   `cmd:"" help:"List a tenant's apps, what they may do and how often they were installed."`
	Paid   appPaid   `cmd:"" help:"Note that somebody has paid for an app: until then only who has enabled it has it."`
	Delete appDelete `cmd:"" help:"Delete an app, and who has enabled it. There is no way back."`
}

type appCreate struct {
	Tenant     string   `arg:""`
	ID         string   `arg:"" help:"What the app calls itself: 1 to 128 letters, digits, dots, hyphens and underscores."`
	Name       string   `required:"" env:"-" help:"What people read."`
	HomeURL    string   `env:"-" name:"home-url" help:"Where people are sent who have enabled the app; uid, and state if it was given, are added to its query. Without it nobody can." placeholder:"URL"`
	SetupURL   string   `env:"-" name:"setup-url" help:"Asked with uid added to its query before somebody enables the app; it must answer {\"is_setup_completed\": true}. The service calls public addresses by https alone." placeholder:"URL"`
	Capability []string `env:"-" help:"What the app is for, such as ${capabilities}. May be repeated." placeholder:"C"`
	Action     []string `env:"-" help:"What it does for people: ${actions}. May be repeated." placeholder:"A"`
	Trigger    string   `env:"-" help:"What it is told of: ${triggers}." placeholder:"T"`
	Scope      []string `env:"-" help:"What its notifications may be about: ${notifications}. May be repeated." placeholder:"S"`
	Private    bool     `env:"-" help:"Only its owner and testers may enable it."`
	Paid       bool     `env:"-" help:"Only who has paid may enable it: see app paid."`
	Owner      string   `env:"-" help:"Who made it: their uid at Firebase." placeholder:"UID"`
	Tester     []string `env:"-" help:"Who may enable it while it is private: their uid. May be repeated." placeholder:"UID"`
}

// Run registers the app.
func (c *appCreate) Run(a *app) error {
	made := broker.App{
		ID: c.ID, Name: c.Name, HomeURL: c.HomeURL, SetupURL: c.SetupURL, Capabilities: c.Capability, Actions: c.Action,
		Trigger: c.Trigger, NotificationScopes: c.Scope, Private: c.Private, Paid: c.Paid, Owner: c.Owner, Testers: c.Tester,
	}
	elsewhere := c.SetupURL != "" || c.Trigger != "" || len(c.Action) > 0
	if elsewhere && !slices.Contains(made.Capabilities, broker.ExternalIntegration) {
		made.Capabilities = append(made.Capabilities, broker.ExternalIntegration)
	}
	if err := c.check(a); err != nil {
		return err
	}
	for _, word := range strangers(made) {
		a.say("Nobody is told what %s means: it is none of the words that --help has.", word)
	}
	return a.withStore(func(s *store.Store) error {
		value := describeApp(made)
		if err := saying(s, c.Tenant, "app create", value).AddApp(a.ctx, made); err != nil {
			return err
		}
		return a.print(value, c.outcome(made))
	})
}

func (c *appCreate) outcome(made broker.App) string {
	text := fmt.Sprintf("App %s of %s is there.", c.Name, c.Tenant)
	if c.HomeURL == "" {
		return text + " Nobody can enable it, because it has no --home-url."
	}
	return text + " People enable it at /v1/oauth/authorize?app_id=" + made.ID + ", and read there that it may:\n\n    " + strings.Join(made.Permissions(), "\n    ")
}
