package token

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

type pair struct{ R, S *big.Int }

// Short numbers are rare in real signatures, so they are made here.
func TestFixed(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) *big.Int {
		return new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "bytes"))
	})
	rapid.Check(t, func(t *rapid.T) {
		p := pair{number.Draw(t, "r"), number.Draw(t, "s")}
		der, err := asn1.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fixed(der)
		want := append(p.R.FillBytes(make([]byte, 32)), p.S.FillBytes(make([]byte, 32))...)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%x became %x, %v", der, got, err)
		}
	})
}

func TestFixedRefuses(t *testing.T) {
	long := append([]byte{0x30, 38, 2, 33}, bytes.Repeat([]byte{1}, 33)...)
	for name, der := range map[string][]byte{
		"empty":            {},
		"no sequence":      {0x31, 6, 2, 1, 1, 2, 1, 1},
		"sequence short":   {0x30, 5, 2, 1, 1, 2, 1, 1},
		"sequence long":    {0x30, 7, 2, 1, 1, 2, 1, 1},
		"r no integer":     {0x30, 6, 3, 1, 1, 2, 1, 1},
		"s no integer":     {0x30, 6, 2, 1, 1, 3, 1, 1},
		"no s":             {0x30, 3, 2, 1, 1},
		"s past the end":   {0x30, 6, 2, 1, 1, 2, 2, 1},
		"something after":  {0x30, 7, 2, 1, 1, 2, 1, 1, 0},
		"r of 33 bytes":    append(long, 2, 1, 1),
		"a length, no end": {0x30, 1, 2},
	} {
		if got, err := fixed(der); err == nil {
			t.Errorf("%s: %x", name, got)
		}
	}
}

func FuzzFixed(f *testing.F) {
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	f.Fuzz(func(t *testing.T, der []byte) {
		got, err := fixed(der)
		if err == nil && len(got) != 64 {
			t.Fatalf("%d bytes", len(got))
		}
	})
}

// A method serves golang-jwt's own SignedString as well, and takes no foreign key.
func TestMethods(t *testing.T) {
	for _, alg := range algorithms {
		method, key := methods[alg], private(t, alg)
		if method.Alg() != string(alg) {
			t.Errorf("%s calls itself %s", alg, method.Alg())
		}
		token := signWith(t, "k", method, mapClaims(want(), []string{issuer}, "j"), key)
		parsed(t, token, alg, key.Public())
		if _, err := method.Sign("text", key.Public()); !errors.Is(err, jwt.ErrInvalidKeyType) {
			t.Errorf("%s with a public key: %v", alg, err)
		}
	}
	p384 := made[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	if _, err := methods[broker.ES256].Sign("text", p384); !errors.Is(err, jwt.ErrInvalidKey) {
		t.Errorf("ES256 on P-384: %v", err)
	}
}
