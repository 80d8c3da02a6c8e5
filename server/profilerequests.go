package main

import (
	"errors"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type profileRequests struct {
	Tenant string `arg:""`
	Done   string `env:"-" help:"The request of this id has been answered: forget it." placeholder:"ID"`
}

// Run lists open requests, or ends one.
func (c *profileRequests) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		if c.Done != "" {
			return c.end(a, saying(s, c.Tenant, "profile requests", facts{"request": c.Done, "done": true}))
		}
		list, err := s.In(c.Tenant).Inquiries(a.ctx)
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"REQUEST", "RECEIVED", "ENDS", "SHOP", "CUSTOMER", "PROFILE ID", "FIRST SEEN", "LINKED"}}
		for _, q := range list {
			values = append(values, inquiryValue(q))
			rows = append(rows, inquiryRow(q))
		}
		return a.print(values, table(rows))
	})
}

func (c *profileRequests) end(a *app, t store.Tenant) error {
	switch err := t.EndInquiry(a.ctx, c.Done); {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("no open request has that id; profile requests %s lists them", c.Tenant)
	case err != nil:
		return err
	}
	return a.print(map[string]any{"tenant": c.Tenant, "request": c.Done, "done": true}, "The request is forgotten.")
}

func inquiryValue(q broker.Inquiry) map[string]any {
	value := map[string]any{
		"request": q.ID, "received": rfc3339(q.Received), "ends": rfc3339(q.Ends),
		"shop": q.Customer.Shop, "customer_id": q.Customer.ID, "held": nil,
	}
	if q.Profile.PID != "" {
		value["held"] = map[string]any{"pid": q.Profile.PID, "first_seen": rfc3339(q.Profile.FirstSeen), "linked": q.Linked}
	}
	return value
}

func inquiryRow(q broker.Inquiry) []string {
	row := []string{q.ID, rfc3339(q.Received), rfc3339(q.Ends), q.Customer.Shop, q.Customer.ID}
	if q.Profile.PID == "" {
		return append(row, "nothing is held")
	}
	linked := "no"
	if q.Linked {
		linked = "yes"
	}
	return append(row, q.Profile.PID, rfc3339(q.Profile.FirstSeen), linked)
}
