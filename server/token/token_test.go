package token

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

var update = flag.Bool("update", false, "rewrite the golden files, and make test keys that are missing")

const issuer = "https://api.acme.example"

var (
	algorithms = []broker.Algorithm{broker.ES256, broker.EdDSA, broker.RS256}
	now        = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

// compareSecrets lets cmp look at records that hold secrets.
var compareSecrets = cmp.Comparer(func(a, b secret.Text) bool { return a.Equal(b) })

func clock() time.Time { return now }

// testKey reads a key from testdata. The keys there sign nothing but tests.
func testKey(t rapid.TB, alg broker.Algorithm, state broker.KeyState) broker.SigningKey {
	t.Helper()
	der := testKeyDER(t, alg)
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	_, m, err := describe(private.(crypto.Signer).Public())
	if err != nil {
		t.Fatal(err)
	}
	return broker.SigningKey{KID: m.thumbprint(), Algorithm: alg, State: state, Private: secret.New(string(der)), Published: now}
}

func testKeyDER(t rapid.TB, alg broker.Algorithm) []byte {
	t.Helper()
	path := filepath.Join("testdata", "test-only-"+string(alg)+".pem")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && *update {
		text = makeTestKey(t, alg, path)
	} else if err != nil {
		t.Fatalf("%v; go test -update makes it", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s is not PEM", path)
	}
	return block.Bytes
}

func makeTestKey(t rapid.TB, alg broker.Algorithm, path string) []byte {
	t.Helper()
	k, err := Generate(alg, now)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte(k.Private.Reveal())})
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return text
}

// private is the opened test key, as golang-jwt wants it.
func private(t rapid.TB, alg broker.Algorithm) crypto.Signer {
	t.Helper()
	k, err := x509.ParsePKCS8PrivateKey(testKeyDER(t, alg))
	if err != nil {
		t.Fatal(err)
	}
	return k.(crypto.Signer)
}

func newMint(t rapid.TB, c Config) *Mint {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mint has one key, active, of the algorithm.
func mint(t rapid.TB, alg broker.Algorithm) *Mint {
	t.Helper()
	return newMint(t, Config{Issuer: issuer, Keys: []broker.SigningKey{testKey(t, alg, broker.Current)}, Now: clock})
}

// house has all three kinds of key: ES256 active, EdDSA next, RS256 retired.
func house(t rapid.TB) Config {
	t.Helper()
	return Config{
		Issuer:     issuer,
		JWKSMaxAge: 5 * time.Minute,
		Now:        clock,
		Keys: []broker.SigningKey{
			testKey(t, broker.RS256, broker.Retired),
			testKey(t, broker.EdDSA, broker.Next),
			testKey(t, broker.ES256, broker.Current),
		},
	}
}

func want() broker.Want {
	return broker.Want{
		Identity: broker.Identity{
			Subject: broker.Subject{Kind: broker.Customer, ID: "6940095564132"},
			Method:  broker.HMAC2,
			Shop:    &broker.Shop{Name: "acme.myshopify.com"},
			PID:     "7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11",
		},
		IssuedAt:  now,
		ExpiresAt: now.Add(15 * time.Minute),
	}
}

func sign(t rapid.TB, m *Mint, w broker.Want) string {
	t.Helper()
	s, err := m.Sign(w)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signWith lets golang-jwt make a token from claims, with the header of Sign.
func signWith(t rapid.TB, kid string, method jwt.SigningMethod, claims jwt.Claims, key any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = kid
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mapClaims are what Sign should say for w, as an application would write them.
func mapClaims(w broker.Want, audience []string, jti string) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss":         issuer,
		"sub":         w.Identity.PID,
		"aud":         audience,
		"exp":         w.ExpiresAt.Unix(),
		"iat":         w.IssuedAt.Unix(),
		"jti":         jti,
		"pid":         w.Identity.PID,
		"customer_id": w.Identity.Subject.ID,
		"amr":         []broker.Method{w.Identity.Method},
	}
	if len(audience) == 1 {
		c["aud"] = audience[0] // golang-jwt by itself would write an array
	}
	if name := shop(w.Identity); name != "" {
		c["shop"] = name
	}
	return c
}
