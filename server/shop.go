package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

type shopCommands struct {
	Add    shopAdd    `cmd:"" help:"Register a shop and make its id_secret, which is printed once."`
	List   shopList   `cmd:"" help:"List a tenant's shops."`
	Show   shopShow   `cmd:"" help:"Show a shop: its secrets and when they were last used, how themes sign, and whether v2-only is safe."`
	Rotate shopRotate `cmd:"" help:"Make a second id_secret. With access to the shop's Admin API it is written to the metafield and the older one retired when it is quiet; without, it is printed once and both count until the older is retired."`
	Retire shopRetire `cmd:"" help:"End the older of two live secrets."`
	Admin  shopAdmin  `cmd:"" help:"Give access to the shop's Admin API, so that the service keeps the metafield omneo.id_secret itself."`
	Policy shopPolicy `cmd:"" help:"Say which signatures count: v1+v2, v2-observe or v2-only."`
	App    shopApp    `cmd:"" help:"Register the Shopify app whose app proxy and extensions speak for the shop, or its new client secret."`
}

type shopAdd struct {
	Tenant      string `arg:""`
	Shop        string `arg:"" help:"The permanent domain, such as my-store.myshopify.com."`
	SecretStdin bool   `help:"Import an id_secret that themes already sign with, from stdin, in place of making one."`
}

// Run registers the shop.
func (c *shopAdd) Run(a *app) error {
	if !hmac.ValidShop(c.Shop) {
		return usageError("a shop is named by its permanent domain, such as my-store.myshopify.com, in lower case")
	}
	text, err := c.secret(a)
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		shop := broker.ShopRecord{Name: c.Shop, Policy: broker.V1AndV2, MaxAge: hmac.DefaultMaxAge, Created: time.Now()}
		t := saying(s, c.Tenant, "shop add", facts{"shop": c.Shop, "imported": c.SecretStdin})
		if err := t.AddShop(a.ctx, shop, text); err != nil {
			return err
		}
		if err := a.warnOfMany(t); err != nil {
			return err
		}
		if c.SecretStdin {
			return a.print(map[string]any{"shop": c.Shop, "imported": true}, "Shop "+c.Shop+" is there, with the secret its theme signs with.")
		}
		return a.printSecret(c.Shop, text)
	})
}

func (c *shopAdd) secret(a *app) (secret.Text, error) {
	if !c.SecretStdin {
		return newSecret(), nil
	}
	text, err := a.secretFromStdin()
	if err != nil {
		return secret.Text{}, err
	}
	return text, a.judge(text)
}

// What a secret must have. Ours carry 256 bits; an imported one is somebody
// else's choice, which deployed themes already sign with.
const (
	leastImported = 16
	leastGood     = 32
)

// judge refuses an imported secret that is no secret, and warns of a weak one.
func (a *app) judge(text secret.Text) error {
	plain := text.Reveal()
	switch trimmed := strings.TrimSpace(plain); {
	case trimmed == "":
		return errors.New("the secret is empty or blank: anyone could sign with it")
	case len(trimmed) < leastImported:
		return fmt.Errorf("the secret is shorter than %d characters", leastImported)
	case len(trimmed) < leastGood:
		a.say("Warning: the secret is shorter than %d characters. Replace it soon: shapestoken shop rotate.", leastGood)
	}
	if strings.TrimSpace(plain) != plain {
		a.say("Warning: the secret has white space at an end, which belongs to the key. Is that what the metafield holds?")
	}
	return nil
}

// warnOfMany says when signatures alone no longer tell the tenant's shops apart.
func (a *app) warnOfMany(t store.Tenant) error {
	shops, err := t.Shops(a.ctx)
	live := 0
	for _, shop := range shops {
		live += len(shop.Secrets)
	}
	if live > proof.MostTried {
		a.say("Note: the tenant has more than %d live secrets, so a request that names no shop is refused. Themes that sign v1 must send it, or come from an origin that is bound to a shop.", proof.MostTried)
	}
	return err
}

func newSecret() secret.Text {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return secret.New(base64.RawURLEncoding.EncodeToString(b[:]))
}

