package api

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/limit"
	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/token"
)

// one is a registry with one tenant.
type one struct{ tenant *broker.Tenant }

func (o one) Tenant(context.Context, string) (*broker.Tenant, error) { return o.tenant, nil }

func benchTenant(b *testing.B, algorithm broker.Algorithm) *broker.Tenant {
	b.Helper()
	key, err := hmac.NewKey([]byte("the-secret-of-the-benchmark-0123456789"))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := token.First(algorithm, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	mint, err := token.New(token.Config{Issuer: "https://id.example.com/acme", Keys: keys})
	if err != nil {
		b.Fatal(err)
	}
	shop := &broker.Shop{Name: "acme-dev.myshopify.com", Policy: broker.V1AndV2, MaxAge: time.Hour, Usage: &broker.Usage{}}
	shop.Live = []broker.LiveSecret{{Shop: shop, Key: key}}
	return &broker.Tenant{
		Name: "acme", Active: true, TokenTTL: 15 * time.Minute, Live: shop.Live, Signer: mint, Pseudonyms: key,
		Shops: map[string]*broker.Shop{shop.Name: shop}, Origins: map[string]string{"https://shop.example.com": ""},
	}
}

// BenchmarkExchange is everything but the sockets: edge, tenant, CORS, strict
// JSON, HMAC, signature, metrics and log.
func BenchmarkExchange(b *testing.B) {
	for _, algorithm := range []broker.Algorithm{broker.ES256, broker.EdDSA} {
		b.Run(string(algorithm), func(b *testing.B) {
			discard, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
			if err != nil {
				b.Fatal(err)
			}
			log, flush := ops.NewLogger(discard, slog.LevelInfo)
			defer flush()
			metrics := ops.NewMetrics(ops.Sources{
				State: func() ops.State { return ops.State{} }, Dropped: func() int64 { return 0 },
				Usage: func(func(string, string, *broker.Usage) bool) {},
			})
			tenant := benchTenant(b, algorithm)
			s, err := New(Config{
				Tenants: one{tenant}, Files: fstest.MapFS{}, Releases: fstest.MapFS{}, Version: "0.0.0", Log: log, Observe: metrics.Observe, RefusedOrigin: metrics.RefusedOrigin,
				Broker: &broker.Broker{
					Rules: map[broker.GrantType]broker.Rule{
						broker.Storefront: {Proof: proof.Customer{Now: time.Now}, Yields: broker.YieldIDToken, MaxTTL: time.Hour},
					},
					Limit: limit.New(limit.Config{}), Recorders: []broker.Recorder{ops.NewRecorder(metrics, log)}, Now: time.Now,
				},
			})
			if err != nil {
				b.Fatal(err)
			}
			request := benchRequest(b, tenant)
			b.ReportAllocs()
			for b.Loop() {
				var ctx fasthttp.RequestCtx
				ctx.Init(request(), &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, nil)
				s.http.Handler(&ctx)
				if ctx.Response.StatusCode() != 200 {
					b.Fatal(ctx.Response.String())
				}
			}
		})
	}
}

func benchRequest(b *testing.B, tenant *broker.Tenant) func() *fasthttp.Request {
	signature, result := tenant.Live[0].Key.(*hmac.Key).SignCustomer("7210381803720", "", "")
	if result != hmac.Valid {
		b.Fatal(result)
	}
	body := fmt.Sprintf(`{"id":"7210381803720","signature":%q}`, signature)
	raw := fmt.Sprintf("POST /t/acme/shopify/api/v1/auth/token HTTP/1.1\r\nHost: id.example.com\r\nOrigin: https://shop.example.com\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return func() *fasthttp.Request {
		var r fasthttp.Request
		readRequest(b, &r, raw)
		return &r
	}
}

func readRequest(b *testing.B, r *fasthttp.Request, raw string) {
	if err := r.Read(bufio.NewReader(strings.NewReader(raw))); err != nil {
		b.Fatal(err)
	}
}
