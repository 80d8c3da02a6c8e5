// Package demo is the demo storefront: one product page of a shop that does not
// exist, rendered by a Liquid engine from the real snippet, with a panel that
// tells what just happened and switches that break it.
//
// The handler keeps nothing. Who is logged in stands in a cookie, everything
// else in the address.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/osteele/liquid"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Config is what the storefront is made of. All of it is needed.
type Config struct {
	// Shop is its permanent domain, such as shapestoken-demo.myshopify.com.
	Shop string

	// Endpoint is the service the snippet asks, such as
	// http://127.0.0.1:8080/t/demo, and Secret what the shop's metafield holds.
	// Secret is asked at each page view: an operator may have replaced it.
	Endpoint string
	Secret   func(context.Context) (secret.Text, error)

	// Elsewhere is another tenant with the same shop, which does not have this
	// page's origin on its list.
	Elsewhere       string
	ElsewhereSecret func(context.Context) (secret.Text, error)

	// Nowhere is an endpoint at which nothing listens.
	Nowhere string

	// Snippet is the Liquid source of the snippet shapestoken.
	Snippet string

	Now func() time.Time
	Log *slog.Logger
}

type site struct {
	config Config
	fresh  *liquid.Engine
	late   *liquid.Engine // its clock is an hour behind
	policy string         // Content-Security-Policy
}

// New makes the storefront, a handler for the whole of a host. It fails if
// something is missing, an endpoint is not the address of a service, or the
// snippet cannot be rendered.
func New(c Config) (http.Handler, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	s := &site{config: c, policy: policy(c)}
	late := func() time.Time { return c.Now().Add(-time.Hour) }
	var err error
	if s.fresh, err = Engine(c.Now, map[string]string{"shapestoken": c.Snippet}); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if s.late, err = Engine(late, map[string]string{"shapestoken": c.Snippet}); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if err := s.rehearse(); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return s.handler(), nil
}

func (c Config) check() error {
	switch {
	case !hmac.ValidShop(c.Shop):
		return errors.New("Shop must be a permanent domain, such as shapestoken-demo.myshopify.com")
	case c.Secret == nil, c.ElsewhereSecret == nil, c.Snippet == "", c.Now == nil, c.Log == nil:
		return errors.New("Secret, ElsewhereSecret, Snippet, Now and Log are all needed")
	}
	for name, endpoint := range map[string]string{"Endpoint": c.Endpoint, "Elsewhere": c.Elsewhere, "Nowhere": c.Nowhere} {
		if origin(endpoint) == "" {
			return fmt.Errorf("%s must be the address of a service, without a slash at the end", name)
		}
	}
	return nil
}

// address is narrow, because it ends in Liquid, HTML and a header.
var address = regexp.MustCompile(`^(https?://[\w.-]+(?::\d+)?)(?:/[\w.~-]+)*$`)

// origin is empty for what is no address.
func origin(endpoint string) string {
	if found := address.FindStringSubmatch(endpoint); found != nil {
		return found[1]
	}
	return ""
}

// rehearse renders the snippet with a secret that is nobody's. An error of
// Liquid's quotes the values it stumbled over; here they may be read, later on
// not.
func (s *site) rehearse() error {
	sc := s.scene(state{version: options["version"][0]})
	_, err := sc.render(s.config.Shop, customers[0], placeholder)
	return err
}