func (a *app) printSecret(shop string, text secret.Text) error {
	return a.print(map[string]string{"shop": shop, "id_secret": text.Reveal()}, strings.Join([]string{
		"id_secret of " + shop + ", shown this once:",
		"",
		"    " + text.Reveal(),
		"",
		"Put it into the shop metafield omneo.id_secret (Shopify admin: Settings, Metafields and metaobjects, Shop; type",
		"single line text; storefront API access off). The theme reads it in Liquid; it must not be printed anywhere.",
	}, "\n"))
}

type shopList struct {
	Tenant string `arg:""`
}

// Run lists shops, never their secrets.
func (c *shopList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Shops(a.ctx)
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"SHOP", "POLICY", "MAX AGE", "LIVE SECRETS", "NEWEST MADE"}}
		for _, shop := range all {
			made := rfc3339(shop.Secrets[len(shop.Secrets)-1].Made)
			values = append(values, map[string]any{
				"shop": shop.Name, "policy": shop.Policy.String(), "max_age": shop.MaxAge.String(),
				"live_secrets": len(shop.Secrets), "newest_made_at": made,
			})
			rows = append(rows, []string{shop.Name, shop.Policy.String(), shop.MaxAge.String(), fmt.Sprint(len(shop.Secrets)), made})
		}
		return a.print(values, table(rows))
	})
}

type shopPolicy struct {
	Tenant   string         `arg:""`
	Shop     string         `arg:""`
	Policy   string         `arg:"" enum:"v1+v2,v2-observe,v2-only" help:"v1+v2: both kinds of signature; v2-observe: v1 still counts, and is counted and logged; v2-only: only dated ones."`
	MaxAge   *time.Duration `help:"How long a v2 signature is good: 1m to 24h." placeholder:"20m"`
	ReviveV1 bool           `env:"-" name:"revive-v1" help:"Needed to loosen v2-only: every v1 signature ever seen becomes good again."`
}

// Run sets the policy, and refuses to loosen it by accident.
func (c *shopPolicy) Run(a *app) error {
	policy, _ := broker.ParsePolicy(c.Policy) // the grammar has checked it
	if c.MaxAge != nil && (*c.MaxAge < time.Minute || *c.MaxAge > 24*time.Hour) {
		return usageError("--max-age must be between 1m and 24h")
	}
	return a.withStore(func(s *store.Store) error {
		current, err := findShop(a.ctx, s.In(c.Tenant), c.Shop)
		if err != nil {
			return err
		}
		if current.Policy == broker.V2Only && policy != broker.V2Only && !c.ReviveV1 {
			return errors.New("loosening v2-only makes every v1 signature ever seen good again; add --revive-v1 if you mean it")
		}
		if err := warnOfV1(a, s.In(c.Tenant), current, policy); err != nil {
			return err
		}
		maxAge := current.MaxAge
		if c.MaxAge != nil {
			maxAge = c.MaxAge.Truncate(time.Second)
		}
		t := saying(s, c.Tenant, "shop policy", facts{"shop": c.Shop, "policy": c.Policy, "max_age": maxAge.String(), "revive_v1": c.ReviveV1})
		if err := t.SetPolicy(a.ctx, c.Shop, policy, maxAge); err != nil {
			return err
		}
		return a.print(map[string]any{"shop": c.Shop, "policy": c.Policy}, c.Shop+" now takes "+c.Policy+".")
	})
}

// warnOfV1 says whom v2-only will lock out.
func warnOfV1(a *app, t store.Tenant, shop broker.ShopRecord, policy broker.Policy) error {
	if policy != broker.V2Only || shop.Policy == broker.V2Only {
		return nil
	}
	signed, err := t.Signed(a.ctx, shop.Name)
	if e := enforce(shop, signed, time.Now()); err == nil && !e.Safe {
		a.say("Warning: %s. Loosening it again needs --revive-v1.", e.Why)
	}
	return err
}

func findShop(ctx context.Context, t store.Tenant, name string) (broker.ShopRecord, error) {
	all, err := t.Shops(ctx)
	if err != nil {
		return broker.ShopRecord{}, err
	}
	return named(all, name)
}

func named(shops []broker.ShopRecord, name string) (broker.ShopRecord, error) {
	i := slices.IndexFunc(shops, func(s broker.ShopRecord) bool { return s.Name == name })
	if i < 0 {
		return broker.ShopRecord{}, fmt.Errorf("shop %s: %w", name, store.ErrNotFound)
	}
	return shops[i], nil
}
