package main

import (
	"errors"
	"regexp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type profileCommands struct {
	Link    profileLink    `cmd:"" help:"Give a customer a profile id of your own in place of the derived one."`
	Unlink  profileUnlink  `cmd:"" help:"Go back to the derived profile id."`
	Show    profileShow    `cmd:"" help:"Show who a profile id belongs to, if that customer has been seen or linked."`
	Block   profileBlock   `cmd:"" help:"Issue no more tokens for a customer, and forget who it was."`
	Unblock profileUnblock `cmd:"" help:"Issue tokens for a blocked customer again."`

	Requests profileRequests `cmd:"" help:"Show which customers want to know what is held of them, and what that is."`
}

// customerArgs name one customer of one shop.
type customerArgs struct {
	Tenant   string `arg:""`
	Shop     string `arg:"" help:"The shop's permanent domain."`
	Customer string `arg:"" help:"The customer id, in decimal."`
}

func (c customerArgs) ref() (broker.CustomerRef, error) {
	if !hmac.ValidShop(c.Shop) || !hmac.ValidID(c.Customer) {
		return broker.CustomerRef{}, usageError("name the customer by SHOP.myshopify.com and a decimal id")
	}
	return broker.CustomerRef{Shop: c.Shop, ID: c.Customer}, nil
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

type profileLink struct {
	customerArgs
	PID string `arg:"" name:"pid" help:"The profile id: a UUID in lower case."`
}

// Run links.
func (c *profileLink) Run(a *app) error {
	if !uuid.MatchString(c.PID) {
		return usageError("a profile id is a UUID in lower case")
	}
	return c.change(a, "link", facts{"pid": c.PID}, "is linked to "+c.PID, func(t store.Tenant, ref broker.CustomerRef) error {
		return t.LinkProfile(a.ctx, broker.Link{Customer: ref, PID: c.PID})
	})
}

type profileUnlink struct{ customerArgs }

// Run unlinks.
func (c *profileUnlink) Run(a *app) error {
	return c.change(a, "unlink", facts{"linked": false}, "has its derived profile id again", func(t store.Tenant, ref broker.CustomerRef) error {
		return t.UnlinkProfile(a.ctx, ref)
	})
}

type profileBlock struct{ customerArgs }

// Run blocks.
func (c *profileBlock) Run(a *app) error {
	return c.change(a, "block", facts{"blocked": true}, "gets no more tokens", func(t store.Tenant, ref broker.CustomerRef) error {
		return t.Block(a.ctx, ref)
	})
}

type profileUnblock struct{ customerArgs }

// Run unblocks.
func (c *profileUnblock) Run(a *app) error {
	return c.change(a, "unblock", facts{"blocked": false}, "gets tokens again", func(t store.Tenant, ref broker.CustomerRef) error {
		return t.Unblock(a.ctx, ref)
	})
}

// change does one thing to one customer and says so; who that is, the audit is
// not told: of whoever is blocked, nothing may stay.
func (c customerArgs) change(a *app, act string, value facts, outcome string, do func(store.Tenant, broker.CustomerRef) error) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		if _, err := findShop(a.ctx, s.In(c.Tenant), c.Shop); err != nil {
			return err
		}
		value["shop"] = c.Shop
		if err := do(saying(s, c.Tenant, "profile "+act, value), ref); err != nil {
			return err
		}
		value["tenant"], value["customer_id"] = c.Tenant, c.Customer
		return a.print(value, "Customer "+c.Customer+" of "+c.Shop+" "+outcome+".")
	})
}

type profileShow struct {
	Tenant string `arg:""`
	PID    string `arg:"" name:"pid"`
}

// Run shows the customers behind a profile id.
func (c *profileShow) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		found, err := s.In(c.Tenant).Profile(a.ctx, c.PID)
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("no customer with that profile id has been seen or linked")
		}
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"SHOP", "CUSTOMER", "FIRST SEEN"}}
		for _, p := range found {
			seen := rfc3339(p.FirstSeen)
			values = append(values, map[string]any{"pid": p.PID, "shop": p.Customer.Shop, "customer_id": p.Customer.ID, "first_seen": seen})
			rows = append(rows, []string{p.Customer.Shop, p.Customer.ID, seen})
		}
		return a.print(values, table(rows))
	})
}
