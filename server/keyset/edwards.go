package keyset

import (
	"crypto/ecdh"
	"math/big"
	"slices"
)

var (
	one   = big.NewInt(1)
	prime = new(big.Int).Sub(new(big.Int).Lsh(one, 255), big.NewInt(19)) // of the field
)

// sound reports whether 32 bytes are an Ed25519 key under which no stranger can
// sign: a point of the curve, and none of the eight of small order, of which all
// zeros, a likely placeholder, is one. The standard library takes any.
//
// The point is carried over to Curve25519 (RFC 7748 section 4.1), where the
// library's X25519 says which are small.
func sound(encoded [32]byte) bool {
	slices.Reverse(encoded[:]) // it is little endian
	y := new(big.Int).SetBytes(encoded[:])
	y.SetBit(y, 255, 0) // the sign of x
	if y.Cmp(prime) >= 0 || y.Cmp(one) == 0 {
		return false
	}
	u := modulo(new(big.Int).Sub(one, y))
	u.ModInverse(u, prime).Mul(u, new(big.Int).Add(one, y))
	return onCurve(modulo(u)) && !small(u)
}

// onCurve: there is a v with v² = u³ + 486662u² + u.
func onCurve(u *big.Int) bool {
	v := new(big.Int).Add(u, big.NewInt(486662))
	v.Mul(v, u).Add(v, one).Mul(v, u)
	return big.Jacobi(modulo(v), prime) >= 0
}

// small: eight times the point is nothing. X25519 multiplies by a multiple of
// eight, whatever the private key is, and says so.
func small(u *big.Int) bool {
	private, _ := ecdh.X25519().NewPrivateKey(make([]byte, 32)) // fails for other lengths only
	b := u.FillBytes(make([]byte, 32))
	slices.Reverse(b)
	point, err := ecdh.X25519().NewPublicKey(b)
	if err == nil {
		_, err = private.ECDH(point)
	}
	return err != nil
}

func modulo(n *big.Int) *big.Int { return n.Mod(n, prime) }
