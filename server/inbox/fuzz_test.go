package inbox

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// FuzzRead takes any body and headers: what is kept of a webhook names at most
// customers, by ids that are ids, and no body fits two topics, for the topic is
// a claim that nobody has signed.
func FuzzRead(f *testing.F) {
	for topic, body := range bodies {
		d := delivery(topic, body)
		f.Add(d.Body, d.Topic, d.ID, d.Triggered)
	}
	f.Add([]byte(`{"shop_domain":"acme.myshopify.com","customer":{"id":1e3}}`), "customers/redact", "w1", "")
	f.Add([]byte(`[]`), "shop/redact", "", "yesterday")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte, topic, id, triggered string) {
		n, wanted, err := read(shop, broker.Delivery{Body: body, Topic: topic, ID: id, Triggered: triggered}, now)
		var refusal *broker.Error
		if err != nil && (!errors.As(err, &refusal) || wanted) {
			t.Fatalf("%v, wanted %v", err, wanted)
		}
		if !wanted {
			return
		}
		for _, customer := range []string{n.Customer, n.Kept} {
			if customer != "" && !hmac.ValidID(customer) {
				t.Fatalf("kept %q", customer)
			}
		}
		if n.Shop != shop || n.Happened.After(now) || !json.Valid(body) {
			t.Fatalf("kept %+v", n)
		}
		for other := range shapes {
			_, also, _ := read(shop, broker.Delivery{Body: body, Topic: string(other), ID: id, Triggered: triggered}, now)
			if also && string(other) != topic {
				t.Fatalf("%s is %s, too", topic, other)
			}
		}
	})
}
