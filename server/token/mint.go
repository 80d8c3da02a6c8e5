package token

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Config is what a Mint is made of.
type Config struct {
	Issuer     string              // the tenant's issuer URL, exact (RFC 8414 section 2)
	Audience   []string            // the tokens' aud; empty: the issuer
	Grants     []string            // the grant types of the token endpoint
	Registers  bool                // clients may register themselves
	JWKSMaxAge time.Duration       // how long verifiers may keep the two documents; zero: not at all
	Keys       []broker.SigningKey // exactly one active; every other one is published and verifies
	Now        func() time.Time    // the clock of Verify and Check; nil: time.Now
}

// Mint signs one tenant's tokens and holds what the tenant publishes. It is
// immutable and safe for concurrent use. It keeps no private key but the active
// one, and that one where neither fmt nor reflection can reach it.
type Mint struct {
	audience  []string
	active    key
	keys      map[string]key // by kid
	templates templates
	parser    *jwt.Parser
	hints     *jwt.Parser // takes what has ended, too
	issuer    string
	now       func() time.Time
	jwks      broker.Document
	metadata  broker.Document
}

var (
	_ broker.Signer = (*Mint)(nil)
	_ broker.Reader = (*Mint)(nil)
)

// New opens the keys and encodes the documents. It returns an error for a
// configuration with which a token could be made that somebody cannot verify;
// the error names a key by its kid and says nothing else of it.
func New(c Config) (*Mint, error) {
	c = withDefaults(c)
	if err := checkNames(c); err != nil {
		return nil, err
	}
	keys, err := openAll(c.Keys)
	if err != nil {
		return nil, err
	}
	m := &Mint{
		audience: c.Audience,
		active:   keys[0],
		keys:     byKID(keys),
		now:      c.Now,
		jwks:     publish(keySet(keys), c.JWKSMaxAge),
		metadata: publish(discovery(c, keys), c.JWKSMaxAge),
	}
	m.templates = newTemplates(c, m.active)
	m.parser, m.hints, m.issuer = newParser(c, keys), jwt.NewParser(jwt.WithValidMethods(algorithmsOf(keys)), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation()), c.Issuer
	return m, nil
}

// JWKS is the tenant's key set (RFC 7517): active, next and retired keys, public
// members only. Neither document may be changed.
func (m *Mint) JWKS() broker.Document { return m.jwks }

// Metadata is the one text behind both discovery documents: OpenID Connect
// Discovery's and RFC 8414's.
func (m *Mint) Metadata() broker.Document { return m.metadata }

// Check signs a probe with the active key and verifies it, so that readiness
// means that tokens can be made. The probe goes nowhere.
func (m *Mint) Check() error {
	now := m.now().Truncate(time.Second)
	probe := broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: "0"},
		Method:  "probe",
		PID:     "probe",
	}
	token, err := m.Sign(broker.Want{Identity: probe, IssuedAt: now, ExpiresAt: now.Add(time.Minute)})
	if err != nil {
		return err
	}
	_, err = m.Verify(token)
	return err
}

func withDefaults(c Config) Config {
	c.Audience = slices.Clone(c.Audience) // the caller may change its own
	if len(c.Audience) == 0 {
		c.Audience = []string{c.Issuer}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func checkNames(c Config) error {
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the issuer is not an http or https URL")
	case u.User != nil || strings.ContainsAny(c.Issuer, "?#"):
		return errors.New("the issuer has a user, a query or a fragment (RFC 8414 section 2)")
	}
	for _, name := range append([]string{c.Issuer}, c.Audience...) {
		if name == "" || !utf8.ValidString(name) {
			return errors.New("the issuer or an audience is empty or not UTF-8")
		}
	}
	return nil
}

// openAll opens the keys and puts the active one first, because a verifier that
// knows nothing of kid looks there.
func openAll(stored []broker.SigningKey) ([]key, error) {
	sorted := slices.Clone(stored)
	slices.SortFunc(sorted, order)
	keys := make([]key, len(sorted))
	for i, s := range sorted {
		if (i == 0) != (s.State == broker.Current) {
			return nil, errors.New("a tenant needs exactly one active signing key")
		}
		var err error
		if keys[i], err = open(s); err != nil {
			return nil, fmt.Errorf("signing key %q: %w", s.KID, err)
		}
	}
	if len(byKID(keys)) != len(keys) || len(keys) == 0 {
		return nil, errors.New("a tenant needs an active signing key, and each key once")
	}
	return keys, nil
}

func byKID(keys []key) map[string]key {
	m := make(map[string]key, len(keys))
	for _, k := range keys {
		m[k.kid] = k
	}
	return m
}
