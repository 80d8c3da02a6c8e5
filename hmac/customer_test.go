package hmac_test

import (
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shapestoken/shapestoken/hmac"
)

// hexMAC signs with the standard library, with any key and any message.
func hexMAC(key, message string) string {
	h := stdhmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

// flip returns signature with its first bit changed.
func flip(signature string) string {
	digit := strings.IndexByte("0123456789abcdef", signature[0])
	return string("89abcdef01234567"[digit]) + signature[1:]
}

func TestParseCustomer(t *testing.T) {
	longest := strings.Repeat("s", 63) + ".myshopify.com"
	for _, tt := range []struct {
		name, id, shop, timestamp string
		version                   hmac.Version
		unix                      int64
		message                   string
	}{
		{"v1", id, "", "", hmac.V1, 0, id},
		{"v1 that names its shop", id, shop, "", hmac.V1, 0, id},
		{"v2", id, shop, stamp, hmac.V2, 1795200000, "v2:" + shop + ":" + id + ":" + stamp},
		{"v2, longest", "9223372036854775807", longest, "9999999999", hmac.V2, 9999999999,
			"v2:" + longest + ":9223372036854775807:9999999999"},
		{"v2, shortest", "1", "a.myshopify.com", stamp, hmac.V2, 1795200000, "v2:a.myshopify.com:1:" + stamp},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, r := hmac.ParseCustomer(tt.id, tt.shop, tt.timestamp, "0123456789abcdef"+strings.Repeat("f0", 24))
			if r != hmac.Valid {
				t.Fatal(r)
			}
			got := []any{c.ID, c.Shop, c.Timestamp, c.Version(), string(c.Message()), hex.EncodeToString(c.MAC()[:])}
			want := []any{tt.id, tt.shop, tt.unix, tt.version, tt.message, "0123456789abcdef" + strings.Repeat("f0", 24)}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// With several faults the first in the documented order is named.
func TestParseCustomerNamesTheFirstFault(t *testing.T) {
	for _, tt := range []struct {
		id, shop, timestamp, signature string
		want                           hmac.Result
	}{
		{"", "x", "x", "x", hmac.MalformedID},
		{id, "x", "x", "x", hmac.MalformedShop},
		{id, "", "x", "x", hmac.MalformedShop},
		{id, shop, "x", "x", hmac.MalformedTimestamp},
		{id, shop, stamp, "x", hmac.MalformedSignature},
		{id, "", "", "", hmac.MalformedSignature},
	} {
		if _, r := hmac.ParseCustomer(tt.id, tt.shop, tt.timestamp, tt.signature); r != tt.want {
			t.Errorf("%+v: %v", tt, r)
		}
	}
}

func TestShopIsRequiredWithTimestamp(t *testing.T) {
	key := newKey(t, secret)
	signature := hexMAC(secret, "v2::"+id+":"+stamp)
	if r := verify(key, id, "", stamp, signature, signedAt); r != hmac.MalformedShop {
		t.Errorf("a rightly signed message without a shop: %v", r)
	}
}

// Each row is a signature that somebody could really have, offered as something it is not.
func TestVerifyRefuses(t *testing.T) {
	key := newKey(t, secret)
	v1, v2 := sign(t, key, id, "", ""), sign(t, key, id, shop, stamp)
	for _, tt := range []struct {
		name, id, shop, timestamp, signature string
		want                                 hmac.Result
	}{
		{"v1 with a timestamp added", id, shop, stamp, v1, hmac.Wrong},
		{"v2 with its timestamp removed", id, shop, "", v2, hmac.Wrong},
		{"v2 of another moment", id, shop, "1795200001", v2, hmac.Wrong},
		{"v2 of another shop", id, "other-shop.myshopify.com", stamp, v2, hmac.Wrong},
		{"v2 of another id", "7210381803721", shop, stamp, v2, hmac.Wrong},
		{"v1 of another id", "7210381803721", "", "", v1, hmac.Wrong},
		{"another key", id, "", "", hexMAC("another secret", id), hmac.Wrong},
		{"the word null as key", id, "", "", hexMAC("null", id), hmac.Wrong},
		{"the word nil as key", id, "", "", hexMAC("nil", id), hmac.Wrong},
		{"a newline after the key", id, "", "", hexMAC(secret+"\n", id), hmac.Wrong},
		{"a newline after the id", id, "", "", hexMAC(secret, id+"\n"), hmac.Wrong},
		{"plain SHA-256", id, "", "", plainSHA256(secret + id), hmac.Wrong},
		{"empty key, v1", id, "", "", hexMAC("", id), hmac.EmptyKey},
		{"empty key, v2", id, shop, stamp, hexMAC("", "v2:"+shop+":"+id+":"+stamp), hmac.EmptyKey},
		{"nothing, rightly signed", "", "", "", hexMAC(secret, ""), hmac.MalformedID},
		{"a space, rightly signed", " ", "", "", hexMAC(secret, " "), hmac.MalformedID},
		{"all zeros", id, "", "", strings.Repeat("0", 64), hmac.Wrong},
	} {
		if r := verify(key, tt.id, tt.shop, tt.timestamp, tt.signature, signedAt); r != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, r, tt.want)
		}
	}
	if verify(key, id, "", "", v1, signedAt) != hmac.Valid || verify(key, id, shop, stamp, v2, signedAt) != hmac.Valid {
		t.Error("the signatures that were bent were not right to begin with")
	}
}

func plainSHA256(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func TestAge(t *testing.T) {
	const forever = time.Duration(math.MaxInt64)
	for _, tt := range []struct {
		name              string
		age, maxAge, skew time.Duration
		want              hmac.Result
	}{
		{"now", 0, 20 * time.Minute, time.Minute, hmac.Valid},
		{"oldest", 21 * time.Minute, 20 * time.Minute, time.Minute, hmac.Valid},
		{"just too old", 21*time.Minute + 1, 20 * time.Minute, time.Minute, hmac.Expired},
		{"newest", -time.Minute, 20 * time.Minute, time.Minute, hmac.Valid},
		{"just from the future", -time.Minute - 1, 20 * time.Minute, time.Minute, hmac.NotYet},
		{"strictest, at once", 0, 0, 0, hmac.Valid},
		{"strictest, late", 1, 0, 0, hmac.Expired},
		{"strictest, early", -1, 0, 0, hmac.NotYet},
		{"forever", 1000 * time.Hour, forever, time.Minute, hmac.Valid},
		{"forever is not the future", -time.Hour, forever, time.Minute, hmac.NotYet},
		{"negative", 0, -1, 0, hmac.Expired},
	} {
		key := newKey(t, secret)
		c, r := hmac.ParseCustomer(id, shop, stamp, sign(t, key, id, shop, stamp))
		if r != hmac.Valid {
			t.Fatal(r)
		}
		now := signedAt.Add(tt.age)
		if got := c.Age(now, tt.maxAge, tt.skew); got != tt.want {
			t.Errorf("%s: age %v, want %v", tt.name, got, tt.want)
		}
		if got := key.VerifyCustomer(&c, now, tt.maxAge, tt.skew); got != tt.want {
			t.Errorf("%s: verify %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAgeOfV1(t *testing.T) {
	c, r := hmac.ParseCustomer(id, shop, "", strings.Repeat("0", 64))
	if r != hmac.Valid {
		t.Fatal(r)
	}
	for _, now := range []time.Time{{}, time.Unix(0, 0), signedAt} {
		if got := c.Age(now, 0, 0); got != hmac.Valid {
			t.Errorf("at %v: %v", now, got)
		}
	}
}

// Timestamp is 0 here as it is for v1, and must not make the signature ageless.
func TestAgeOfTenZeros(t *testing.T) {
	key := newKey(t, secret)
	signature := sign(t, key, id, shop, "0000000000")
	if r := verify(key, id, shop, "0000000000", signature, signedAt); r != hmac.Expired {
		t.Error(r)
	}
}

// Whoever cannot sign must not learn what the clock says.
func TestSignatureBeforeAge(t *testing.T) {
	key := newKey(t, secret)
	signature := flip(sign(t, key, id, shop, stamp))
	for _, now := range []time.Time{{}, signedAt.AddDate(1, 0, 0)} {
		if r := verify(key, id, shop, stamp, signature, now); r != hmac.Wrong {
			t.Errorf("at %v: %v", now, r)
		}
	}
}

// A caller that ignored ParseCustomer's Result gets nowhere.
func TestZeroCustomer(t *testing.T) {
	var c hmac.Customer
	if r := newKey(t, secret).VerifyCustomer(&c, signedAt, hmac.DefaultMaxAge, hmac.DefaultSkew); r != hmac.Wrong {
		t.Errorf("verify: %v", r)
	}
	if r := c.Age(signedAt, hmac.DefaultMaxAge, hmac.DefaultSkew); r != hmac.Expired {
		t.Errorf("age: %v", r)
	}
	if c.Version() == hmac.V1 || c.Version() == hmac.V2 {
		t.Errorf("version: %v", c.Version())
	}
}

func TestCustomerPrintsNoSignature(t *testing.T) {
	c, r := hmac.ParseCustomer(id, shop, stamp, strings.Repeat("ab", 32))
	if r != hmac.Valid {
		t.Fatal(r)
	}
	want := `hmac.Customer(v2 id="7210381803720" shop="acme-dev.myshopify.com" timestamp=1795200000)`
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{c, &c} {
			if got := fmt.Sprintf(verb, value); got != want {
				t.Errorf("%s of %T: %s", verb, value, got)
			}
		}
	}
}
