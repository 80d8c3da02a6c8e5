package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// clientFlags are what create and set share; nil: not named.
type clientFlags struct {
	Grant       []string `env:"-" help:"How it may get tokens: client_credentials, for itself; password, for users who log in through it. May be repeated. A new client has client_credentials." placeholder:"GRANT"`
	Scope       []string `env:"-" help:"What its tokens may be used for at most: a name such as profiles.read, all of a family (profiles.*), or *. May be repeated; '' for none, as a new client has." placeholder:"SCOPE"`
	Audience    []string `env:"-" help:"Whom its tokens may be meant for beside the tenant itself. May be repeated; '' for nobody else." placeholder:"AUD"`
	TokenFormat *string  `env:"-" name:"token-format" help:"jwt, which others verify by themselves, or opaque, which counts until it is revoked. A new client gets jwt." placeholder:"FORMAT"`
	TokenTTL    *life    `env:"-" name:"token-ttl" help:"How long its access tokens live: 10s to 24h; opaque ones also longer (90d), or never to have no end. A new client's: 1h." placeholder:"1h"`
	JWKSURL     *string  `env:"-" name:"jwks-url" help:"Where its public keys are, if it authenticates by a JWT that it signs (private_key_jwt). Then no secret is made unless there is --secret. '' for none." placeholder:"URL"`
}

// machineGrants are what a client can be registered for.
var machineGrants = []broker.GrantType{broker.ClientCredentials, broker.Password}

const leastAccessTTL = 10 * time.Second

// apply changes what the flags name, and looks at the whole.
func (f *clientFlags) apply(c *broker.Client) error {
	for _, step := range []func(*broker.Client) error{f.grants, f.scopes, f.audiences, f.tokens, f.keys} {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

func (f *clientFlags) grants(c *broker.Client) error {
	if f.Grant == nil {
		return nil
	}
	c.Grants = map[broker.GrantType]bool{}
	for _, name := range f.Grant {
		c.Grants[broker.GrantType(name)] = true
	}
	unknown := func(name string) bool { return !slices.Contains(machineGrants, broker.GrantType(name)) }
	if len(c.Grants) == 0 || slices.ContainsFunc(f.Grant, unknown) {
		return usageError(fmt.Sprintf("--grant is one of %v; to stop a client: client disable", machineGrants))
	}
	return nil
}

func (f *clientFlags) scopes(c *broker.Client) (err error) {
	if f.Scope != nil {
		c.Scopes, err = readScopes(f.Scope)
	}
	return err
}

// readScopes reads what was given with --scope.
func readScopes(list []string) (broker.Scopes, error) {
	scopes, err := broker.ParseScopes(strings.Join(list, " "))
	if err != nil {
		return nil, usageError("--scope is a name of printable ASCII without quotes and backslashes, at most 128 characters; * stands alone, or at the end for a family: profiles.*")
	}
	return scopes, nil
}

func (f *clientFlags) audiences(c *broker.Client) error {
	if f.Audience == nil {
		return nil
	}
	c.Audiences = nil
	for _, audience := range f.Audience {
		switch {
		case audience == "" || slices.Contains(c.Audiences, audience):
			continue
		case !broker.ValidAudience(audience):
			return usageError("--audience is 1 to 256 printable ASCII characters without spaces, quotes and backslashes")
		}
		c.Audiences = append(c.Audiences, audience)
	}
	return nil
}

func (f *clientFlags) tokens(c *broker.Client) error {
	if f.TokenFormat != nil {
		c.Opaque = *f.TokenFormat == "opaque"
		if !c.Opaque && *f.TokenFormat != "jwt" {
			return usageError("--token-format is jwt or opaque")
		}
	}
	if f.TokenTTL != nil {
		c.TokenTTL = time.Duration(*f.TokenTTL)
	}
	switch {
	case c.TokenTTL < leastAccessTTL:
		return usageError("--token-ttl is at least 10s")
	case c.TokenTTL > broker.MaxTokenTTL && !c.Opaque:
		return usageError("a JWT lives for 24h at most, because nobody can take it back from those who verify it by themselves: give --token-ttl, or --token-format opaque")
	}
	return nil
}

func (f *clientFlags) keys(c *broker.Client) error {
	if f.JWKSURL == nil {
		return nil
	}
	if *f.JWKSURL == "" && c.JWKSURL != "" && len(c.Sums) == 0 {
		return usageError("the client has no secret and could not authenticate any more: make one with client rotate first")
	}
	c.JWKSURL = *f.JWKSURL
	return checkJWKS(c.JWKSURL)
}

func checkJWKS(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(address) > 2048 {
		return usageError("--jwks-url is a whole URL without user name and fragment")
	}
	if err := broker.CheckOrigin(u.Scheme + "://" + u.Host); err != nil {
		return usageError("--jwks-url: " + err.Error())
	}
	return nil
}
