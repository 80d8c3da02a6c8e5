package doctor

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
)

// pageFor is a page of Shopify's that knows a customer's e-mail address.
const pageFor = `<script>Shopify.shop = "acme-dev.myshopify.com"</script><p>customer@example.com</p>`

func visitTo(t testing.TB, m Marker) *visit {
	return &visit{page: Parse([]byte(pageFor)), marker: &m, address: parsed(t, "https://shop.example.com/account"), seen: now()}
}

// Every slip is recognised, and told in its own words.
func TestEverySlipIsTold(t *testing.T) {
	for _, m := range []Marker{
		{ID: "7210381803720", Shop: "acme-dev.myshopify.com", Timestamp: "1795200000"},
		{ID: "7210381803720", Shop: "acme-dev.myshopify.com"},
	} {
		v := visitTo(t, m)
		base, slips := v.recipe([]byte(idSecret)), v.slips()
		if len(slips) < 20 {
			t.Fatalf("only %d slips", len(slips))
		}
		for _, s := range slips {
			r := s.on(base)
			signature := hex.EncodeToString(r.sum(r.key, r.lay(r.id, r.shop, r.time)))
			if base.made(signature) {
				continue // it changes nothing about what is sent here
			}
			found, _ := base.find(signature, slips)
			if len(found) != 1 || found[0].says != s.says {
				t.Errorf("%q was told as %v", s.says, found)
			}
		}
	}
}

// What is told of signatures as themes have made them.
func TestSlips(t *testing.T) {
	const id, shop, time = "7210381803720", "acme-dev.myshopify.com", "1795200000"
	key, err := hmac.NewKey([]byte(idSecret))
	if err != nil {
		t.Fatal(err)
	}
	sum := func(message string) string {
		mac := key.Sum([]byte(message))
		return hex.EncodeToString(mac[:])
	}
	for _, row := range []struct {
		marker Marker
		says   string // joined; "right", or "?" if nobody knows
	}{
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:" + shop + ":" + id + ":" + time)}, "right"},
		{Marker{ID: id, Shop: shop, Signature: sum(id)}, "right"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: strings.ToUpper(sum("v2:" + shop + ":" + id + ":" + time))}, "right"}, // its form is told elsewhere
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum(id)}, "the customer id alone is signed, as for v1, but a timestamp is sent"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:" + id + ":" + shop + ":" + time)}, "the parts are signed in the order id, shop, time"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum(shop + ":" + id + ":" + time)}, "the text does not begin with v2:, and the parts are signed in the order shop, id, time"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum(id + ":" + time)}, "the text does not begin with v2:, and the parts are signed in the order id, time (the shop is missing)"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2" + shop + id + time)}, "the parts are not joined by colons"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:shop.example.com:" + id + ":" + time)}, "the domain of the page is signed in place of the permanent one"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:" + shop + ":" + id + ":1795200001")}, "the time that is signed is not the one that is sent: the theme asks for it twice"},
		{Marker{ID: id, Shop: "acme.myshopify.com", Timestamp: time, Signature: sum("v2:" + shop + ":" + id + ":" + time)}, "the page's shop is signed, and another one is sent"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:" + shop + ":customer@example.com:" + time)}, "an e-mail address is signed in place of the id"},
		{Marker{ID: id, Signature: sum("customer@example.com")}, "an e-mail address is signed in place of the id"},
		{Marker{ID: id, Signature: sum("gid://shopify/Customer/" + id)}, "a gid:// is signed in place of the id"},
		{Marker{ID: id, Signature: sum(id + " ")}, "the id is signed with white space around it"},
		{Marker{ID: id, Signature: sum(id + "\n")}, "the id is signed with a line end behind it"},
		{Marker{ID: id, Signature: sum("7,210,381,803,720")}, "the id is signed with separators in it"},
		{Marker{ID: id, Signature: sum("")}, "the empty text is signed in place of the id"},
		{Marker{ID: "7,210,381,803,720", Signature: sum(id)}, "the id that is signed is not in the form that is sent"},
		{Marker{ID: id, Shop: shop, Signature: sum("v2:" + shop + ":" + id + ":")}, "shop and id are signed as for v2, but no time"},
		{Marker{ID: id, Signature: "4665867247be423b04ce2385e2630c4dee540b6a1647e6e0a6c77a1be8293c0f"}, "the secret in the metafield has a line end behind it"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum(id + ":" + shop)}, "?"},
		{Marker{ID: id, Signature: "8e0d5d65cff1242a4af66c8f4a32854fd5fb80edcc8aabe9b302b29c7c71dc20"}, "?"},
		{Marker{ID: id, Shop: shop, Timestamp: time, Signature: sum("v2:gid://shopify/Customer/" + id + ":" + shop + ":" + time)},
			"a gid:// is signed in place of the id, the parts are signed in the order id, shop, time"},
	} {
		v := visitTo(t, row.marker)
		slips, found := v.find([]byte(idSecret))
		var says []string
		for _, s := range slips {
			says = append(says, s.says)
		}
		got := strings.Join(says, ", ")
		switch {
		case !found:
			got = "?"
		case len(slips) == 0:
			got = "right"
		}
		if diff := cmp.Diff(row.says, got); diff != "" {
			t.Error(diff)
		}
	}
}

// A page may hold anything; looking for slips in it ends soon.
func TestLargeProof(t *testing.T) {
	v := visitTo(t, Marker{ID: strings.Repeat("7", 1<<20), Timestamp: "1795200000", Signature: "x"})
	if _, found := v.find([]byte(idSecret)); found || v.emptyKey() {
		t.Error("found")
	}
}

// Anybody can recognise a signature of the empty key, whatever was signed.
func TestEmptyKey(t *testing.T) {
	for signature, want := range map[string]bool{
		"c76c18149dfd6a8d0b3063186b4f80b46499cb8af8d5a1346df50dd37f905293": true, // docs/signatures.md
		"362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7": false,
	} {
		if got := visitTo(t, Marker{ID: "7210381803720", Signature: signature}).emptyKey(); got != want {
			t.Errorf("%v for %s", got, signature)
		}
	}
}
