package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/api"
	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/firebase"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/inbox"
	"github.com/shapestoken/shapestoken/server/keyset"
	"github.com/shapestoken/shapestoken/server/limit"
	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/registry"
	"github.com/shapestoken/shapestoken/server/rotation"
	"github.com/shapestoken/shapestoken/server/seen"
	"github.com/shapestoken/shapestoken/server/setup"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/usage"
	"github.com/shapestoken/shapestoken/web"
)

// serviceConfig is what serve and demo run a service with.
type serviceConfig struct {
	Store          *store.Store
	Log            *slog.Logger
	Public         net.Listener
	Shopify        *shopify.Client
	Outbound       *outbound.Client // nil: the strictest
	Firebase       *firebase.Client
	BaseDomains    []string
	TrustedProxies []netip.Prefix
	IPRate         float64
	Sites          map[string]http.Handler // whole hosts that are not the service's: the demo's storefront
}

// service is everything that runs on one database: wiring, and nothing else.
type service struct {
	config   serviceConfig
	assemble *assembler
	watcher  *store.Watcher
	registry *registry.Registry
	seen     *seen.Recorder
	usage    *usage.Flusher
	keeper   *rotation.Keeper
	inbox    *inbox.Inbox
	audit    *audit.Log
	tokens   *usage.Tokens
	child    *hash.Child
	keys     *keyset.Sets
	setup    *setup.Desk
	metrics  *ops.Metrics
	api      *api.Server
	draining atomic.Bool
}

// staleFor is how long tenants are served from memory while the database is away.
const staleFor = 24 * time.Hour

// collectAt is how much the heap may grow before garbage is collected, in
// percent. What tenants hold lives long and what a request makes dies at once,
// so looking through the former half as often costs little memory and saves
// time. GOGC in the environment comes first.
const collectAt = 200

func collectLess() {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(collectAt)
	}
}

// newService wires a service and reads what it needs to start.
func newService(ctx context.Context, c serviceConfig) (*service, error) {
	watcher, err := c.Store.Watch(ctx)
	if err != nil {
		return nil, err
	}
	if c.Outbound == nil {
		c.Outbound = outbound.New(outbound.Config{})
	}
	s := &service{
		config:   c,
		assemble: &assembler{issuer: defaultIssuer(c.BaseDomains, c.Public.Addr())},
		watcher:  watcher,
		child:    newChild(),
		keys:     keyset.New(keyset.Config{Client: c.Outbound, Now: time.Now}),
		setup: setup.New(setup.Config{
			Client: c.Outbound.Apart(setup.Time, setup.Bytes), Refused: outbound.ErrRefused, TooLarge: outbound.ErrTooLarge,
		}),
		seen:   seen.New(c.Store, c.Log, time.Now),
		keeper: newKeeper(c.Store, itself, c.Shopify, c.Log),
		inbox:  inbox.New(inbox.Config{Store: c.Store, Work: errands(c.Store), Log: c.Log, Now: time.Now}),
	}
	s.registry = registry.New(registry.Config{
		Source:   source{c.Store, watcher},
		Assemble: s.assemble.tenant,
		StaleFor: staleFor,
		Log:      c.Log,
	})
	s.audit = audit.New(audit.Config{Store: c.Store, Writer: writer(), Now: time.Now})
	s.tokens = usage.NewTokens(c.Store, c.Log, time.Now)
	s.usage = usage.New(c.Store, s.registry.Usages, c.Log, time.Now)
	s.metrics = ops.NewMetrics(ops.Sources{
		Version: release(), State: s.state, Usage: s.registry.Usages, Dropped: func() int64 { return ops.Dropped(c.Log) },
	})
	if err := s.registry.Start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the tenants: %w", err), watcher.Close())
	}
	s.api, err = s.listener()
	return s, err
}

func (s *service) listener() (*api.Server, error) {
	files, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, err
	}
	releases, err := fs.Sub(web.Releases, "releases")
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Tenants:        s.registry,
		Broker:         s.broker(),
		Inbox:          s.inbox,
		Installer:      installer{s.config.Store, s.config.Shopify, proof.Install{Now: time.Now}, s.config.Log},
		BaseDomains:    s.config.BaseDomains,
		TrustedProxies: s.config.TrustedProxies,
		Files:          files,
		Version:        release(),
		Releases:       releases,
		Sites:          s.config.Sites,
		Log:            s.config.Log,
		Now:            time.Now,
		Observe:        s.metrics.Observe,
		RefusedOrigin:  s.metrics.RefusedOrigin,
		ForgottenProxy: s.metrics.UnconfiguredProxy,
	})
}

func (s *service) broker() *broker.Broker {
	return &broker.Broker{
		Rules:     s.rules(),
		Limit:     limit.New(limit.Config{Rate: s.config.IPRate, Ledger: ledger{s.config.Store}, Now: time.Now}),
		Clients:   s.clients(),
		Keep:      keeper{s.config.Store, writer()},
		Apps:      enabler{s.config.Store, writer()},
		Setup:     s.setup,
		Audit:     s.audit,
		Recorders: []broker.Recorder{ops.NewRecorder(s.metrics, s.config.Log), s.seen, s.tokens},
		Now:       time.Now,
	}
}

func (s *service) state() ops.State {
	r := s.registry.State()
	return ops.State{LastSync: r.LastSync, Away: r.Away, Known: r.Tenants, Loaded: r.Loaded}
}

// operations is the handler of the operations listener.
func (s *service) operations() http.Handler {
	return ops.Handler(ops.Health{
		State:      s.state,
		Sign:       s.assemble.sign,
		Draining:   s.draining.Load,
		StaleAfter: staleFor,
		Log:        s.config.Log,
		Now:        time.Now,
	}, s.metrics.Handler())
}
