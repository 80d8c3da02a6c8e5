package proof

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// Webhook proves that Shopify speaks, by the body of a webhook that is signed
// with the client secret of the shop's app. It says nothing of topic, id and
// time, which nobody has signed (shopify.dev, "Verify webhook deliveries").
type Webhook struct {
	Now func() time.Time
}

// Prove implements broker.Proof. A shop that is not known here, one without an
// app and a signature that is wrong are answered alike.
func (p Webhook) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	shop := t.Shops[r.Delivery.Shop]
	if shop == nil || shop.App == nil {
		return broker.Identity{}, errWebhook
	}
	keys, err := clientKeys(shop.App.Live(p.Now()))
	if err != nil {
		return broker.Identity{}, err
	}
	which, result := keys.VerifyWebhook(r.Delivery.Body, r.Delivery.HMAC)
	if result != hmac.Valid {
		return broker.Identity{}, errWebhook
	}
	return spokenFor(shop, broker.Delivered, which == hmac.Previous), nil
}

// spokenFor is Shopify, on behalf of the shop's app.
func spokenFor(shop *broker.Shop, by broker.Method, older bool) broker.Identity {
	return broker.Identity{Subject: broker.Subject{Kind: broker.ShopApp, ID: shop.App.ClientID}, Method: by, Shop: shop, Older: older}
}

// clientKeys are an app's live client secrets, newest first.
func clientKeys(live []broker.AppSecret) (keys hmac.Keys, err error) {
	for i, s := range live {
		key, err := hmac.NewKey([]byte(s.Text.Reveal()))
		switch {
		case err != nil:
			return hmac.Keys{}, err
		case i == 0:
			keys.Current = key
		default:
			keys.Previous = key
		}
	}
	return keys, nil
}
