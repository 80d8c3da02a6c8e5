package broker_test

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

var v4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func newKey(t interface{ Fatal(...any) }, text string) broker.Key {
	k, err := hmac.NewKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The value is fixed: profile ids are kept by others, and must never change.
func TestPIDIsForEver(t *testing.T) {
	got := broker.DerivePID(newKey(t, "0123456789abcdef0123456789abcdef"), "acme-dev.myshopify.com", "7210381803720")
	if want := "67004078-3ead-491e-b92b-d1ea32da0412"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPIDs(t *testing.T) {
	key, other := newKey(t, "one key"), newKey(t, "another key")
	rapid.Check(t, func(t *rapid.T) {
		shop, id := rapid.String().Draw(t, "shop"), rapid.StringMatching(`[1-9][0-9]{0,18}`).Draw(t, "id")
		pid := broker.DerivePID(key, shop, id)
		if !v4.MatchString(pid) {
			t.Fatalf("%s is no version 4 UUID", pid)
		}
		for name, same := range map[string]string{
			"another tenant": broker.DerivePID(other, shop, id),
			"another shop":   broker.DerivePID(key, shop+"x", id),
			"another id":     broker.DerivePID(key, shop, id+"0"),
		} {
			if pid == same {
				t.Fatalf("%s has the same profile id", name)
			}
		}
	})
}

func TestLinkOverrides(t *testing.T) {
	tenant := broker.Tenant{
		Pseudonyms: newKey(t, "one key"),
		Links:      map[broker.CustomerRef]string{{Shop: "a.myshopify.com", ID: "1"}: "linked"},
	}
	if got := tenant.PID("a.myshopify.com", "1"); got != "linked" {
		t.Errorf("got %s", got)
	}
	if got := tenant.PID("b.myshopify.com", "1"); got == "linked" {
		t.Error("the link reaches another shop's customer")
	}
}
