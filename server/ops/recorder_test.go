package ops

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What must never be logged: planted in every field that could carry it.
const (
	customerID = "7000000000042"
	profileID  = "11111111-2222-4333-8444-555555555555"
)

func newShop(policy broker.Policy) *broker.Shop {
	return &broker.Shop{Name: "acme.myshopify.com", Policy: policy, Usage: new(broker.Usage)}
}

func by(method broker.Method, shop *broker.Shop) broker.Identity {
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: customerID},
		Method:  method, Shop: shop, PID: profileID,
	}
}

func event(id broker.Identity, err error) broker.Event {
	return broker.Event{
		RequestID: "r-1", Tenant: "acme", Grant: broker.Storefront,
		Identity: id, Err: err, Took: 1234567 * time.Nanosecond,
	}
}

func older(id broker.Identity) broker.Identity {
	id.Older = true
	return id
}

type fields = map[string]any

// line is what stands in every exchange's line, and more.
func line(level, outcome string, more fields) fields {
	f := fields{
		"level": level, "msg": "exchange", "request_id": "r-1", "tenant": "acme",
		"grant": "storefront", "outcome": outcome, "took_us": 1234.0,
	}
	for k, v := range more {
		f[k] = v
	}
	return f
}

func TestOneLineForEachExchange(t *testing.T) {
	cause := errors.New("the key store burns")
	refuse := func(c broker.Code) *broker.Error { return broker.Refuse(c, "a message for the caller") }
	nobody := broker.Identity{}
	cases := []struct {
		name  string
		event broker.Event
		want  fields
	}{
		{"v2", event(by(broker.HMAC2, newShop(broker.V2Only)), nil),
			line("INFO", "ok", fields{"shop": "acme.myshopify.com", "amr": "hmac2"})},
		{"v1 names the policy", event(by(broker.HMAC, newShop(broker.V2Observe)), nil),
			line("INFO", "ok", fields{"shop": "acme.myshopify.com", "amr": "hmac", "policy": "v2-observe"})},
		{"the older secret", event(older(by(broker.HMAC2, newShop(broker.V2Only))), nil),
			line("INFO", "ok", fields{"shop": "acme.myshopify.com", "amr": "hmac2", "older": true})},
		{"no shop", event(broker.Identity{Subject: broker.Subject{Kind: broker.Customer, ID: customerID}}, nil),
			line("INFO", "ok", nil)},
		{"a refusal", event(nobody, refuse(broker.InvalidSignature)), line("INFO", "invalid_signature", nil)},
		{"too many", event(nobody, refuse(broker.RateLimited)), line("INFO", "rate_limited", nil)},
		{"a refusal's cause is the caller's", event(nobody, refuse(broker.InvalidRequest).Because(cause)), line("INFO", "invalid_request", nil)},
		{"our fault", event(nobody, refuse(broker.ServerError).Because(cause)),
			line("WARN", "server_error", fields{"cause": "the key store burns"})},
		{"we are away", event(by(broker.HMAC2, newShop(broker.V2Only)), refuse(broker.Unavailable).Because(cause)),
			line("WARN", "temporarily_unavailable", fields{"shop": "acme.myshopify.com", "amr": "hmac2", "cause": "the key store burns"})},
		{"an error of no kind is our fault", event(nobody, cause),
			line("WARN", "server_error", fields{"cause": "the key store burns"})},
		{"without a cause", event(nobody, refuse(broker.Unavailable)), line("WARN", "temporarily_unavailable", nil)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := recorded(slog.LevelDebug, c.event)
			for _, never := range []string{customerID, profileID, "a message for the caller"} {
				if strings.Contains(text, never) {
					t.Errorf("%q stands in %s", never, text)
				}
			}
			all := objects(t, text)
			if len(all) != 1 {
				t.Fatalf("%d lines, want 1", len(all))
			}
			delete(all[0], "time")
			if diff := cmp.Diff(c.want, all[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// recorded is what is logged of an event.
func recorded(level slog.Level, e broker.Event) string {
	var p pipe
	log, flush := NewLogger(&p, level)
	NewRecorder(NewMetrics(quiet()), log).Record(e)
	flush()
	return p.String()
}

func TestLevelOfExchangeLines(t *testing.T) {
	if text := recorded(slog.LevelWarn, event(by(broker.HMAC, newShop(broker.V2Only)), nil)); text != "" {
		t.Errorf("at level warn a success was logged: %s", text)
	}
	if text := recorded(slog.LevelWarn, event(broker.Identity{}, errors.New("x"))); text == "" {
		t.Error("at level warn our own fault was not logged")
	}
}

func TestUsageCountsSuccessOnly(t *testing.T) {
	shop := newShop(broker.V2Observe)
	r := NewRecorder(NewMetrics(quiet()), slog.New(slog.DiscardHandler))
	r.Record(event(by(broker.HMAC, shop), nil))
	r.Record(event(older(by(broker.HMAC2, shop)), nil))
	r.Record(event(by(broker.HMAC2, shop), nil))
	r.Record(event(by(broker.HMAC2, shop), broker.Refuse(broker.Unavailable, "x")))
	got := []int64{shop.Usage.V1.Load(), shop.Usage.V2.Load(), shop.Usage.Newer.Load(), shop.Usage.Older.Load()}
	if diff := cmp.Diff([]int64{1, 2, 2, 1}, got); diff != "" {
		t.Errorf("v1, v2, newer, older (-want +got):\n%s", diff)
	}
}

func TestExchangesAreCounted(t *testing.T) {
	m := NewMetrics(quiet())
	r := NewRecorder(m, slog.New(slog.DiscardHandler))
	shop := newShop(broker.V1AndV2)
	for range 3 {
		r.Record(event(by(broker.HMAC, shop), nil))
	}
	r.Record(event(broker.Identity{}, broker.Refuse(broker.InvalidSignature, "x")))
	r.Record(event(broker.Identity{}, errors.New("x")))
	r.Record(event(broker.Identity{}, broker.Refuse("brand_new", "x")))
	strange := event(broker.Identity{}, nil)
	strange.Grant = "from-the-request"
	r.Record(strange)

	want(t, m,
		`shapestoken_exchanges_total{grant="storefront",outcome="ok"} 3`,
		`shapestoken_exchanges_total{grant="storefront",outcome="invalid_signature"} 1`,
		`shapestoken_exchanges_total{grant="storefront",outcome="server_error"} 1`,
		`shapestoken_exchanges_total{grant="storefront",outcome="rate_limited"} 0`,
		`shapestoken_exchanges_total{grant="storefront",outcome="other"} 1`,
		`shapestoken_exchanges_total{grant="other",outcome="ok"} 1`,
		`shapestoken_exchange_seconds_count{grant="storefront"} 6`,
		`shapestoken_exchange_seconds_bucket{grant="storefront",le="0.001"} 0`,
		`shapestoken_exchange_seconds_bucket{grant="storefront",le="0.0025"} 6`,
	)
	unwanted(t, m, "brand_new", "from-the-request")
}

// TestEveryCodeHasItsOwnSeries reads the domain's source, so that a new code
// cannot be forgotten here.
func TestEveryCodeHasItsOwnSeries(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../broker/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []broker.Code
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, isValue := n.(*ast.ValueSpec); isValue {
			if typ, named := spec.Type.(*ast.Ident); named && typ.Name == "Code" {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				declared = append(declared, broker.Code(text))
			}
		}
		return true
	})
	if len(declared) == 0 {
		t.Fatal("no codes were found in the domain's source")
	}
	if diff := cmp.Diff(declared, codes); diff != "" {
		t.Errorf("the domain's codes and those counted (-domain +counted):\n%s", diff)
	}
}

// BenchmarkRecord is what an exchange pays for being counted and logged. The
// spool is emptied as often as it would be.
func BenchmarkRecord(b *testing.B) {
	var p discard
	log, flush := NewLogger(p, slog.LevelInfo)
	defer flush()
	spool := log.Handler().(handler).spool
	r := NewRecorder(NewMetrics(quiet()), log)
	e := event(by(broker.HMAC2, newShop(broker.V2Only)), nil)
	e.RequestID = "01995f3c9e6b7d3a8f21c0de"
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		r.Record(e)
		if n%100 == 0 {
			spool.drain()
		}
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
