package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/ops"
)

type serveCommand struct {
	Addr         string         `default:"127.0.0.1:8080" help:"Public listener: behind it stands your TLS proxy. Default: ${default}." placeholder:"HOST:PORT"`
	OpsAddr      string         `default:"127.0.0.1:9090" help:"Operations listener: /healthz, /readyz, /metrics. Keep it private. Default: ${default}." placeholder:"HOST:PORT"`
	BaseDomain   []string       `help:"Serve tenants at api.{tenant}.{base domain} too; may be repeated. The first one makes the default issuer." placeholder:"DOMAIN"`
	TrustedProxy []netip.Prefix `help:"Believe X-Forwarded-For from these peers, for the client's address only; may be repeated." placeholder:"CIDR"`
	IPRate       float64        `name:"ip-rate" default:"20" help:"Storefront exchanges a second for one client address (IPv6: its /64), with bursts of five times that; 0 turns every storefront limit off. Default: ${default}." placeholder:"N"`
	LogLevel     slog.Level     `default:"info" help:"debug, info, warn or error. Default: ${default}." placeholder:"LEVEL"`
	DrainDelay   time.Duration  `default:"5s" help:"After SIGTERM, how long /readyz says 503 before the listener closes, so that load balancers notice. Default: ${default}." placeholder:"D"`
}

// Run serves until it is told to stop: SIGTERM drains first, SIGINT does not
// wait, and a second signal ends the process at once.
func (c *serveCommand) Run(a *app) error {
	if !(c.IPRate >= 0) || math.IsInf(c.IPRate, 1) {
		return usageError("--ip-rate is a number of exchanges a second, or 0 for no limits")
	}
	if err := c.checkDomains(); err != nil {
		return err
	}
	log, flush := ops.NewLogger(a.std.err, c.LogLevel)
	defer flush()
	collectLess()
	public, private, err := c.listen()
	if err != nil {
		return err
	}
	store, err := a.createStore(a.ctx)
	if err != nil {
		return errors.Join(err, public.Close(), private.Close())
	}
	defer store.Close()
	if nameless(c.BaseDomain, public.Addr()) {
		log.Warn("without --base-domain, tokens of tenants that have no --issuer name this listener's own address as theirs", "addr", public.Addr().String())
	}
	s, err := newService(a.ctx, serviceConfig{
		Store: store, Log: log, Public: public, Shopify: a.shopify(), Outbound: a.out(), Firebase: a.firebase(), BaseDomains: c.BaseDomain,
		TrustedProxies: c.TrustedProxy, IPRate: c.IPRate,
	})
	if err != nil {
		return errors.Join(err, public.Close(), private.Close())
	}
	started := fmt.Sprintf("shapestoken %s serves at http://%s, operations at http://%s", release(), public.Addr(), private.Addr())
	addresses := map[string]string{"addr": public.Addr().String(), "ops_addr": private.Addr().String()}
	if err := a.print(addresses, started); err != nil {
		return err
	}
	return s.run(a.ctx, private, c.DrainDelay)
}

// nameless tells whether others reach the service under a name that it does not know.
func nameless(domains []string, listener net.Addr) bool {
	tcp, ok := listener.(*net.TCPAddr)
	return len(domains) == 0 && ok && !tcp.IP.IsLoopback()
}

func (c *serveCommand) listen() (public, private net.Listener, err error) {
	if public, err = net.Listen("tcp", c.Addr); err != nil {
		return nil, nil, err
	}
	if private, err = net.Listen("tcp", c.OpsAddr); err != nil {
		return nil, nil, errors.Join(err, public.Close())
	}
	return public, private, nil
}

func (c *serveCommand) checkDomains() error {
	for i, domain := range c.BaseDomain {
		c.BaseDomain[i] = strings.ToLower(domain)
		if broker.CheckOrigin("https://"+c.BaseDomain[i]) != nil || strings.Contains(domain, ":") {
			return usageError("--base-domain is a host name without scheme, port or dots at its ends, such as id.example.com")
		}
	}
	return nil
}
