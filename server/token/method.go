package token

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// methods is how each algorithm signs.
var methods = map[broker.Algorithm]jwt.SigningMethod{
	broker.ES256: es256{jwt.SigningMethodES256},
	broker.EdDSA: eddsa{jwt.SigningMethodEdDSA},
	broker.RS256: jwt.SigningMethodRS256,
}

// usual is the room on the stack for the text of a token; a longer one moves to
// the heap by itself. Converting a string to bytes would always go there.
const usual = 1024

// es256 is golang-jwt's method with a cheaper Sign: no big integers, and the
// nonce from the message (RFC 6979). Hedging the nonce with randomness guards
// against faults while one message is signed twice; every token carries 128
// fresh random bits, so here no message ever is.
type es256 struct{ *jwt.SigningMethodECDSA }

// Sign returns r and s, 32 bytes each (RFC 7518 section 3.4). The key must be an
// *ecdsa.PrivateKey on P-256.
func (es256) Sign(text string, key any) ([]byte, error) {
	private, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, jwt.ErrInvalidKeyType
	}
	var room [usual]byte
	digest := sha256.Sum256(append(room[:0], text...))
	der, err := private.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return fixed(der)
}

// eddsa is golang-jwt's method with a Sign that allocates the signature alone.
type eddsa struct{ *jwt.SigningMethodEd25519 }

// Sign returns the signature of RFC 8032. The key must be an ed25519.PrivateKey.
func (eddsa) Sign(text string, key any) ([]byte, error) {
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, jwt.ErrInvalidKeyType
	}
	var room [usual]byte
	return ed25519.Sign(private, append(room[:0], text...)), nil
}

// fixed turns an ASN.1 signature, SEQUENCE { r INTEGER, s INTEGER }, into r and s
// side by side. Every length fits one byte on P-256.
func fixed(der []byte) ([]byte, error) {
	signature := make([]byte, 64)
	if len(der) < 2 || der[0] != 0x30 || int(der[1]) != len(der)-2 {
		return nil, jwt.ErrInvalidKey
	}
	rest, _ := integer(der[2:], signature[:32]) // what fails leaves nothing, and then s fails
	rest, ok := integer(rest, signature[32:])
	if !ok || len(rest) > 0 {
		return nil, jwt.ErrInvalidKey
	}
	return signature, nil
}

// integer reads one ASN.1 INTEGER into the end of a zeroed dst and returns what follows.
func integer(der, dst []byte) (rest []byte, ok bool) {
	if len(der) < 2 || der[0] != 0x02 || int(der[1]) > len(der)-2 {
		return nil, false
	}
	end := 2 + int(der[1])
	n := bytes.TrimLeft(der[2:end], "\x00")
	if len(n) > len(dst) {
		return nil, false
	}
	copy(dst[len(dst)-len(n):], n)
	return der[end:], true
}
