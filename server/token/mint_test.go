package token

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// keyOf stores any private key as an active one.
func keyOf(t *testing.T, alg broker.Algorithm, private any) broker.SigningKey {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	k := broker.SigningKey{KID: "k", Algorithm: alg, State: broker.Current, Private: secret.New(string(der))}
	if signer, ok := private.(crypto.Signer); ok {
		_, m, _ := describe(signer.Public())
		k.KID = m.thumbprint()
	}
	return k
}

func made[K any](t rapid.TB) func(K, error) K {
	return func(k K, err error) K {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
}

func TestNewRefuses(t *testing.T) {
	p384 := made[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	x25519 := made[*ecdh.PrivateKey](t)(ecdh.X25519().GenerateKey(rand.Reader))
	short := made[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 1024))
	keys := func(k ...broker.SigningKey) func(*Config) { return func(c *Config) { c.Keys = k } }
	first := func(change func(*broker.SigningKey)) func(*Config) {
		return func(c *Config) {
			k := testKey(t, broker.ES256, broker.Current)
			change(&k)
			c.Keys = []broker.SigningKey{k}
		}
	}
	for _, tt := range []struct {
		name, says string
		change     func(*Config)
	}{
		{"no issuer", "issuer", func(c *Config) { c.Issuer = "" }},
		{"issuer is a name", "issuer", func(c *Config) { c.Issuer = "acme" }},
		{"issuer is no web address", "issuer", func(c *Config) { c.Issuer = "ftp://acme.example" }},
		{"issuer without host", "issuer", func(c *Config) { c.Issuer = "https:///acme" }},
		{"issuer with query", "query", func(c *Config) { c.Issuer += "/?a=b" }},
		{"issuer with empty query", "query", func(c *Config) { c.Issuer += "/?" }},
		{"issuer with empty fragment", "fragment", func(c *Config) { c.Issuer += "/#" }},
		{"issuer with user", "user", func(c *Config) { c.Issuer = "https://a:b@acme.example" }},
		{"issuer not UTF-8", "UTF-8", func(c *Config) { c.Issuer += "/\xff" }},
		{"empty audience", "empty", func(c *Config) { c.Audience = []string{"a", ""} }},
		{"audience not UTF-8", "UTF-8", func(c *Config) { c.Audience = []string{"\xff"} }},
		{"no keys", "active", keys()},
		{"no active key", "active", keys(testKey(t, broker.ES256, broker.Next))},
		{"two active keys", "active", keys(testKey(t, broker.ES256, broker.Current), testKey(t, broker.EdDSA, broker.Current))},
		{"a key in no known state", "active", keys(testKey(t, broker.ES256, broker.Current), testKey(t, broker.EdDSA, "lost"))},
		{"one key twice", "each key once", keys(testKey(t, broker.ES256, broker.Current), testKey(t, broker.ES256, broker.Retired))},
		{"no private key", "PKCS #8", first(func(k *broker.SigningKey) { k.Private = secret.Text{} })},
		{"not a private key", "PKCS #8", first(func(k *broker.SigningKey) { k.Private = secret.New("canary") })},
		{"another algorithm", "algorithm", first(func(k *broker.SigningKey) { k.Algorithm = broker.EdDSA })},
		{"another kid", "thumbprint", first(func(k *broker.SigningKey) { k.KID = "2026-11" })},
		{"another curve", "P-256", keys(keyOf(t, broker.ES256, p384))},
		{"a key that cannot sign", "PKCS #8", keys(keyOf(t, broker.EdDSA, x25519))},
		{"short RSA", "2048", keys(keyOf(t, broker.RS256, short))},
	} {
		c := house(t)
		tt.change(&c)
		m, err := New(c)
		if err == nil || m != nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestGenerate(t *testing.T) {
	for _, alg := range algorithms {
		k, err := Generate(alg, now)
		if err != nil {
			t.Fatal(err)
		}
		want := broker.SigningKey{KID: k.KID, Algorithm: alg, State: broker.Next, Private: k.Private, Published: now}
		if diff := cmp.Diff(want, k, compareSecrets); diff != "" || len(k.KID) != 43 {
			t.Errorf("%s: kid %q, %s", alg, k.KID, diff)
		}
		k.State = broker.Current
		if err := newMint(t, Config{Issuer: issuer, Keys: []broker.SigningKey{k}}).Check(); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
	if _, err := Generate("HS256", now); err == nil {
		t.Error("a key for HS256")
	}
}

func TestCheck(t *testing.T) {
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		sign func(string) ([]byte, error)
		want error
	}{
		"key fails":       {func(string) ([]byte, error) { return nil, broken }, broken},
		"wrong signature": {func(string) ([]byte, error) { return make([]byte, 64), nil }, ErrSignature},
	} {
		m := mint(t, broker.EdDSA)
		if err := m.Check(); err != nil {
			t.Errorf("healthy: %v", err)
		}
		m.active.sign = tt.sign
		if err := m.Check(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
