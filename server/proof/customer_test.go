package proof_test

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
)

const (
	shopA = "acme-dev.myshopify.com"
	shopB = "other-shop.myshopify.com"
	id    = "7210381803720"
	now   = 1795200000

	newA = "secret-of-shop-a-the-newer-one-0123456789"
	oldA = "secret-of-shop-a-the-older-one-0123456789"
	onlB = "secret-of-shop-b-the-only-one-01234567890"
)

func key(t testing.TB, secret string) *hmac.Key {
	t.Helper()
	k, err := hmac.NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// tenant has two shops: A in the middle of a rotation, B with one secret.
func tenant(t testing.TB) *broker.Tenant {
	a := &broker.Shop{Name: shopA, Policy: broker.V1AndV2, MaxAge: 20 * time.Minute}
	b := &broker.Shop{Name: shopB, Policy: broker.V1AndV2, MaxAge: 20 * time.Minute}
	a.Live = []broker.LiveSecret{{Shop: a, Key: key(t, newA)}, {Shop: a, Key: key(t, oldA), Older: true}}
	b.Live = []broker.LiveSecret{{Shop: b, Key: key(t, onlB)}}
	return &broker.Tenant{
		Shops:   map[string]*broker.Shop{shopA: a, shopB: b},
		Live:    append(append([]broker.LiveSecret{}, a.Live...), b.Live...),
		Origins: map[string]string{"https://any.example": "", "https://a.example": shopA, "https://b.example": shopB},
	}
}

// sign is evidence made the way the theme makes it.
func sign(t testing.TB, secret, shop, timestamp string) broker.Evidence {
	t.Helper()
	signature, result := key(t, secret).SignCustomer(id, shop, timestamp)
	if result != hmac.Valid {
		t.Fatal(result)
	}
	return broker.Evidence{ID: id, Shop: shop, Timestamp: timestamp, Signature: signature}
}

func emptyKey(e broker.Evidence, signature string) broker.Evidence {
	e.Signature = signature
	return e
}

func prove(t *broker.Tenant, at int64, origin string, e broker.Evidence) (broker.Identity, error) {
	p := proof.Customer{Now: func() time.Time { return time.Unix(at, 0) }}
	return p.Prove(context.Background(), t, &broker.Request{Origin: origin, Customer: e})
}

func TestProven(t *testing.T) {
	ts := strconv.Itoa(now)
	rows := []struct {
		name, origin string
		evidence     broker.Evidence
		shop         string
		method       broker.Method
		older        bool
	}{
		{"v1, the signature names the shop", "", sign(t, newA, "", ""), shopA, broker.HMAC, false},
		{"v1, another shop's", "", sign(t, onlB, "", ""), shopB, broker.HMAC, false},
		{"v1, the older secret", "", sign(t, oldA, "", ""), shopA, broker.HMAC, true},
		{"v1 with its shop", "", sign(t, onlB, shopB, ""), shopB, broker.HMAC, false},
		{"v1 from an origin bound to the shop", "https://b.example", sign(t, onlB, "", ""), shopB, broker.HMAC, false},
		{"v1 from an unbound origin", "https://any.example", sign(t, onlB, "", ""), shopB, broker.HMAC, false},
		{"v2", "", sign(t, newA, shopA, ts), shopA, broker.HMAC2, false},
		{"v2, the older secret", "https://a.example", sign(t, oldA, shopA, ts), shopA, broker.HMAC2, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			tenant := tenant(t)
			got, err := prove(tenant, now, row.origin, row.evidence)
			want := broker.Identity{
				Subject: broker.Subject{Kind: broker.Customer, ID: id}, Method: row.method, Older: row.older, Shop: tenant.Shops[row.shop],
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *broker.Shop) bool { return a == b })); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	ts := strconv.Itoa(now)
	with := func(e broker.Evidence, change func(*broker.Evidence)) broker.Evidence {
		change(&e)
		return e
	}
	v1, v2 := sign(t, newA, "", ""), sign(t, newA, shopA, ts)
	rows := []struct {
		name, origin string
		evidence     broker.Evidence
		at           int64
		code         broker.Code
	}{
		{"another secret", "", sign(t, "no-secret-of-this-tenant-at-all-0123456789", "", ""), now, broker.InvalidSignature},
		{"another customer", "", with(v1, func(e *broker.Evidence) { e.ID = "7210381803721" }), now, broker.InvalidSignature},
		{"another shop's secret, named", "", sign(t, onlB, shopA, ""), now, broker.InvalidSignature},
		{"another shop's secret, by the origin", "https://a.example", sign(t, onlB, "", ""), now, broker.InvalidSignature},
		{"a shop that the origin is not bound to", "https://a.example", sign(t, onlB, shopB, ""), now, broker.InvalidSignature},
		{"v2 from another shop's origin", "https://b.example", v2, now, broker.InvalidSignature},
		{"v2 of a shop we don't know", "", sign(t, newA, "unknown.myshopify.com", ts), now, broker.InvalidSignature},
		{"v2 for another shop", "", with(v2, func(e *broker.Evidence) { e.Shop = shopB }), now, broker.InvalidSignature},
		{"v2 with another time", "", with(v2, func(e *broker.Evidence) { e.Timestamp = strconv.Itoa(now + 1) }), now, broker.InvalidSignature},
		{"a v1 signature does not stand in for v2", "", with(v1, func(e *broker.Evidence) { e.Shop, e.Timestamp = shopA, ts }), now, broker.InvalidSignature},
		{"a v2 signature does not stand in for v1", "", with(v2, func(e *broker.Evidence) { e.Timestamp = "" }), now, broker.InvalidSignature},
		{"too old", "", v2, now + 1261, broker.SignatureExpired},
		{"from the future", "", v2, now - 61, broker.SignatureExpired},
		{"wrong before old", "", with(v2, func(e *broker.Evidence) { e.ID = "1" }), now + 5000, broker.InvalidSignature},
		{"empty key, v1", "", emptyKey(v1, "c76c18149dfd6a8d0b3063186b4f80b46499cb8af8d5a1346df50dd37f905293"), now, broker.SecretMissing},
		{"no id", "", with(v1, func(e *broker.Evidence) { e.ID = "" }), now, broker.InvalidRequest},
		{"no signature", "", with(v1, func(e *broker.Evidence) { e.Signature = "" }), now, broker.InvalidRequest},
		{"malformed shop", "", with(v1, func(e *broker.Evidence) { e.Shop = "evil.example" }), now, broker.InvalidRequest},
		{"v2 without a shop", "", with(v2, func(e *broker.Evidence) { e.Shop = "" }), now, broker.InvalidRequest},
		{"malformed timestamp", "", with(v2, func(e *broker.Evidence) { e.Timestamp = "17952000000" }), now, broker.InvalidRequest},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := prove(tenant(t), row.at, row.origin, row.evidence)
			if err == nil || broker.AsError(err).Code != row.code || got.Subject.Kind != broker.Nobody {
				t.Errorf("got %+v, %v; want %s", got, err, row.code)
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	v1, v2 := sign(t, newA, "", ""), sign(t, newA, shopA, strconv.Itoa(now))
	for policy, takesV1 := range map[broker.Policy]bool{broker.V1AndV2: true, broker.V2Observe: true, broker.V2Only: false} {
		tenant := tenant(t)
		tenant.Shops[shopA].Policy = policy
		if _, err := prove(tenant, now, "", v2); err != nil {
			t.Errorf("%s refuses v2: %v", policy, err)
		}
		_, err := prove(tenant, now, "", v1)
		if (err == nil) != takesV1 || err != nil && broker.AsError(err).Code != broker.SignatureVersion {
			t.Errorf("%s answers v1 with %v", policy, err)
		}
		if _, err := prove(tenant, now, "", sign(t, "no-secret-of-this-tenant-at-all-0123456789", "", "")); broker.AsError(err).Code != broker.InvalidSignature {
			t.Errorf("%s tells a wrong v1 signature more than that: %v", policy, err)
		}
	}
}

func TestMaxAgeIsTheShops(t *testing.T) {
	tenant := tenant(t)
	tenant.Shops[shopA].MaxAge = time.Minute
	if _, err := prove(tenant, now+121, "", sign(t, newA, shopA, strconv.Itoa(now))); broker.AsError(err).Code != broker.SignatureExpired {
		t.Errorf("got %v", err)
	}
}

// Without a shop the work is bounded, and the answer says what to send.
func TestTooManyShops(t *testing.T) {
	tenant := tenant(t)
	for len(tenant.Live) < 17 {
		tenant.Live = append(tenant.Live, tenant.Live[2])
	}
	if _, err := prove(tenant, now, "", sign(t, newA, "", "")); broker.AsError(err).Code != broker.InvalidRequest {
		t.Errorf("got %v", err)
	}
	for name, e := range map[string]broker.Evidence{"named": sign(t, newA, shopA, ""), "v2": sign(t, newA, shopA, strconv.Itoa(now))} {
		if _, err := prove(tenant, now, "", e); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := prove(tenant, now, "https://a.example", sign(t, newA, "", "")); err != nil {
		t.Errorf("by its origin: %v", err)
	}
	tenant.Live = tenant.Live[:16]
	if _, err := prove(tenant, now, "", sign(t, newA, "", "")); err != nil {
		t.Errorf("16 are not too many: %v", err)
	}
}

type vector struct {
	Name, Secret, ID, Signature, Diagnosis, Shop string
	Timestamp, At                                int64
	Valid                                        bool
}

// Every vector, through the proof, as hmac's own tests have it through the key.
func TestVectors(t *testing.T) {
	var file struct{ V1, V2 []vector }
	raw, err := os.ReadFile("../../testdata/vectors/customer.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.V1) < 20 || len(file.V2) < 10 {
		t.Fatalf("only %d and %d vectors", len(file.V1), len(file.V2))
	}
	for _, v := range append(file.V1, file.V2...) {
		shop := &broker.Shop{Name: v.Shop, Policy: broker.V1AndV2, MaxAge: 20 * time.Minute}
		shop.Live = []broker.LiveSecret{{Shop: shop, Key: key(t, v.Secret)}}
		tenant := &broker.Tenant{Shops: map[string]*broker.Shop{v.Shop: shop}, Live: shop.Live}
		e := broker.Evidence{ID: v.ID, Signature: v.Signature, Shop: v.Shop}
		if v.Timestamp != 0 {
			e.Timestamp = strconv.FormatInt(v.Timestamp, 10)
		}
		if _, err := prove(tenant, v.At, "", e); (err == nil) != v.Valid {
			t.Errorf("%s: %v", v.Name, err)
		} else if v.Diagnosis == "empty_secret" && broker.AsError(err).Code != broker.SecretMissing {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}
