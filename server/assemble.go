package main

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/token"
)

// assembler turns what the store knows of a tenant into what is served: every
// key prepared, every document encoded.
type assembler struct {
	issuer func(tenant string) string // where none is configured
	latest atomic.Pointer[token.Mint] // of the tenant assembled last: what readiness tries to sign with
}

// sign makes and checks one real signature, if any tenant has been loaded.
func (a *assembler) sign() error {
	if mint := a.latest.Load(); mint != nil {
		return mint.Check()
	}
	return nil
}

func (a *assembler) tenant(rec broker.Record, usage func(shop string) *broker.Usage) (*broker.Tenant, error) {
	pseudonyms, err := prepare(rec.Pseudonyms)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: pseudonym key: %w", rec.Settings.Name, err)
	}
	issuer := cmp.Or(rec.Settings.Issuer, a.issuer(rec.Settings.Name))
	mint, err := a.mint(rec, issuer)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", rec.Settings.Name, err)
	}
	t := &broker.Tenant{
		Name:       rec.Settings.Name,
		Issuer:     issuer,
		Active:     rec.Settings.Status == broker.Active,
		TokenTTL:   rec.Settings.TokenTTL,
		Denied:     set(rec.Settings.Denied),
		Blocked:    set(rec.Blocked),
		Origins:    map[string]string{},
		Shops:      map[string]*broker.Shop{},
		Pseudonyms: pseudonyms,
		Audience:   rec.Settings.Audience,
		Signer:     mint,
		Reader:     mint,
		JWKS:       mint.JWKS(),
		Metadata:   mint.Metadata(),
	}
	if len(t.Audience) == 0 {
		t.Audience = []string{issuer}
	}
	addAccounts(t, rec)
	addApps(t, rec)
	for _, o := range rec.Origins {
		t.Origins[o.Origin] = o.Shop
	}
	if len(rec.Links) > 0 {
		t.Links = make(map[broker.CustomerRef]string, len(rec.Links))
	}
	for _, l := range rec.Links {
		t.Links[l.Customer] = l.PID
	}
	for _, s := range rec.Shops {
		if err := addShop(t, s, usage(s.Name)); err != nil {
			return nil, fmt.Errorf("tenant %s: shop %s: %w", t.Name, s.Name, err)
		}
	}
	return t, nil
}

func (a *assembler) mint(rec broker.Record, issuer string) (*token.Mint, error) {
	mint, err := token.New(token.Config{
		Issuer:     issuer,
		Audience:   rec.Settings.Audience,
		Grants:     served(rec.Settings),
		Registers:  !slices.Contains(rec.Settings.Denied, broker.Registration),
		JWKSMaxAge: rec.Settings.JWKSMaxAge,
		Keys:       rec.Keys,
	})
	if err == nil {
		a.latest.Store(mint)
	}
	return mint, err
}

// served are the grant types that discovery names.
func served(s broker.Settings) (names []string) {
	for _, g := range []broker.GrantType{broker.AuthorizationCode, broker.RefreshToken, broker.ClientCredentials} {
		if !slices.Contains(s.Denied, g) {
			names = append(names, string(g))
		}
	}
	if !slices.Contains(s.Denied, broker.TokenExchange) {
		names = append(names, broker.ExchangeGrant)
	}
	return names
}

// addAccounts prepares who logs in: most tenants have no clients and no users.
func addAccounts(t *broker.Tenant, rec broker.Record) {
	t.Revoked = set(rec.Revoked)
	if len(rec.Clients) > 0 {
		t.Clients = make(map[string]*broker.Client, len(rec.Clients))
	}
	for i, c := range rec.Clients {
		t.Clients[c.ID] = &rec.Clients[i]
		addPages(t, c)
	}
	if len(rec.Users) > 0 {
		t.Users, t.Logins = make(map[string]*broker.User, len(rec.Users)), make(map[string]*broker.User, len(rec.Users))
	}
	for i, u := range rec.Users {
		t.Users[u.ID], t.Logins[broker.CanonicalLogin(u.Login)] = &rec.Users[i], &rec.Users[i]
	}
}

