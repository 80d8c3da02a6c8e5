package main

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
)

type tenantCommands struct {
	Create  tenantCreate  `cmd:"" help:"Make a tenant, with its signing keys."`
	List    tenantList    `cmd:"" help:"List tenants and their settings."`
	Set     tenantSet     `cmd:"" help:"Change a tenant's settings; what is not named stays."`
	Suspend tenantSuspend `cmd:"" help:"Stop serving a tenant: every exchange is answered with access_denied."`
	Resume  tenantResume  `cmd:"" help:"Serve a suspended tenant again."`
	Delete  tenantDelete  `cmd:"" help:"Delete a tenant with its shops, secrets, keys and profiles. There is no way back."`
}

// tenantFlags are the settings that create and set share; nil: not named.
type tenantFlags struct {
	Issuer     *string        `help:"Issuer URL of the tokens; empty for the default: https://api.{tenant}.{first base domain}, else this listener with /t/{tenant}." placeholder:"URL"`
	Audience   []string       `help:"Audience of the tokens; by default the issuer." placeholder:"AUD"`
	Alg        *string        `help:"How tokens are signed: ES256, EdDSA or RS256. A change comes into force when the key that is made for it has been published long enough." placeholder:"ALG"`
	TokenTTL   *time.Duration `name:"token-ttl" help:"How long a token lives: 10s to 24h." placeholder:"15m"`
	KeyTTL     *time.Duration `name:"key-ttl" help:"At what age the signing key is replaced; 0 for never." placeholder:"2160h"`
	JWKSMaxAge *time.Duration `name:"jwks-max-age" help:"How long verifiers may keep the JWKS, and so how long a key is published before it signs." placeholder:"5m"`
	Deny       []string       `help:"Switch a grant off: ${grants}." placeholder:"GRANT"`
	Allow      []string       `help:"Switch a denied grant on again." placeholder:"GRANT"`
}

type tenantCreate struct {
	Name string `arg:"" help:"A DNS label: a-z, 0-9, hyphen."`
	tenantFlags
}

// Run makes the tenant with an active and a next key.
func (c *tenantCreate) Run(a *app) error {
	if !broker.ValidName(c.Name) {
		return usageError("a tenant's name is a DNS label: 1 to 63 of a-z, 0-9 and hyphen, not at the ends")
	}
	settings := newSettings(c.Name)
	if err := c.apply(&settings); err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		if err := createTenant(a, s, settings); err != nil {
			return err
		}
		return a.print(describe(settings), fmt.Sprintf(
			"Tenant %s is there. Next: shapestoken shop add %s SHOP.myshopify.com, and shapestoken origin add %s https://SHOP.", c.Name, c.Name, c.Name))
	})
}

func newSettings(name string) broker.Settings {
	return broker.Settings{
		Name:       name,
		Status:     broker.Active,
		Algorithm:  broker.ES256,
		TokenTTL:   broker.DefaultTokenTTL,
		KeyTTL:     broker.DefaultKeyTTL,
		JWKSMaxAge: broker.DefaultJWKSMaxAge,
		Denied:     []broker.GrantType{broker.Registration},
		Created:    time.Now(),
	}
}

func createTenant(a *app, s *store.Store, settings broker.Settings) error {
	keys, err := token.First(settings.Algorithm, time.Now())
	if err != nil {
		return err
	}
	act := actOf(operator(), "tenant create", facts{"issuer": settings.Issuer, "alg": settings.Algorithm})
	return s.CreateTenant(a.ctx, store.NewTenant{Settings: settings, Keys: keys, Act: act})
}

// apply changes what the flags name.
func (f *tenantFlags) apply(s *broker.Settings) error {
	if f.Issuer != nil {
		if err := checkIssuer(*f.Issuer); err != nil {
			return err
		}
		s.Issuer = *f.Issuer
	}
	if f.Audience != nil {
		s.Audience = slices.DeleteFunc(f.Audience, func(aud string) bool { return aud == "" })
	}
	if f.Alg != nil {
		s.Algorithm = broker.Algorithm(*f.Alg)
		if !slices.Contains([]broker.Algorithm{broker.ES256, broker.EdDSA, broker.RS256}, s.Algorithm) {
			return usageError("--alg is ES256, EdDSA or RS256")
		}
	}
	if err := f.times(s); err != nil {
		return err
	}
	return f.grants(s)
}

func (f *tenantFlags) times(s *broker.Settings) error {
	for _, d := range []struct {
		flag        *time.Duration
		setting     *time.Duration
		least, most time.Duration
		name        string
	}{
		{f.TokenTTL, &s.TokenTTL, 10 * time.Second, broker.MaxTokenTTL, "--token-ttl"},
		{f.JWKSMaxAge, &s.JWKSMaxAge, time.Second, 24 * time.Hour, "--jwks-max-age"},
		{f.KeyTTL, &s.KeyTTL, 0, 10 * 365 * 24 * time.Hour, "--key-ttl"},
	} {
		if d.flag == nil {
			continue
		}
		if *d.flag < d.least || *d.flag > d.most {
			return usageError(fmt.Sprintf("%s must be between %s and %s", d.name, d.least, d.most))
		}
		*d.setting = d.flag.Truncate(time.Second)
	}
	return nil
}

