package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/usage"
)

type shopRotate struct {
	Tenant string         `arg:""`
	Shop   string         `arg:""`
	Quiet  *time.Duration `env:"-" help:"Retire the former secret when no theme has signed with it for so long: 15s or more. Default: an hour, or more where the shop's --max-age is longer. Without access to the Admin API nothing is retired unless this is given." placeholder:"1h"`
	Limit  *time.Duration `env:"-" help:"Retire it so long after the metafield was changed even if it is still used; 0: never. Default: seven days with access to the Admin API, else never." placeholder:"168h"`
}

const (
	leastQuiet   = usage.Every + 5*time.Second // what was used before may not be known yet
	usualQuiet   = time.Hour
	usualLimit   = 7 * 24 * time.Hour
	writePatient = 30 * time.Second
)

// Run makes a second live secret, and sees to it that themes sign with it.
func (c *shopRotate) Run(a *app) error {
	if c.Quiet != nil && *c.Quiet < leastQuiet || c.Limit != nil && *c.Limit < 0 {
		return usageError(fmt.Sprintf("--quiet must be at least %s, and --limit not below 0", leastQuiet))
	}
	return a.withStore(func(s *store.Store) error {
		shop, err := findShop(a.ctx, s.In(c.Tenant), c.Shop)
		if err != nil {
			return err
		}
		_, err = s.In(c.Tenant).Admin(a.ctx, c.Shop)
		switch {
		case err == nil:
			return c.write(a, s, shop)
		case errors.Is(err, store.ErrNotFound):
			return c.hand(a, s, shop)
		}
		return err
	})
}

// write has the metafield set. The secret is shown to nobody.
func (c *shopRotate) write(a *app, s *store.Store, shop broker.ShopRecord) error {
	if err := c.begin(a, s, c.plan(shop, usualLimit)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(a.ctx, writePatient)
	defer cancel()
	r, err := a.keeper(s).Carry(ctx, c.Tenant, c.Shop)
	if err != nil {
		return fmt.Errorf("the new secret counts, but the metafield does not hold it yet: %w\nRunning servers go on trying; shapestoken shop show %s %s tells how it goes", err, c.Tenant, c.Shop)
	}
	return a.print(map[string]any{"shop": c.Shop, "metafield": "written", "quiet": r.Plan.Quiet.String(), "limit": r.Plan.Longest.String()},
		"The metafield of "+c.Shop+" holds the new secret. Running servers retire the former one "+ending(r.Plan)+".")
}

// hand gives the secret to whoever sets the metafield.
func (c *shopRotate) hand(a *app, s *store.Store, shop broker.ShopRecord) error {
	text := newSecret()
	if c.Quiet == nil {
		if err := c.refused(c.saying(s, nil).RotateSecret(a.ctx, c.Shop, text)); err != nil {
			return err
		}
		a.say("The former secret counts as well until: shapestoken shop retire %s %s", c.Tenant, c.Shop)
		return a.printSecret(c.Shop, text)
	}
	plan := c.plan(shop, 0)
	if err := c.refused(c.saying(s, &plan).BeginRotation(a.ctx, c.Shop, text, plan)); err != nil {
		return err
	}
	a.say("From the first signature with the new secret on, running servers watch the former one and retire it %s.", ending(plan))
	return a.printSecret(c.Shop, text)
}

func (c *shopRotate) begin(a *app, s *store.Store, plan broker.Plan) error {
	return c.refused(c.saying(s, &plan).BeginRotation(a.ctx, c.Shop, newSecret(), plan))
}

func (c *shopRotate) saying(s *store.Store, plan *broker.Plan) store.Tenant {
	about := facts{"shop": c.Shop}
	if plan != nil {
		about["quiet"], about["limit"] = plan.Quiet.String(), plan.Longest.String()
	}
	return saying(s, c.Tenant, "shop rotate", about)
}

func (c *shopRotate) refused(err error) error {
	if errors.Is(err, store.ErrTwoLive) {
		return fmt.Errorf("%s has two live secrets already: wait until the older one is retired (shapestoken shop show %s %s), or retire it now (shapestoken shop retire %s %s)", c.Shop, c.Tenant, c.Shop, c.Tenant, c.Shop)
	}
	return err
}

// plan is what was asked for. A page that was signed with the former secret may
// use its signature until it is too old.
func (c *shopRotate) plan(shop broker.ShopRecord, limit time.Duration) broker.Plan {
	p := broker.Plan{Quiet: max(usualQuiet, shop.MaxAge+2*hmac.DefaultSkew), Longest: limit}
	if c.Quiet != nil {
		p.Quiet = *c.Quiet
	}
	if c.Limit != nil {
		p.Longest = *c.Limit
	}
	return p
}

func ending(p broker.Plan) string {
	when := "when it was not used for " + span(p.Quiet)
	if p.Longest > 0 {
		when += ", at the latest after " + span(p.Longest)
	}
	return when
}

// span is a duration for people: without what is zero, and whole days as such.
func span(d time.Duration) string {
	if d >= 2*day && d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

type shopRetire struct {
	Tenant string `arg:""`
	Shop   string `arg:""`
}

// Run ends the older of two live secrets.
func (c *shopRetire) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		err := saying(s, c.Tenant, "shop retire", facts{"shop": c.Shop}).RetireSecret(a.ctx, c.Shop)
		if errors.Is(err, store.ErrOneLive) {
			return fmt.Errorf("%s has only one live secret: rotate first (shapestoken shop rotate %s %s)", c.Shop, c.Tenant, c.Shop)
		}
		if err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "retired": true}, "The older secret of "+c.Shop+" no longer counts.")
	})
}
