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
	Grant       []string       `env:"-" help:"How it may get tokens: client_credentials, for itself; password, for users who log in through it; authorization_code, for people who sign in at our pages and agree; refresh_token, to go on with that; token-exchange, for one token in return for another. May be repeated. A new client has client_credentials." placeholder:"GRANT"`
	Scope       []string       `env:"-" help:"What its tokens may be used for at most: a name such as profiles.read, all of a family (profiles.*), or *. May be repeated; '' for none, as a new client has." placeholder:"SCOPE"`
	Audience    []string       `env:"-" help:"Whom its tokens may be meant for beside the tenant itself. May be repeated; '' for nobody else." placeholder:"AUD"`
	TokenFormat *string        `env:"-" name:"token-format" help:"jwt, which others verify by themselves, or opaque, which counts until it is revoked. A new client gets jwt." placeholder:"FORMAT"`
	TokenTTL    *life          `env:"-" name:"token-ttl" help:"How long its access tokens live: 10s to 24h; opaque ones also longer (90d), or never to have no end. A new client's: 1h." placeholder:"1h"`
	RedirectURI []string       `env:"-" name:"redirect-uri" help:"Where codes may be sent, exactly: https, http on a loopback host, or an app's own scheme. May be repeated; '' for nowhere." placeholder:"URI"`
	SessionTTL  *life          `env:"-" name:"session-ttl" help:"How long it may go on with what a person has allowed before they have to sign in again, or never. A new client's: 90d; never where --token-ttl is." placeholder:"90d"`
	Grace       *time.Duration `env:"-" name:"refresh-grace" help:"How long a refresh token that was used gives the same successor again, because answers get lost: 0s to 60s. A new client's: 10s." placeholder:"10s"`
	JWKSURL     *string        `env:"-" name:"jwks-url" help:"Where its public keys are, if it authenticates by a JWT that it signs (private_key_jwt). Then no secret is made unless there is --secret. '' for none." placeholder:"URL"`
}

// clientGrants are what a client can be registered for.
var clientGrants = []broker.GrantType{broker.ClientCredentials, broker.Password, broker.AuthorizationCode, broker.RefreshToken, broker.TokenExchange}

const leastAccessTTL = 10 * time.Second

// apply changes what the flags name, and looks at the whole.
func (f *clientFlags) apply(c *broker.Client) error {
	for _, step := range []func(*broker.Client) error{f.grants, f.scopes, f.audiences, f.tokens, f.redirects, f.sessions, f.keys, checkPublic} {
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
	unknown := func(name string) bool { return !slices.Contains(clientGrants, broker.GrantType(name)) }
	if len(c.Grants) == 0 || slices.ContainsFunc(f.Grant, unknown) {
		return usageError(fmt.Sprintf("--grant is one of %v; to stop a client: client disable", clientGrants))
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

func (f *clientFlags) redirects(c *broker.Client) error {
	if f.RedirectURI != nil {
		c.Redirects = nil
	}
	for _, uri := range f.RedirectURI {
		if uri == "" || slices.Contains(c.Redirects, uri) {
			continue
		}
		if err := broker.CheckRedirect(uri); err != nil {
			return usageError("--redirect-uri: " + err.Error())
		}
		c.Redirects = append(c.Redirects, uri)
	}
	switch people := c.Grants[broker.AuthorizationCode]; {
	case people && len(c.Redirects) == 0:
		return usageError("a client with --grant authorization_code needs a --redirect-uri: where codes are sent")
	case !people && c.Grants[broker.RefreshToken]:
		return usageError("--grant refresh_token goes with --grant authorization_code: nothing else gives refresh tokens")
	}
	return nil
}

func (f *clientFlags) sessions(c *broker.Client) error {
	switch {
	case f.SessionTTL != nil:
		c.Lasts = time.Duration(*f.SessionTTL)
	case f.TokenTTL != nil && c.TokenTTL == broker.Forever:
		c.Lasts = broker.Forever
	}
	if f.Grace != nil {
		c.Grace = *f.Grace
	}
	switch {
	case c.Lasts < leastSession:
		return usageError("--session-ttl is at least 1m")
	case c.Lasts < broker.Forever && c.TokenTTL == broker.Forever:
		return usageError("tokens without an end need --session-ttl never")
	case c.Grace < 0 || c.Grace > broker.MaxGrace || c.Grace%time.Second != 0:
		return usageError("--refresh-grace is 0s to 60s, in whole seconds")
	}
	return nil
}

const leastSession = time.Minute

// checkPublic looks at what goes together: who cannot keep a secret acts for
// people alone.
func checkPublic(c *broker.Client) error {
	if c.Public && (c.JWKSURL != "" || c.Grants[broker.ClientCredentials] || c.Grants[broker.Password] || c.Grants[broker.TokenExchange]) {
		return errPublic
	}
	return nil
}

var errPublic = usageError("a --public client has no --secret and no --jwks-url, and the grants authorization_code and refresh_token alone")

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
