package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const foreign = "canary-of-somebody-else-0123456789abcdef"

// newKept is a front whose shop was registered long ago, so that nobody waits
// until every server knows its secret; and a token of its Admin API.
func newKept(t *testing.T) (f *front, token string) {
	t.Helper()
	t.Parallel() // a new secret is waited for all the same
	f = newFront(t, newProgram(t))
	f.program.must("", "tenant", "create", "acme")
	s := f.program.database()
	s.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	shop := broker.ShopRecord{Name: shopA, Policy: broker.V1AndV2, MaxAge: hmac.DefaultMaxAge}
	if err := s.In("acme").AddShop(t.Context(), shop, secret.New(secretA)); err != nil {
		t.Fatal(err)
	}
	return f, f.shopify.Token(shopA)
}

// shop runs shop COMMAND acme shopA against this Shopify, and sees to it that
// nothing secret is printed.
func (f *front) shop(t *testing.T, stdin, command string, flags ...string) (stdout, stderr string, code int) {
	t.Helper()
	args := slices.Concat([]string{"shop", command, "acme", shopA, f.at, f.allow}, flags)
	stdout, stderr, code = f.program.command(stdin, args...)
	secrets := []string{"canary", "shpat_", f.newest()}
	mustNotSay(t, "stdout of "+command, stdout, secrets...)
	mustNotSay(t, "stderr of "+command, stderr, secrets...)
	return stdout, stderr, code
}

// mustPrint runs a command that has to succeed, say this, and nothing beside it.
func (f *front) mustPrint(t *testing.T, want, stdin, command string, flags ...string) {
	t.Helper()
	stdout, stderr, code := f.shop(t, stdin, command, flags...)
	if diff := cmp.Diff(want+"\n", stdout); diff != "" || stderr != "" || code != done {
		t.Errorf("shop %s %v: exit %d: %s\n%s", command, flags, code, stderr, diff)
	}
}

// mustRefuse runs a command that has to fail and say why.
func (f *front) mustRefuse(t *testing.T, exit int, says, stdin, command string, flags ...string) {
	t.Helper()
	stdout, stderr, code := f.shop(t, stdin, command, flags...)
	if stdout != "" || !strings.Contains(stderr, says) || code != exit {
		t.Errorf("shop %s %v: exit %d: %s%s", command, flags, code, stdout, stderr)
	}
}

// mustHold checks what the shop's metafield and the app's data hold; empty: there is none.
func (f *front) mustHold(t *testing.T, onShop, onApp string) {
	t.Helper()
	for place, want := range map[shopifytest.Place]string{shopifytest.OnShop: onShop, shopifytest.OnApp: onApp} {
		if got, there := f.shopify.Value(shopA, place); got != want || there != (want != "") {
			t.Errorf("place %d holds %q, want %q", place, got, want)
		}
	}
}

// holder is whose metafield shop show names; empty: there is no access.
func (f *front) holder() string {
	f.t.Helper()
	access, _ := f.program.must("", "shop", "show", "acme", shopA)["admin"].(map[string]any)
	holder, _ := access["holder"].(string)
	return holder
}

const byHand = "install the app (/shopify/install), or give a token with --access-token-stdin"

func TestShopAdmin(t *testing.T) {
	f, token := newKept(t)
	f.mustRefuse(t, refused, byHand, "", "admin")
	f.mustRefuse(t, refused, "access", f.shopify.Token(shopB), "admin", "--access-token-stdin")
	f.mustHold(t, "", "")
	if got := f.holder(); got != "" {
		t.Errorf("kept, though it does not work, for the %s", got)
	}
	f.mustPrint(t, "The metafield omneo.id_secret now holds the newest secret of "+shopA+"; shop rotate will keep it so.", token+"\n", "admin", "--access-token-stdin")
	f.mustHold(t, secretA, "")
	f.mustPrint(t, "The metafield omneo.id_secret holds the newest secret of "+shopA+" already; shop rotate will keep it so.", "", "admin")
	if got := f.holder(); got != "shop" {
		t.Errorf("for the %q", got)
	}
}

