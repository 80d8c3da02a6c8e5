package proof_test

import (
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
)

const body = `{"shop_id":954889,"shop_domain":"acme-dev.myshopify.com","customer":{"id":191167},"orders_to_redact":[]}`

// delivered is a webhook as Shopify sends it for shop A.
func delivered(t testing.TB, secret string, change func(*broker.Delivery)) broker.Delivery {
	t.Helper()
	header, result := key(t, secret).SignWebhook([]byte(body))
	if result != hmac.Valid {
		t.Fatal(result)
	}
	d := broker.Delivery{Body: []byte(body), HMAC: header, Shop: shopA, Topic: "customers/redact", ID: "w1"}
	if change != nil {
		change(&d)
	}
	return d
}

func with(text string) func(*broker.Delivery) {
	return func(d *broker.Delivery) { d.Body = []byte(text) }
}

func TestWebhook(t *testing.T) {
	app := broker.Subject{Kind: broker.ShopApp, ID: clientID}
	sum := key(t, newApp).Sum([]byte(body))
	rows := []struct {
		name  string
		d     broker.Delivery
		older bool
		code  broker.Code
	}{
		{"the newest secret", delivered(t, newApp, nil), false, ""},
		{"the former secret", delivered(t, oldApp, nil), true, ""},
		{"whatever the headers claim", delivered(t, newApp, func(d *broker.Delivery) { d.Topic, d.ID = "shop/redact", "" }), false, ""},
		{"another secret", delivered(t, "no-app-of-this-shop-0123456789abcdef", nil), false, broker.InvalidSignature},
		{"the theme's secret", delivered(t, newA, nil), false, broker.InvalidSignature},
		{"no hmac", delivered(t, newApp, func(d *broker.Delivery) { d.HMAC = "" }), false, broker.InvalidSignature},
		{"an hmac in hex", delivered(t, newApp, func(d *broker.Delivery) { d.HMAC = hex.EncodeToString(sum[:]) }), false, broker.InvalidSignature},
		{"an hmac without padding", delivered(t, newApp, func(d *broker.Delivery) { d.HMAC = strings.TrimRight(d.HMAC, "=") }), false, broker.InvalidSignature},
		{"two hmacs", delivered(t, newApp, func(d *broker.Delivery) { d.HMAC += "," + d.HMAC }), false, broker.InvalidSignature},
		{"no body", delivered(t, newApp, with("")), false, broker.InvalidSignature},
		{"the body written anew", delivered(t, newApp, with(strings.ReplaceAll(body, ":", ": "))), false, broker.InvalidSignature},
		{"a body with a line end", delivered(t, newApp, with(body+"\n")), false, broker.InvalidSignature},
		{"a shop without an app", delivered(t, newApp, func(d *broker.Delivery) { d.Shop = shopB }), false, broker.InvalidSignature},
		{"a shop we don't know", delivered(t, newApp, func(d *broker.Delivery) { d.Shop = "unknown.myshopify.com" }), false, broker.InvalidSignature},
		{"no shop", delivered(t, newApp, func(d *broker.Delivery) { d.Shop = "" }), false, broker.InvalidSignature},
		{"nothing", broker.Delivery{}, false, broker.InvalidSignature},
	}
	var refusal string
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := proof.Webhook{Now: at(now)}.Prove(context.Background(), apps(t), &broker.Request{Delivery: row.d})
			judge(t, got, err, app, broker.Delivered, row.code)
			if err == nil && (got.Older != row.older || got.Shop.Name != shopA) {
				t.Errorf("older %t, shop %s", got.Older, got.Shop.Name)
			}
			if err != nil && refusal != "" && err.Error() != refusal {
				t.Errorf("refusals differ: %v", err)
			}
			if err != nil {
				refusal = err.Error()
			}
		})
	}
}

// The former client secret ends by itself for webhooks, too.
func TestFormerSecretOfWebhooksEnds(t *testing.T) {
	tenant := apps(t)
	for unix, code := range map[int64]broker.Code{now: "", now + 1: broker.InvalidSignature} {
		tenant.Shops[shopA].App.Secrets[1].Until = time.Unix(now, 0)
		got, err := proof.Webhook{Now: at(unix)}.Prove(context.Background(), tenant, &broker.Request{Delivery: delivered(t, oldApp, nil)})
		judge(t, got, err, broker.Subject{Kind: broker.ShopApp, ID: clientID}, broker.Delivered, code)
	}
}