// addPages lets a client without a secret redeem its codes where they are sent to.
func addPages(t *broker.Tenant, c broker.Client) {
	for _, uri := range c.Redirects {
		u, err := url.Parse(uri)
		if !c.Public || c.Disabled || err != nil || broker.CheckOrigin(u.Scheme+"://"+u.Host) != nil {
			continue
		}
		if t.Pages == nil {
			t.Pages = map[string]bool{}
		}
		t.Pages[u.Scheme+"://"+u.Host] = true
	}
}

// addApps prepares what people enable, and by whose word they are known.
func addApps(t *broker.Tenant, rec broker.Record) {
	if len(rec.Apps) > 0 {
		t.Apps = make(map[string]*broker.App, len(rec.Apps))
	}
	for i, a := range rec.Apps {
		t.Apps[a.ID] = &rec.Apps[i]
	}
	if len(rec.Issuers) > 0 {
		t.Issuers = make(map[string]*broker.Issuer, len(rec.Issuers))
	}
	for i, issuer := range rec.Issuers {
		t.Issuers[issuer.URL] = &rec.Issuers[i]
	}
}

// addShop prepares a shop's live secrets, newest first: that is the one most
// signatures are made with.
func addShop(t *broker.Tenant, rec broker.ShopRecord, usage *broker.Usage) error {
	shop := &broker.Shop{Name: rec.Name, Policy: rec.Policy, MaxAge: rec.MaxAge, Usage: usage}
	for i := len(rec.Secrets) - 1; i >= 0; i-- {
		key, err := prepare(rec.Secrets[i].Text)
		if err != nil {
			return err
		}
		shop.Live = append(shop.Live, broker.LiveSecret{
			Shop: shop, Key: key, Older: i < len(rec.Secrets)-1, Uses: usage.Secret(rec.Secrets[i].Number),
		})
	}
	app, err := prepareShopifyApp(rec.App)
	if err != nil {
		return err
	}
	shop.App = app
	t.Shops[shop.Name] = shop
	t.Live = append(t.Live, shop.Live...)
	return nil
}

// prepareShopifyApp is nil for a shop without an app. The former of two secrets counts
// for a while after the newer was made.
func prepareShopifyApp(rec broker.ShopifyAppRecord) (*broker.ShopifyApp, error) {
	if len(rec.Secrets) == 0 {
		return nil, nil
	}
	app := &broker.ShopifyApp{ClientID: rec.ClientID}
	var until time.Time
	for i := len(rec.Secrets) - 1; i >= 0; i-- {
		key, err := prepare(rec.Secrets[i].Text)
		if err != nil {
			return nil, err
		}
		app.Secrets = append(app.Secrets, broker.AppSecret{Text: rec.Secrets[i].Text, Key: key, Until: until})
		until = rec.Secrets[i].Made.Add(broker.Overlap)
	}
	return app, nil
}

func prepare(s secret.Text) (*hmac.Key, error) { return hmac.NewKey([]byte(s.Reveal())) }

// set is nil for nothing: most tenants deny, block and link nobody, and a
// server may hold a hundred thousand of them.
func set[T comparable](list []T) map[T]bool {
	if len(list) == 0 {
		return nil
	}
	m := make(map[T]bool, len(list))
	for _, v := range list {
		m[v] = true
	}
	return m
}

// defaultIssuer is computed, not stored: the tenant's host below the first base
// domain, else its path on the listener's own address.
func defaultIssuer(baseDomains []string, listener net.Addr) func(tenant string) string {
	address := reachable(listener)
	return func(tenant string) string {
		if len(baseDomains) > 0 {
			return "https://api." + tenant + "." + baseDomains[0]
		}
		return "http://" + address + "/t/" + tenant
	}
}

// reachable is an address that this machine itself can ask; 0.0.0.0 and [::]
// are where to listen, and nobody's address.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return a.String()
}
