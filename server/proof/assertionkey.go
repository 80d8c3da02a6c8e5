package proof

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"maps"
	"slices"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Keys are the public keys that others publish. A key that is not there is a
// broker.ErrNotFound; any other error says nothing about it. An empty kid is for
// who names none.
type Keys interface {
	Key(ctx context.Context, jwksURL, kid, alg string) (crypto.PublicKey, error)
}

// assertionKeys are the algorithms that an assertion may be signed by, and which
// key is for each. golang-jwt does not look at the curve.
var assertionKeys = map[string]func(crypto.PublicKey) bool{
	"ES256": onCurve(elliptic.P256()),
	"ES384": onCurve(elliptic.P384()),
	"ES512": onCurve(elliptic.P521()),
	"EdDSA": is[ed25519.PublicKey],
	"RS256": is[*rsa.PublicKey],
	"PS256": is[*rsa.PublicKey],
}

var assertionAlgorithms = slices.Sorted(maps.Keys(assertionKeys))

func is[K crypto.PublicKey](key crypto.PublicKey) bool {
	_, ok := key.(K)
	return ok
}

func onCurve(curve elliptic.Curve) func(crypto.PublicKey) bool {
	return func(key crypto.PublicKey) bool {
		ec, ok := key.(*ecdsa.PublicKey)
		return ok && ec.Curve == curve
	}
}

// key finds the key that the header means, among those of the client alone.
func (a Assertions) key(ctx context.Context, jwksURL string) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		if !plain(t.Header) {
			return nil, errAssertion.Because(errHeader)
		}
		kid, _ := t.Header["kid"].(string)
		key, err := a.Keys.Key(ctx, jwksURL, kid, t.Method.Alg())
		switch {
		case errors.Is(err, broker.ErrNotFound), err == nil && !assertionKeys[t.Method.Alg()](key):
			return nil, errAssertion.Because(errKey)
		case err != nil:
			return nil, errUnchecked.Because(err)
		}
		return key, nil
	}
}
