package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/demo"
	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/web"
)

type demoCommand struct {
	Addr     string     `default:"127.0.0.1:8080" help:"Where to listen. The page is at localhost, the service at 127.0.0.1: two origins, so that CORS is real. Default: ${default}." placeholder:"HOST:PORT"`
	LogLevel slog.Level `default:"warn" help:"debug, info, warn or error. Default: ${default}." placeholder:"LEVEL"`
}

// What the demo is made of: one shop, at three tenants.
const (
	demoTenant    = "demo"
	demoElsewhere = "demo-elsewhere" // the page's origin is not on its list
	demoBrief     = "demo-brief"     // its tokens live for a minute
	demoShop      = "shapestoken-demo.myshopify.com"
	demoApp       = "shapestoken-demo-app" // client id of the Shopify app whose app proxy the shop has
)

// Run serves the storefront and the service on one port until interrupted.
func (c *demoCommand) Run(a *app) error {
	log, flush := ops.NewLogger(a.std.err, c.LogLevel)
	defer flush()
	s, err := a.createStore(a.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	public, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	stage, err := newStage(public)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	if err := stage.furnish(a, s); err != nil {
		return errors.Join(err, public.Close())
	}
	site, err := stage.site(s, log)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	service, err := newService(a.ctx, serviceConfig{Store: s, Log: log, Public: public, Shopify: a.shopify(), Outbound: a.out(), Firebase: a.firebase(), Sites: map[string]http.Handler{"localhost": site}})
	if err != nil {
		return errors.Join(err, public.Close())
	}
	if err := a.print(map[string]string{"url": stage.page + "/"}, stage.welcome()); err != nil {
		return err
	}
	return service.run(a.ctx, nil, 0)
}

// stage is where the demo plays: the addresses of its page and its services.
type stage struct{ page, service, nowhere string }

func newStage(public net.Listener) (stage, error) {
	_, port, err := net.SplitHostPort(public.Addr().String())
	if err != nil {
		return stage{}, err
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return stage{}, err
	}
	nowhere := "http://" + closed.Addr().String()
	return stage{page: "http://localhost:" + port, service: "http://127.0.0.1:" + port, nowhere: nowhere}, closed.Close()
}

// furnish makes the demo's tenants, or finds them from the last time.
func (g stage) furnish(a *app, s *store.Store) error {
	brief := newSettings(demoBrief)
	brief.TokenTTL = time.Minute
	for _, settings := range []broker.Settings{newSettings(demoTenant), newSettings(demoElsewhere), brief} {
		if err := unlessThere(createTenant(a, s, settings)); err != nil {
			return err
		}
		shop := broker.ShopRecord{Name: demoShop, Policy: broker.V1AndV2, MaxAge: hmac.DefaultMaxAge, Created: time.Now()}
		if err := unlessThere(saying(s, settings.Name, "shop add", facts{"shop": demoShop}).AddShop(a.ctx, shop, newSecret())); err != nil {
			return err
		}
	}
	if err := registerDemoApp(a.ctx, s); err != nil {
		return err
	}
	for _, name := range []string{demoTenant, demoBrief} {
		if err := unlessThere(saying(s, name, "origin add", facts{"origin": g.page}).AddOrigin(a.ctx, broker.Origin{Origin: g.page})); err != nil {
			return err
		}
	}
	return nil
}

// registerDemoApp has every tenant know the shop's app by the same client
// secret, which is as old as the demo's database.
func registerDemoApp(ctx context.Context, s *store.Store) error {
	text, err := clientSecret(s, demoTenant)(ctx)
	if errors.Is(err, store.ErrNotFound) {
		text = newSecret()
	} else if err != nil {
		return err
	}
	for _, name := range []string{demoTenant, demoElsewhere, demoBrief} {
		_, err := clientSecret(s, name)(ctx)
		if errors.Is(err, store.ErrNotFound) {
			err = saying(s, name, "shop app", facts{"shop": demoShop, "client_id": demoApp}).SetApp(ctx, demoShop, demoApp, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unlessThere(err error) error {
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

func (g stage) site(s *store.Store, log *slog.Logger) (http.Handler, error) {
	snippet, err := web.Dist.ReadFile("dist/shapestoken.liquid")
	if err != nil {
		return nil, err
	}
	section, err := web.Dist.ReadFile("dist/sections/shapestoken.liquid")
	if err != nil {
		return nil, err
	}
	return demo.New(demo.Config{
		Shop:            demoShop,
		Secret:          newestSecret(s, demoTenant),
		Endpoint:        g.service + "/t/" + demoTenant,
		Elsewhere:       g.service + "/t/" + demoElsewhere,
		ElsewhereSecret: newestSecret(s, demoElsewhere),
		Brief:           g.service + "/t/" + demoBrief,
		BriefSecret:     newestSecret(s, demoBrief),
		ClientSecret:    clientSecret(s, demoTenant),
		Nowhere:         g.nowhere,
		Page:            g.page,
		Snippet:         string(snippet),
		Section:         string(section),
		Now:             time.Now,
		Log:             log,
	})
}

// newestSecret is what the merchant would have in the metafield: it follows
// shop rotate, as if somebody had pasted the new one.
func newestSecret(s *store.Store, tenant string) func(context.Context) (secret.Text, error) {
	return newest(s, tenant, func(shop broker.ShopRecord) []broker.ShopSecret { return shop.Secrets })
}

// clientSecret is what Shopify signs the app proxy's queries with. It follows
// shop app.
func clientSecret(s *store.Store, tenant string) func(context.Context) (secret.Text, error) {
	return newest(s, tenant, func(shop broker.ShopRecord) []broker.ShopSecret { return shop.App.Secrets })
}

// newest is the last of the demo shop's secrets of one kind. The error is
// [store.ErrNotFound] if there is none.
func newest(s *store.Store, tenant string, of func(broker.ShopRecord) []broker.ShopSecret) func(context.Context) (secret.Text, error) {
	return func(ctx context.Context) (secret.Text, error) {
		rec, err := s.In(tenant).Load(ctx)
		if err != nil {
			return secret.Text{}, err
		}
		for _, shop := range rec.Shops {
			if all := of(shop); shop.Name == demoShop && len(all) > 0 {
				return all[len(all)-1].Text, nil
			}
		}
		return secret.Text{}, fmt.Errorf("a secret of shop %s: %w", demoShop, store.ErrNotFound)
	}
}

func (g stage) welcome() string {
	return strings.Join([]string{
		"The demo storefront is at " + g.page + "/",
		"",
		"Log in there as one of two customers and watch the token arrive; then break things and read what a theme",
		"developer would, or make it hard and watch the script cope. The service itself is at",
		g.service + "/t/" + demoTenant + ". Everything you see is kept in this database, so that commands in",
		"another terminal take effect at once, such as:",
		"",
		"    go run ./server shop rotate " + demoTenant + " " + demoShop,
		"    go run ./server shop policy " + demoTenant + " " + demoShop + " v2-only",
		"",
		"Ctrl-C ends it.",
	}, "\n")
}
