package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

type issuerCommands struct {
	Add    issuerAdd    `cmd:"" help:"Trust an issuer's ID tokens, or change all that is known of one: what is not named is no more."`
	List   issuerList   `cmd:"" help:"List whom a tenant trusts."`
	Remove issuerRemove `cmd:"" help:"Trust an issuer no more. What people have enabled by its word stays, for when it is trusted again."`
}

type issuerAdd struct {
	Tenant  string `arg:""`
	Project string `env:"-" name:"firebase-project" help:"A Firebase project, by whose users apps are enabled. A tenant has one at most." placeholder:"P"`
	Stdin   bool   `env:"-" name:"firebase-api-key-stdin" help:"Read the project's web API key from stdin: with it people sign in with e-mail and password at pages of this service."`
	Env     string `env:"-" name:"firebase-api-key-env" help:"The same, from an environment variable." placeholder:"NAME"`
	Issuer  string `env:"-" help:"Any other issuer (OpenID Connect): exactly what stands in its tokens' iss." placeholder:"URL"`
	Aud     string `env:"-" name:"audience" help:"What stands in its tokens' aud: your client id there." placeholder:"A"`
	Shop    string `env:"-" help:"The shop whose customers the issuer speaks of: Shopify's customer accounts (--issuer https://shopify.com/authentication/SHOP_ID). Their tokens then lead to the same profiles as the shop's pages." placeholder:"SHOP"`
	JWKSURL string `env:"-" name:"jwks-url" help:"Where it publishes its keys. Left out, that of Firebase, or what the issuer's discovery document says." placeholder:"URL"`
}

var project = regexp.MustCompile(`^[a-z0-9]([a-z0-9.:-]{0,61}[a-z0-9])?$`)

// Run has the tenant trust the issuer.
func (c *issuerAdd) Run(a *app) error {
	issuer, err := c.issuer(a)
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		value := describeIssuer(issuer)
		if err := saying(s, c.Tenant, "issuer add", value).AddIssuer(a.ctx, issuer); err != nil {
			return err
		}
		return a.print(value, c.outcome(issuer))
	})
}

func (c *issuerAdd) outcome(issuer broker.Issuer) string {
	text := c.Tenant + " takes ID tokens of " + issuer.URL + " that are for " + issuer.Audience + "."
	switch {
	case issuer.Shop != "":
		return text + " They speak of customers of " + issuer.Shop + "."
	case issuer.Project == "":
		return text
	case issuer.Key.Empty():
		return text + " Nobody can sign in with it at /v1/oauth/authorize, because it has no API key here."
	}
	return text + " People sign in with it at /v1/oauth/authorize."
}

func (c *issuerAdd) issuer(a *app) (broker.Issuer, error) {
	keyed := c.Stdin || c.Env != ""
	switch {
	case (c.Project == "") == (c.Issuer == ""):
		return broker.Issuer{}, usageError("give --firebase-project P, or --issuer URL --audience A")
	case c.Project != "" && c.Shop != "":
		return broker.Issuer{}, usageError("a Firebase project has people of its own: leave --shop out")
	case c.Shop != "" && !hmac.ValidShop(c.Shop):
		return broker.Issuer{}, usageError("--shop is the shop's permanent domain: my-store.myshopify.com")
	case c.Project != "" && c.Aud != "":
		return broker.Issuer{}, usageError("a Firebase project's tokens are for the project: leave --audience out")
	case c.Project != "" && !project.MatchString(c.Project):
		return broker.Issuer{}, usageError("--firebase-project is the project's id, as the Firebase console shows it: a-z, 0-9 and hyphen")
	case c.Issuer != "" && !broker.ValidAudience(c.Aud):
		return broker.Issuer{}, usageError("--audience is needed: 1 to 256 printable ASCII characters without spaces, quotes and backslashes")
	case c.Issuer != "" && keyed:
		return broker.Issuer{}, usageError("an API key belongs to a --firebase-project")
	}
	if err := checkJWKS(c.JWKSURL); err != nil {
		return broker.Issuer{}, err
	}
	if c.Project != "" {
		return c.firebase(a, keyed)
	}
	return c.openID(a)
}

func (c *issuerAdd) firebase(a *app, keyed bool) (issuer broker.Issuer, err error) {
	issuer = broker.Firebase(c.Project)
	if c.JWKSURL != "" {
		issuer.JWKSURL = c.JWKSURL
	}
	if !keyed {
		return issuer, nil
	}
	issuer.Key, err = a.secretFrom("firebase-api-key", c.Stdin, c.Env)
	if err == nil && !apiKey(issuer.Key) {
		err = usageError("a Firebase API key is 1 to 256 letters, digits, hyphens and underscores")
	}
	return issuer, err
}

func apiKey(text secret.Text) bool {
	return !text.Empty() && text.Len() <= 256 && !strings.ContainsFunc(text.Reveal(), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

func (c *issuerAdd) openID(a *app) (broker.Issuer, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(c.Issuer) > 2048 {
		return broker.Issuer{}, usageError("--issuer is a whole URL without query, fragment and user name")
	}
	if err := broker.CheckOrigin(u.Scheme + "://" + u.Host); err != nil {
		return broker.Issuer{}, usageError("--issuer: " + err.Error())
	}
	issuer := broker.Issuer{URL: c.Issuer, Audience: c.Aud, JWKSURL: c.JWKSURL, Shop: c.Shop}
	if issuer.JWKSURL != "" {
		return issuer, nil
	}
	if issuer.JWKSURL, err = a.discover(c.Issuer); err != nil {
		return broker.Issuer{}, fmt.Errorf("the issuer's discovery document says nothing of use (%w): name where its keys are, with --jwks-url", err)
	}
	return issuer, checkJWKS(issuer.JWKSURL)
}
