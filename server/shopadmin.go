package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
)

type shopAdmin struct {
	Tenant           string `arg:""`
	Shop             string `arg:""`
	AccessTokenStdin bool   `env:"-" help:"Read an Admin API access token of the shop from stdin. Without it the access there is, as of an installed app, is used."`
	AppData          *bool  `env:"-" negatable:"" help:"Keep the secret in the app's own data in place of the shop's metafields: for the theme app extension, where no other app can read it."`
	Remove           bool   `env:"-" help:"Forget the access. The metafield stays as it is."`
}

// Run makes the metafield hold the newest secret. A token is tried in this way
// before it is kept.
func (c *shopAdmin) Run(a *app) error {
	switch {
	case c.Remove && c.AccessTokenStdin:
		return usageError("give --access-token-stdin or --remove, not both")
	case c.Remove:
		return c.remove(a)
	}
	return a.withStore(func(s *store.Store) error {
		ctx, cancel := context.WithTimeout(a.ctx, writePatient)
		defer cancel()
		holder, written, err := c.write(ctx, a, s)
		if errors.Is(err, shopify.ErrForeign) {
			return fmt.Errorf("%w. To import it, remove the shop's registration here or make it the shop's first secret: shop add --secret-stdin", err)
		}
		if err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "holder": holder, "written": written}, c.outcome(written))
	})
}

// write is by a new token, or by the access there is. Shopify is asked when the
// audit has said so.
func (c *shopAdmin) write(ctx context.Context, a *app, s *store.Store) (holder broker.Holder, written bool, err error) {
	if _, err := findShop(ctx, s.In(c.Tenant), c.Shop); err != nil {
		return "", false, err
	}
	if c.AccessTokenStdin {
		return c.adopt(ctx, a, s)
	}
	access, err := s.In(c.Tenant).Admin(ctx, c.Shop)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, errors.New("there is no access to the shop's Admin API yet: install the app (/shopify/install), or give a token with --access-token-stdin")
	}
	if err != nil {
		return "", false, err
	}
	holder = c.holder(access.Holder)
	if err := c.note(ctx, s, holder); err != nil {
		return "", false, err
	}
	written, err = a.keeper(s).Move(ctx, c.Tenant, c.Shop, holder)
	return holder, written, err
}

func (c *shopAdmin) adopt(ctx context.Context, a *app, s *store.Store) (holder broker.Holder, written bool, err error) {
	text, err := a.secretFromStdin()
	if err != nil {
		return "", false, err
	}
	holder = c.holder(broker.HeldByShop)
	if err := c.note(ctx, s, holder); err != nil {
		return "", false, err
	}
	written, err = a.keeper(s).Adopt(ctx, c.Tenant, c.Shop, broker.Admin{Holder: holder, Token: text, Granted: time.Now()})
	return holder, written, err
}

func (c *shopAdmin) note(ctx context.Context, s *store.Store, holder broker.Holder) error {
	return noting(ctx, s, c.Tenant, "shop metafield", facts{"shop": c.Shop, "holder": holder})
}

// holder is what the flag says, or what it was.
func (c *shopAdmin) holder(before broker.Holder) broker.Holder {
	switch {
	case c.AppData == nil:
		return before
	case *c.AppData:
		return broker.HeldByApp
	}
	return broker.HeldByShop
}

func (c *shopAdmin) outcome(written bool) string {
	if written {
		return "The metafield omneo.id_secret now holds the newest secret of " + c.Shop + "; shop rotate will keep it so."
	}
	return "The metafield omneo.id_secret holds the newest secret of " + c.Shop + " already; shop rotate will keep it so."
}

func (c *shopAdmin) remove(a *app) error {
	return a.withStore(func(s *store.Store) error {
		if _, err := findShop(a.ctx, s.In(c.Tenant), c.Shop); err != nil {
			return err
		}
		t := saying(s, c.Tenant, "shop admin", facts{"shop": c.Shop, "removed": true})
		// Whatever there is goes: a machine whose clock is ahead may have granted it.
		if err := t.RemoveAdmin(a.ctx, c.Shop, time.Now().Add(time.Hour)); err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "removed": true}, "The access to the Admin API of "+c.Shop+" is forgotten.")
	})
}
