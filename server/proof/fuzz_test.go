package proof_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// FuzzSession signs whatever head and payload it is given as Shopify would, so
// that the claims are reached: who is proved is a customer with a number, or a
// guest, of the one shop and app; every refusal is one that may be sent. Without
// the right signature nobody is proved at all.
func FuzzSession(f *testing.F) {
	for _, claims := range []object{nil, {"sub": nil}, {"dest": "https://" + shopA, "iss": "https://" + shopA + "/admin"}, {"aud": []string{clientID}}, {"exp": 1e300}} {
		parts := strings.Split(session(f, newApp, claims, nil).Reveal(), ".")
		head, _ := base64.RawURLEncoding.DecodeString(parts[0])
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		f.Add(head, payload, []byte{})
	}
	f.Add([]byte(`{"alg":"none"}`), []byte(`{}`), []byte("forged"))
	tenant := apps(f)
	f.Fuzz(func(t *testing.T, head, payload, forged []byte) {
		text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
		right := key(t, newApp).Sum([]byte(text))
		mac := right[:]
		if len(forged) > 0 {
			mac = forged
		}
		bearer := secret.New(text + "." + base64.RawURLEncoding.EncodeToString(mac))
		got, err := proof.Session{Now: at(now)}.Prove(context.Background(), tenant, &broker.Request{Bearer: bearer})
		if err != nil {
			var refusal *broker.Error
			if !errors.As(err, &refusal) || refusal.Code != broker.InvalidSignature {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		former := key(t, oldApp).Sum([]byte(text))
		if !bytes.Equal(mac, right[:]) && !bytes.Equal(mac, former[:]) {
			t.Fatal("a forged one was taken")
		}
		guest := got.Subject == broker.Subject{Kind: broker.Guest}
		if !guest && (got.Subject.Kind != broker.Customer || !hmac.ValidID(got.Subject.ID)) || got.Shop != tenant.Shops[shopA] {
			t.Fatalf("proved %+v", got)
		}
	})
}
