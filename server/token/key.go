package token

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

const rsaBits = 2048 // both what is made and the least that is accepted (RFC 7518 section 3.3)

// key is a signing key, opened.
type key struct {
	kid       string
	algorithm broker.Algorithm
	public    crypto.PublicKey
	members   members
	// sign is nil unless the key is active. A closure, because fmt and
	// reflection would find a private key in a field.
	sign func(text string) ([]byte, error)
}

// Generate makes a key in state next. Its kid is its RFC 7638 thumbprint, so
// that no two keys can share one and none says more than the key itself.
func Generate(alg broker.Algorithm, now time.Time) (broker.SigningKey, error) {
	private, err := generate(alg)
	if err != nil {
		return broker.SigningKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return broker.SigningKey{}, err
	}
	_, m, err := describe(private.Public())
	if err != nil {
		return broker.SigningKey{}, err
	}
	return broker.SigningKey{
		KID:       m.thumbprint(),
		Algorithm: alg,
		State:     broker.Next,
		Private:   secret.New(string(der)),
		Published: now,
	}, nil
}

func generate(alg broker.Algorithm) (crypto.Signer, error) {
	switch alg {
	case broker.ES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case broker.EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case broker.RS256:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	}
	return nil, fmt.Errorf("no such signing algorithm: %q", alg)
}

// open reads a stored key. A key that is not what its record says is refused:
// its tokens would verify nowhere. The parser's own error is dropped, as it has
// seen the private key.
func open(s broker.SigningKey) (key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey([]byte(s.Private.Reveal()))
	private, signs := parsed.(crypto.Signer)
	if err != nil || !signs {
		return key{}, errors.New("not a private key in PKCS #8")
	}
	alg, m, err := describe(private.Public())
	switch {
	case err != nil:
		return key{}, err
	case alg != s.Algorithm:
		return key{}, errors.New("the key is not of its algorithm")
	case m.thumbprint() != s.KID:
		return key{}, errors.New("the kid is not the key's thumbprint")
	}
	k := key{kid: s.KID, algorithm: alg, public: private.Public(), members: m}
	if s.State == broker.Current {
		k.sign = func(text string) ([]byte, error) { return methods[alg].Sign(text, private) }
	}
	return k, nil
}

// ranks is the order in which keys are published.
var ranks = map[broker.KeyState]int{broker.Current: 1, broker.Next: 2, broker.Retired: 3}

// order is the same on every server, and so is the ETag.
func order(a, b broker.SigningKey) int {
	return cmp.Or(cmp.Compare(ranks[a.State], ranks[b.State]), cmp.Compare(a.KID, b.KID))
}

// encodedLen is the length of a signature in base64url, without padding.
func (k key) encodedLen() int {
	if p, ok := k.public.(*rsa.PublicKey); ok {
		return base64.RawURLEncoding.EncodedLen(p.Size())
	}
	return base64.RawURLEncoding.EncodedLen(64) // ES256 and EdDSA
}
