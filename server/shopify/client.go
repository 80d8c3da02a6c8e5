// Package shopify speaks to Shopify's Admin API: it reads and replaces the
// metafield that holds a shop's id_secret, subscribes to webhooks, and gets and
// refreshes the tokens that allow it to.
//
// It keeps nothing. Whoever calls it brings an [Access] and stores what comes
// back. Read metafield.go first; call.go has the one way in which anything is
// asked, tried again and given up.
package shopify

import (
	"context"
	"net/http"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Version is the version of the Admin API that the documents of this package
// are written for (shopify.dev/docs/api/usage/versioning). Each is served for
// at least a year.
const Version = "2026-07"

// HTTP sends one request. It must bound the time that takes, follow no redirect
// and add no header of its own. An error is taken for a passing one, unless it
// has a method Final() bool that says otherwise.
type HTTP interface {
	Do(*http.Request) (*http.Response, error)
}

// Client speaks to Shopify. It is safe for concurrent use.
type Client struct {
	// HTTP is what goes out. Required.
	HTTP HTTP
	// Base is where a shop is reached, without a slash at the end.
	// Nil: https:// and the shop.
	Base func(shop string) string
	// Version is the API's. Empty: [Version].
	Version string
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Pause waits, or returns ctx's error when that ends first. Nil: it waits.
	Pause func(ctx context.Context, d time.Duration) error
}

// Access is what a shop has granted an app: a token of its Admin API.
type Access struct {
	Shop  string      // the permanent domain, as in acme.myshopify.com
	Token secret.Text // sent in X-Shopify-Access-Token

	Expires        time.Time   // zero: never, as of custom apps
	Refresh        secret.Text // empty where the token never expires
	RefreshExpires time.Time   // zero: Shopify did not say
	Scopes         []string
}

func (c *Client) base(shop string) string {
	if c.Base == nil {
		return "https://" + shop
	}
	return c.Base(shop)
}

func (c *Client) version() string {
	if c.Version == "" {
		return Version
	}
	return c.Version
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) pause(ctx context.Context, d time.Duration) error {
	if c.Pause != nil {
		return c.Pause(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
