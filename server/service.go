package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/server/api"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/limit"
	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/registry"
	"github.com/shapestoken/shapestoken/server/seen"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/upkeep"
	"github.com/shapestoken/shapestoken/web"
)

// settingsOfService are what serve and demo run a service with.
type serviceConfig struct {
	Store          *store.Store
	Log            *slog.Logger
	Public         net.Listener
	BaseDomains    []string
	TrustedProxies []netip.Prefix
	IPRate         float64
	Sites          map[string]http.Handler
}

// service is everything that runs on one database: wiring, and nothing else.
type service struct {
	config   serviceConfig
	registry *registry.Registry
	seen     *seen.Recorder
	metrics  *ops.Metrics
	api      *api.Server
	draining atomic.Bool
}

// newService wires a service and reads what it needs to start.
func newService(ctx context.Context, c serviceConfig) (*service, error) {
	s := &service{config: c}
	assemble := assembler{issuer: defaultIssuer(c.BaseDomains, c.Public.Addr().String())}
	s.registry = registry.New(registry.Config{Source: source{c.Store}, Assemble: assemble.tenant, Now: time.Now, Log: c.Log})
	if err := s.registry.Start(ctx); err != nil {
		return nil, fmt.Errorf("reading the tenants: %w", err)
	}
	s.metrics = ops.NewMetrics(s.registry.Usages)
	s.seen = seen.New(c.Store, c.Log, time.Now)
	return s, s.listen()
}

func (s *service) listen() (err error) {
	s.api, err = api.New(api.Config{
		Tenants: s.registry,
		Broker: &broker.Broker{
			Rules:     rules(),
			Limit:     limit.New(limit.Config{Rate: s.config.IPRate, Now: time.Now}),
			Recorders: []broker.Recorder{s.metrics.Recorder(s.config.Log), s.seen},
			Now:       time.Now,
		},
		BaseDomains:    s.config.BaseDomains,
		TrustedProxies: s.config.TrustedProxies,
		Files:          web.Dist,
		Version:        web.Version,
		Sites:          s.config.Sites,
		Log:            s.config.Log,
		Observe:        s.metrics.Observe,
		ForgottenProxy: s.metrics.ForgottenProxy,
	})
	return err
}

// rules are how each grant is served: the list a reader looks for first.
func rules() map[broker.GrantType]broker.Rule {
	return map[broker.GrantType]broker.Rule{
		broker.Storefront: {Proof: proof.Customer{Now: time.Now}, Yields: broker.YieldIDToken, MaxTTL: broker.MaxTokenTTL},
	}
}
