package main

import (
	"fmt"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type originCommands struct {
	Add    originAdd    `cmd:"" help:"Let pages of an origin use the tenant."`
	Remove originRemove `cmd:"" help:"No longer let them."`
	List   originList   `cmd:"" help:"List a tenant's origins."`
}

type originAdd struct {
	Tenant string `arg:""`
	Origin string `arg:"" help:"Exactly what location.origin says on the page, such as https://shop.example.com. Every domain of a shop counts, its myshopify.com domain and http://127.0.0.1:9292 of theme dev among them."`
	Shop   string `help:"Bind the origin to this shop: only its signatures count from there." placeholder:"SHOP"`
}

// Run adds one origin.
func (c *originAdd) Run(a *app) error {
	if err := broker.CheckOrigin(c.Origin); err != nil {
		return usageError(err.Error())
	}
	return a.withStore(func(s *store.Store) error {
		t := saying(s, c.Tenant, "origin add", facts{"origin": c.Origin, "shop": c.Shop})
		if err := t.AddOrigin(a.ctx, broker.Origin{Origin: c.Origin, Shop: c.Shop}); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimSpace(c.Origin+" "+c.Shop), err)
		}
		return a.print(map[string]any{"tenant": c.Tenant, "origin": c.Origin, "shop": c.Shop}, "Pages of "+c.Origin+" may use "+c.Tenant+".")
	})
}

type originRemove struct {
	Tenant string `arg:""`
	Origin string `arg:""`
}

// Run removes one origin.
func (c *originRemove) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		if err := saying(s, c.Tenant, "origin remove", facts{"origin": c.Origin}).RemoveOrigin(a.ctx, c.Origin); err != nil {
			return fmt.Errorf("%s: %w", c.Origin, err)
		}
		return a.print(map[string]any{"tenant": c.Tenant, "origin": c.Origin, "removed": true}, "Pages of "+c.Origin+" may no longer use "+c.Tenant+".")
	})
}

type originList struct {
	Tenant string `arg:""`
}

// Run lists a tenant's origins.
func (c *originList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Origins(a.ctx)
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"ORIGIN", "SHOP"}}
		for _, o := range all {
			values = append(values, map[string]any{"origin": o.Origin, "shop": o.Shop})
			rows = append(rows, []string{o.Origin, o.Shop})
		}
		return a.print(values, table(rows))
	})
}
