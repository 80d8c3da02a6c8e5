// Package api is the public listener: the wire formats in front of the broker.
// It is the only importer of Fiber, fasthttp and rs/cors.
//
// A request passes edge.go (what is malformed never gets further), trace.go
// (request id, log, metrics), tenant.go (whose is it, from the URL alone),
// cors.go (may this page ask) and then one dialect: shopify.go, visitor.go,
// webhook.go, install.go, omneo.go, omnilab.go, omi.go, standard.go, wellknown.go.
// sdk.go serves the browser's files. A handler reads, calls, replies; it
// decides nothing.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Tenants finds a tenant by name: broker.ErrNoTenant, or an *Error while it
// cannot be known.
type Tenants interface {
	Tenant(ctx context.Context, name string) (*broker.Tenant, error)
}

// Exchanger is the broker as the dialects see it.
type Exchanger interface {
	Exchange(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Grant, error)
	Identify(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error)
	Introspect(ctx context.Context, t *broker.Tenant, r *broker.Request) (id broker.Identity, ok bool, err error)
	Asks(t *broker.Tenant, app string) (*broker.App, error)
	Revoke(ctx context.Context, t *broker.Tenant, r *broker.Request) error
	OwnTokens(ctx context.Context, t *broker.Tenant, r *broker.Request) ([]broker.APIToken, error)
	EndOwn(ctx context.Context, t *broker.Tenant, r *broker.Request, id string) error
	Allowed(ctx context.Context, t *broker.Tenant, r *broker.Request) (*broker.User, []broker.Allowed, error)
	Disallow(ctx context.Context, t *broker.Tenant, r *broker.Request, client string) error
	Register(ctx context.Context, t *broker.Tenant, r *broker.Request, c broker.Client) (broker.Client, secret.Text, error)
	SignOut(ctx context.Context, t *broker.Tenant, cookie secret.Text) error
}

// Inbox keeps a webhook that was proved to be of this shop, and returns before
// anything is done about it. The error is an *Error.
type Inbox interface {
	Take(ctx context.Context, tenant, shop string, d broker.Delivery) error
}

// Installer installs a shop's app. Its errors are *Errors, or ours.
type Installer interface {
	// Begin returns where Shopify asks the merchant, and the state that comes
	// back from there with them.
	Begin(t *broker.Tenant, shop *broker.Shop) (location, state string, err error)
	// Finish gives the code that Shopify has sent for access to the shop, and
	// keeps it. Once asked it is not asked again.
	Finish(ctx context.Context, t *broker.Tenant, shop *broker.Shop, code secret.Text) error
}

// Config is what the listener is made of.
type Config struct {
	Tenants   Tenants
	Broker    Exchanger
	Inbox     Inbox
	Installer Installer

	// BaseDomains: host api.{tenant}.{base} names a tenant. May be empty, then
	// only the path prefix /t/{tenant} does.
	BaseDomains []string

	// TrustedProxies are the peers whose X-Forwarded-For is believed. It is the
	// only forwarded header that counts, and only for the client's address.
	TrustedProxies []netip.Prefix

	// Files are the browser's files, served under /sdk/{Version}/.
	Files   fs.FS
	Version string

	// Releases are the files of earlier versions, each in a folder of its name.
	Releases fs.FS

	// Sites answer whole hosts in place of the service: the demo's storefront.
	Sites map[string]http.Handler

	Log *slog.Logger

	// Now is the clock of forms.
	Now func() time.Time

	// Observe is told of every answer: route pattern, method, status, time.
	Observe func(route, method string, status int, took time.Duration)

	// RefusedOrigin is told of a page that asked and is not on the tenant's list.
	RefusedOrigin func()

	// ForgottenProxy is told of a private peer that forwards and is not trusted.
	ForgottenProxy func()
}

// Server is the public listener. Make one with New.
type Server struct {
	config Config
	cors   *cross
	files  map[string]asset
	http   *fasthttp.Server

	warning sync.Once // of a forgotten proxy
}

// New prepares a server; it listens to nothing yet.
func New(c Config) (*Server, error) {
	files, err := loadFiles(c)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, cors: newCross(), files: files}
	app := fiber.New(config(s.failed))
	s.mount(app)
	s.http = harden(app, s.refuse, s.panicked)
	s.http.Handler = s.trace(s.http.Handler)
	return s, nil
}

// Serve answers on l until Shutdown is called; then it returns nil.
func (s *Server) Serve(l net.Listener) error { return s.http.Serve(l) }

// Shutdown stops accepting, lets what is under way finish, and returns when
// all is done or ctx ends.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.ShutdownWithContext(ctx) }