func (f *tenantFlags) grants(s *broker.Settings) error {
	for _, g := range append(slices.Clone(f.Deny), f.Allow...) {
		if !slices.Contains(broker.GrantTypes, broker.GrantType(g)) {
			return usageError(fmt.Sprintf("there is no grant %q; there is: %v", g, broker.GrantTypes))
		}
	}
	for _, g := range f.Deny {
		if !slices.Contains(s.Denied, broker.GrantType(g)) {
			s.Denied = append(s.Denied, broker.GrantType(g))
		}
	}
	s.Denied = slices.DeleteFunc(s.Denied, func(g broker.GrantType) bool { return slices.Contains(f.Allow, string(g)) })
	return nil
}

// grantNames are what --deny and --allow take, for the help.
func grantNames() string {
	var names []string
	for _, g := range broker.GrantTypes {
		names = append(names, string(g))
	}
	return strings.Join(names, ", ")
}

// checkIssuer holds a URL to what an issuer may be (RFC 8414 section 2).
func checkIssuer(issuer string) error {
	if issuer == "" {
		return nil
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(issuer, "/") {
		return usageError("--issuer is a URL without query, fragment, user name or a slash at the end")
	}
	if err := broker.CheckOrigin(u.Scheme + "://" + u.Host); err != nil {
		return usageError("--issuer: " + err.Error())
	}
	return nil
}

type tenantList struct{}

// Run lists every tenant.
func (tenantList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.Tenants(a.ctx)
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"TENANT", "STATUS", "ALG", "TOKEN TTL", "ISSUER"}}
		for _, t := range all {
			values = append(values, describe(t))
			rows = append(rows, []string{t.Name, string(t.Status), string(t.Algorithm), t.TokenTTL.String(), orDefault(t.Issuer)})
		}
		return a.print(values, table(rows))
	})
}

func orDefault(s string) string {
	if s == "" {
		return "(default)"
	}
	return s
}

func describe(t broker.Settings) map[string]any {
	return map[string]any{
		"tenant": t.Name, "status": t.Status, "issuer": t.Issuer, "audience": notNil(t.Audience), "alg": t.Algorithm,
		"token_ttl": t.TokenTTL.String(), "key_ttl": t.KeyTTL.String(), "jwks_max_age": t.JWKSMaxAge.String(),
		"denied": notNil(t.Denied), "created_at": rfc3339(t.Created),
	}
}

func notNil[T any](list []T) []T { return append([]T{}, list...) }

type tenantSet struct {
	Name string `arg:""`
	tenantFlags
}

// Run changes settings; another algorithm also replaces the next key, which
// takes over once verifiers have had the time to learn it.
func (c *tenantSet) Run(a *app) error {
	if reflect.ValueOf(c.tenantFlags).IsZero() {
		return usageError("name a setting to change: see shapestoken tenant set --help")
	}
	return a.withStore(func(s *store.Store) error {
		var changed broker.Settings
		t := saying(s, c.Name, "tenant set", given(c.tenantFlags))
		err := t.Change(a.ctx, func(t *broker.Settings) error {
			err := c.apply(t)
			changed = *t
			return err
		})
		if err != nil {
			return err
		}
		if c.Alg != nil {
			if err := token.ChangeAlgorithm(a.ctx, saying(s, c.Name, "key next", facts{"alg": changed.Algorithm}), changed.Algorithm, time.Now()); err != nil {
				return err
			}
			a.say("New tokens are signed with %s as soon as its key has been published for %s.", changed.Algorithm, changed.JWKSMaxAge)
		}
		return a.print(describe(changed), "Tenant "+c.Name+" is changed.")
	})
}

type tenantSuspend struct {
	Name string `arg:""`
}

// Run suspends.
func (c *tenantSuspend) Run(a *app) error {
	return setStatus(a, "tenant suspend", c.Name, broker.Suspended, "is suspended")
}

type tenantResume struct {
	Name string `arg:""`
}

// Run resumes.
func (c *tenantResume) Run(a *app) error {
	return setStatus(a, "tenant resume", c.Name, broker.Active, "is served again")
}

func setStatus(a *app, act, name string, status broker.Status, outcome string) error {
	return a.withStore(func(s *store.Store) error {
		if err := saying(s, name, act, nil).SetStatus(a.ctx, status); err != nil {
			return err
		}
		return a.print(map[string]any{"tenant": name, "status": status}, "Tenant "+name+" "+outcome+".")
	})
}

type tenantDelete struct {
	Name string `arg:""`
	Yes  bool   `env:"-" help:"Really delete it."`
}

// Run deletes, if it is really meant. The audit goes along, so it is not said there.
func (c *tenantDelete) Run(a *app) error {
	if !c.Yes {
		return usageError("this deletes " + c.Name + " with its shops, secrets, keys and profiles for good; add --yes if you mean it")
	}
	return a.withStore(func(s *store.Store) error {
		if err := s.In(c.Name).Delete(a.ctx); err != nil {
			return err
		}
		return a.print(map[string]any{"tenant": c.Name, "deleted": true}, "Tenant "+c.Name+" is deleted.")
	})
}
