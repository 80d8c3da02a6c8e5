package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// members are the public members of a JWK (RFC 7518 section 6, RFC 8037 section
// 2), in the order in which RFC 7638 hashes them. There is no field that a
// private member could be put into.
type members struct {
	Crv string `json:"crv,omitempty"`
	E   string `json:"e,omitempty"`
	Kty string `json:"kty"`
	N   string `json:"n,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
}

type jwk struct {
	KID string           `json:"kid"`
	Alg broker.Algorithm `json:"alg"`
	Use string           `json:"use"`
	members
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

// describe tells the algorithm and the members of a public key.
func describe(public crypto.PublicKey) (broker.Algorithm, members, error) {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		point, err := k.Bytes() // 4, x, y (SEC 1 section 2.3.3)
		if err != nil || k.Curve != elliptic.P256() {
			return "", members{}, errors.New("the curve is not P-256")
		}
		return broker.ES256, members{Kty: "EC", Crv: "P-256", X: b64(point[1:33]), Y: b64(point[33:])}, nil
	case ed25519.PublicKey:
		return broker.EdDSA, members{Kty: "OKP", Crv: "Ed25519", X: b64(k)}, nil
	case *rsa.PublicKey:
		if k.N.BitLen() < rsaBits {
			return "", members{}, errors.New("the RSA key is shorter than 2048 bits")
		}
		e := big.NewInt(int64(k.E)).Bytes()
		return broker.RS256, members{Kty: "RSA", N: b64(k.N.Bytes()), E: b64(e)}, nil
	}
	return "", members{}, errors.New("no such kind of key")
}

// thumbprint is RFC 7638's, with SHA-256.
func (m members) thumbprint() string {
	text, _ := json.Marshal(m) // strings only: cannot fail
	sum := sha256.Sum256(text)
	return b64(sum[:])
}

func keySet(keys []key) jwks {
	var set jwks
	for _, k := range keys {
		set.Keys = append(set.Keys, jwk{KID: k.kid, Alg: k.algorithm, Use: "sig", members: k.members})
	}
	return set
}

// publish encodes a document once for all its readers.
func publish(v any, maxAge time.Duration) broker.Document {
	body, _ := json.Marshal(v) // strings only: cannot fail
	sum := sha256.Sum256(body)
	return broker.Document{Body: body, ETag: `"` + b64(sum[:]) + `"`, MaxAge: maxAge}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
