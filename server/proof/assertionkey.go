package proof

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"maps"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
)

// assertionKeys are the algorithms that an assertion may be signed by, and which
// key is for each.
var assertionKeys = map[string]func(crypto.PublicKey) bool{
	"ES256": onCurve(elliptic.P256()),
	"ES384": onCurve(elliptic.P384()),
	"ES512": onCurve(elliptic.P521()),
	"EdDSA": is[ed25519.PublicKey],
	"RS256": is[*rsa.PublicKey],
	"PS256": is[*rsa.PublicKey],
}

var assertionAlgorithms = slices.Sorted(maps.Keys(assertionKeys))

// client is who publishes the keys of assertions.
func (a Assertions) client(jwksURL string) publisher {
	return publisher{
		keys: a.Keys, jwksURL: jwksURL, algorithms: assertionKeys, types: []string{"JWT", "client-authentication+jwt"},
		refuse: func(reason error) *broker.Error { return errAssertion.Because(reason) }, unchecked: errUnchecked,
	}
}