// What an access is for changes by flag alone, and what held the secret before is left.
func TestShopAdminAppData(t *testing.T) {
	f, token := newKept(t)
	for _, row := range []struct {
		stdin, flag, holder string
		written             bool
	}{
		{token, "--access-token-stdin", "shop", true},
		{"", "--app-data", "app", true},
		{"", "--json", "app", false},
		{"", "--no-app-data", "shop", false},
		{token, "--access-token-stdin", "shop", false},
	} {
		want := fmt.Sprintf(`{"holder":%q,"shop":%q,"written":%t}`, row.holder, shopA, row.written)
		f.mustPrint(t, want, row.stdin, "admin", "--json", row.flag)
		if got := f.holder(); got != row.holder {
			t.Errorf("after %s it is for the %q", row.flag, got)
		}
	}
	f.mustHold(t, secretA, secretA)
}

// A value that nobody here knows is not written over, and no access is kept by which it might be.
func TestShopAdminForeign(t *testing.T) {
	f, token := newKept(t)
	const advice = "make it the shop's first secret: shop add --secret-stdin"
	f.shopify.Set(shopA, shopifytest.OnShop, foreign)
	f.mustRefuse(t, refused, advice, token, "admin", "--access-token-stdin")
	f.mustHold(t, foreign, "")
	if got := f.holder(); got != "" {
		t.Errorf("kept for the %s", got)
	}
	f.shopify.Set(shopA, shopifytest.OnShop, secretA)
	f.shopify.Set(shopA, shopifytest.OnApp, foreign)
	f.mustPrint(t, `{"holder":"shop","shop":"`+shopA+`","written":false}`, token, "admin", "--access-token-stdin", "--json")
	f.mustRefuse(t, refused, advice, "", "admin", "--app-data")
	f.mustHold(t, secretA, foreign)
	if got := f.holder(); got != "shop" {
		t.Errorf("for the %q", got)
	}
}

func TestShopAdminRemove(t *testing.T) {
	f, token := newKept(t)
	f.mustPrint(t, `{"holder":"shop","shop":"`+shopA+`","written":true}`, token, "admin", "--access-token-stdin", "--json")
	f.mustRefuse(t, misused, "not both", token, "admin", "--remove", "--access-token-stdin")
	f.mustPrint(t, "The access to the Admin API of "+shopA+" is forgotten.", "", "admin", "--remove")
	f.mustPrint(t, `{"removed":true,"shop":"`+shopA+`"}`, "", "admin", "--remove", "--json")
	f.mustHold(t, secretA, "")
	f.mustRefuse(t, refused, byHand, "", "admin")
}

// With access the secret goes into the metafield and to nobody else.
func TestShopRotateWrites(t *testing.T) {
	for name, row := range map[string]struct {
		want  string
		flags []string
	}{
		"for people": {"The metafield of " + shopA + " holds the new secret. Running servers retire the former one when it was not used for 1h, at the latest after 7 days.", nil},
		"as JSON":    {`{"limit":"168h0m0s","metafield":"written","quiet":"1h0m0s","shop":"` + shopA + `"}`, []string{"--json"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, token := newKept(t)
			f.shop(t, token, "admin", "--access-token-stdin")
			f.mustPrint(t, row.want, "", "rotate", row.flags...)
			f.mustHold(t, f.newest(), "")
			if f.newest() == secretA || f.live() != 2 {
				t.Error("there is no second secret")
			}
		})
	}
}

// Nor is it shown where the metafield cannot be written.
func TestShopRotateCannotWrite(t *testing.T) {
	f, token := newKept(t)
	f.shop(t, token, "admin", "--access-token-stdin")
	f.shopify.Revoke(shopA)
	f.mustRefuse(t, refused, "the new secret counts, but the metafield does not hold it yet", "", "rotate")
	f.mustHold(t, secretA, "")
	if f.newest() == secretA || f.live() != 2 {
		t.Error("there is no second secret")
	}
}
