// Package demo is the demo storefront: one product page of a shop that does not
// exist, rendered by a Liquid engine from the real snippet, with a panel that
// tells what just happened, switches that break it (faults) and switches that
// make it hard (trials).
//
// The handler keeps nothing. Who is logged in stands in a cookie, everything
// else in the address.
//
// Browser tests find their way by body[data-state] (guest or customer), by the
// ids login-1, login-2, logout, break-<fault>, repair, try-<trial>, usual,
// source-signature, source-proxy, version-v1, version-v2, metafield-value, metafield-bare, debug-off and
// debug-on of what can be clicked, and by #outcome: once all has settled its
// data-outcome is token, guest, error, or cleared after a logout in another
// tab, and its data-code and data-reason are the error's. What a token says
// stands in #stored-key and in #token-<member>, such as #token-pid; what an
// error says in #error-message and #error-request.
//
// #kept has data-kept: browser, memory or nothing. #log has a line for each
// step, whose data-step is request, section, token, error, cleared, looks or
// debug. During a trial #live-<fact>, such as #live-requests, tells how it
// stands, and what can be clicked is reload, second-tab, allow, withdraw and
// .watch [data-again], as far as the trial has it. With a token there is #again.
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

	// Brief is another tenant with the same shop, whose tokens live for a minute.
	Brief       string
	BriefSecret func(context.Context) (secret.Text, error)

	// ClientSecret is that of the shop's app, with which Shopify signs for the app
	// proxy. All three tenants know it.
	ClientSecret func(context.Context) (secret.Text, error)
	// Page is the origin at which a browser finds this page, such as
	// http://localhost:8080.
	Page string

	// Nowhere is an endpoint at which nothing listens.
	Nowhere string

	// Snippet is the Liquid source of the snippet shapestoken, and Section that
	// of the section of the same name.
	Snippet, Section string

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
	s, err := newSite(c)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return s.handler(), nil
}

func newSite(c Config) (*site, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	snippets := map[string]string{"shapestoken": c.Snippet}
	fresh, err := Engine(c.Now, snippets)
	if err != nil {
		return nil, err
	}
	late, err := Engine(func() time.Time { return c.Now().Add(-time.Hour) }, snippets)
	if err != nil {
		return nil, err
	}
	s := &site{config: c, fresh: fresh, late: late, policy: policy(c)}
	return s, s.rehearse()
}

func (c Config) check() error {
	switch {
	case !hmac.ValidShop(c.Shop):
		return errors.New("the Shop must be a permanent domain, such as shapestoken-demo.myshopify.com")
	case c.Secret == nil, c.ElsewhereSecret == nil, c.BriefSecret == nil, c.ClientSecret == nil, c.Snippet == "", c.Section == "", c.Now == nil, c.Log == nil:
		return errors.New("all of Secret, ElsewhereSecret, BriefSecret, ClientSecret, Snippet, Section, Now and Log are needed")
	case origin(c.Endpoint) == "", origin(c.Elsewhere) == "", origin(c.Brief) == "", origin(c.Nowhere) == "":
		return errors.New("each of Endpoint, Elsewhere, Brief and Nowhere must be the address of a service, without a slash at the end")
	case c.Page == "" || origin(c.Page) != c.Page:
		return errors.New("the Page must be an origin, such as http://localhost:8080")
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

// rehearse renders snippet and section with a secret that is nobody's. What
// Liquid says of a source that fails quotes the values it stumbled over: here
// it may be told, at a page view it may not.
func (s *site) rehearse() error {
	for _, source := range options["source"] {
		sc := s.scene(state{version: options["version"][0], source: source})
		for _, text := range []string{sc.line(), s.config.Section} {
			if _, err := sc.render(text, s.config.Shop, customers[0], placeholder); err != nil {
				return err
			}
		}
	}
	return nil
}
