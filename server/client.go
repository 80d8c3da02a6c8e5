package main

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

type clientCommands struct {
	Create  clientCreate  `cmd:"" help:"Register a program that asks for tokens. Its id and its secret are made, and the secret is printed once."`
	List    clientList    `cmd:"" help:"List a tenant's clients and what they may do."`
	Set     clientSet     `cmd:"" help:"Change what a client may do; what is not named stays, and a list takes the former one's place."`
	Rotate  clientRotate  `cmd:"" help:"Make a second secret, which is printed once. Both count until the older one is retired."`
	Retire  clientRetire  `cmd:"" help:"End the older of two live secrets."`
	Disable clientDisable `cmd:"" help:"Let the client do nothing any more; its tokens do not count meanwhile."`
	Enable  clientEnable  `cmd:"" help:"Let it in again."`
	Delete  clientDelete  `cmd:"" help:"Delete a client with its secrets and access tokens. There is no way back."`
}

type clientCreate struct {
	Tenant string `arg:""`
	Name   string `arg:"" help:"What people call it."`
	Secret bool   `env:"-" help:"Make a secret although there is a --jwks-url."`
	Public bool   `env:"-" help:"It can keep no secret, because people have it in their browsers or phones: none is made, and PKCE is required."`
	clientFlags
}

// Run registers the client. One that signs with keys of its own needs no secret.
func (c *clientCreate) Run(a *app) error {
	client := broker.Client{
		ID: newID("client_"), Name: c.Name, Grants: map[broker.GrantType]bool{broker.ClientCredentials: true},
		TokenTTL: broker.DefaultAccessTTL, Lasts: broker.DefaultSession, Grace: broker.DefaultGrace, Public: c.Public, Created: time.Now(),
	}
	err := checkName(c.Name)
	if err == nil {
		err = c.apply(&client)
	}
	if err == nil && c.Public && c.Secret {
		err = errPublic
	}
	if err != nil {
		return err
	}
	var text secret.Text
	var stored *broker.Digest
	if !client.Public && client.JWKSURL == "" || c.Secret {
		text = hash.NewSecret(hash.ClientSecret)
		stored = new(sum(text))
	}
	return a.withStore(func(s *store.Store) error {
		about := describeClient(client)
		about["secret"] = stored != nil
		if err := saying(s, c.Tenant, "client create", about).AddClient(a.ctx, client, stored); err != nil {
			return err
		}
		return a.printClient("Client "+c.Name+" of "+c.Tenant+" is there.", client.ID, text)
	})
}

// printClient shows what a client needs, this once.
func (a *app) printClient(outcome, id string, text secret.Text) error {
	value, lines := map[string]string{"client_id": id}, []string{outcome, "", "    client_id      " + id}
	if !text.Empty() {
		value["client_secret"] = text.Reveal()
		lines = append(lines, "    client_secret  "+text.Reveal(), "", "The secret is shown this once.")
	}
	return a.print(value, strings.Join(lines, "\n"))
}

// newID is an id of ours, which nobody guesses. What it begins with says what it
// is of, so that no client is taken for a user.
func newID(kind string) string { return kind + strings.ToLower(rand.Text()[:20]) }

// checkName is for what people call a client or a token.
func checkName(name string) error {
	if err := broker.CheckTitle(name); err != nil {
		return usageError(err.Error())
	}
	return nil
}

// clientArgs name one client.
type clientArgs struct {
	Tenant string `arg:""`
	Client string `arg:"" help:"The client's id, or its name if no other client has it."`
}

var (
	errNoClient   = errors.New("the tenant has no client of that id or name; client list shows those it has")
	errTwoClients = errors.New("several clients have that name; give the id, as client list shows it")
)

func findClient(a *app, t store.Tenant, name string) (broker.Client, error) {
	list, err := t.Clients(a.ctx)
	if err != nil {
		return broker.Client{}, err
	}
	if i := slices.IndexFunc(list, func(c broker.Client) bool { return c.ID == name }); i >= 0 {
		return list[i], nil
	}
	list = slices.DeleteFunc(list, func(c broker.Client) bool { return c.Name != name })
	switch len(list) {
	case 0:
		return broker.Client{}, errNoClient
	case 1:
		return list[0], nil
	}
	return broker.Client{}, errTwoClients
}

// change does one thing to the client, and says so.
func (c clientArgs) change(a *app, act string, value facts, outcome string, do func(t store.Tenant, id string) error) error {
	return a.withStore(func(s *store.Store) error {
		client, err := findClient(a, s.In(c.Tenant), c.Client)
		if err != nil {
			return err
		}
		value["client_id"] = client.ID
		if err := do(saying(s, c.Tenant, act, value), client.ID); err != nil {
			return err
		}
		return a.print(value, "Client "+client.Name+" ("+client.ID+") "+outcome+".")
	})
}
