package keyset

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func taken(t testing.TB, jwk any) (key, bool) {
	t.Helper()
	text, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	return read(text)
}

// modulus is an odd number of so many bits, as base64url.
func modulus(bits uint) string {
	n := new(big.Int).Lsh(one, bits-1)
	return b64(n.Or(n, one).Bytes())
}

// The keys of RFC 7515 A.3 and A.4, RFC 7517 A.1 and RFC 8037 A.2.
func TestVectors(t *testing.T) {
	for name, jwk := range map[string]object{
		"P-256": {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
		"P-521": {"kty": "EC", "crv": "P-521", "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
			"y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"},
		"Ed25519": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
		"RSA": {"kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs" +
			"tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"},
	} {
		if _, ok := taken(t, jwk); !ok {
			t.Errorf("%s is left out", name)
		}
	}
}

func TestTaken(t *testing.T) {
	ec, ed, rs := jwk("a", p256()), jwk("a", edwards()), jwk("a", rsa2048())
	for name, jwk := range map[string]object{
		"as it is":                    ec,
		"without use":                 with(ec, object{"use": nil}),
		"for verifying":               with(ec, object{"use": nil, "key_ops": []string{"verify"}}),
		"for that, too":               with(ec, object{"key_ops": []string{"sign", "verify"}}),
		"with its algorithm":          with(ec, object{"alg": "ES256"}),
		"with a certificate":          with(rs, object{"x5c": []string{"MIIB"}, "x5t": "abc", "x5u": "https://a.example"}),
		"with what nobody knows":      with(ed, object{"nbf": 1, "D": "not d", "constructor": object{}}),
		"without kid":                 with(ed, object{"kid": nil}),
		"2048 bits":                   with(rs, object{"n": modulus(2048)}),
		"8192 bits":                   with(rs, object{"n": modulus(8192)}),
		"a zero in front":             with(rs, object{"n": b64(append([]byte{0}, rsa2048().(*rsa.PublicKey).N.Bytes()...))}),
		"the largest exponent":        with(rs, object{"e": b64([]byte{0x7f, 0xff, 0xff, 0xff})}),
		"a private part that is null": with(ec, object{"d": json.RawMessage("null")}),
	} {
		if _, ok := taken(t, jwk); !ok {
			t.Errorf("%s: left out", name)
		}
	}
}

func TestLeftOut(t *testing.T) {
	ec, ec3, ed, rs := jwk("a", p256()), jwk("a", p384()), jwk("a", edwards()), jwk("a", rsa2048())
	x, y := members(ec).bytes("x"), members(ec).bytes("y")
	rows := map[string]any{
		"a word":                    "canary",
		"null":                      nil,
		"a list":                    []object{ec},
		"no kty":                    with(ec, object{"kty": nil}),
		"kty in another case":       with(ec, object{"kty": "ec"}),
		"kty a number":              with(ec, object{"kty": 1}),
		"a secret":                  object{"kty": "oct", "kid": "a", "k": "c2VjcmV0"},
		"a key for agreement":       with(ed, object{"crv": "X25519"}),
		"Ed448":                     with(ed, object{"crv": "Ed448"}),
		"secp256k1":                 with(ec, object{"crv": "secp256k1"}),
		"P-224":                     with(ec, object{"crv": "P-224"}),
		"another kind's curve":      with(ec, object{"crv": "Ed25519"}),
		"no curve":                  with(ec, object{"crv": nil}),
		"members in capitals":       object{"KTY": "EC", "CRV": "P-256", "X": ec["x"], "Y": ec["y"]},
		"for encryption":            with(ec, object{"use": "enc"}),
		"for another use":           with(ec, object{"use": "SIG"}),
		"use a list":                with(ec, object{"use": []string{"sig"}}),
		"use null":                  with(ec, object{"use": json.RawMessage("null")}),
		"for signing only":          with(ec, object{"key_ops": []string{"sign"}}),
		"for encryption by key_ops": with(rs, object{"use": nil, "key_ops": []string{"encrypt", "wrapKey"}}),
		"for nothing":               with(ec, object{"key_ops": []string{}}),
		"key_ops a word":            with(ec, object{"key_ops": "verify"}),
		"kid a number":              with(ec, object{"kid": 1}),
		"alg a number":              with(ec, object{"alg": 1}),
		"another curve's algorithm": with(ec, object{"alg": "ES384"}),
		"another kind's algorithm":  with(rs, object{"alg": "ES256"}),
		"an algorithm to encrypt":   with(rs, object{"alg": "RSA-OAEP"}),
		"alg none":                  with(ec, object{"alg": "none"}),
		"alg HS256":                 with(rs, object{"alg": "HS256"}),

		"EC: no x":                     with(ec, object{"x": nil}),
		"EC: no y":                     with(ec, object{"y": nil}),
		"EC: x a number":               with(ec, object{"x": 1}),
		"EC: padded":                   with(ec, object{"x": ec["x"].(string) + "="}),
		"EC: standard base64":          with(ec, object{"x": strings.Repeat("+/", 21) + "A"}),
		"EC: unused bits set":          with(ec, object{"x": next(ec["x"].(string))}),
		"EC: x a byte short":           with(ec, object{"x": b64(x[1:])}),
		"EC: x a byte long":            with(ec, object{"x": b64(append([]byte{0}, x...))}),
		"EC: y a byte short":           with(ec, object{"y": b64(y[1:])}),
		"EC: a byte from x to y":       with(ec, object{"x": b64(x[:31]), "y": b64(append(x[31:32:32], y...))}),
		"EC: not on the curve":         with(ec, object{"x": ec["y"], "y": ec["x"]}),
		"EC: nothing but zeros":        with(ec, object{"x": b64(make([]byte, 32)), "y": b64(make([]byte, 32))}),
		"EC: x beyond the field":       with(ec, object{"x": b64(bytes.Repeat([]byte{0xff}, 32))}),
		"EC: of another curve":         with(ec3, object{"crv": "P-256"}),
		"EC: called another curve":     with(ec, object{"crv": "P-384"}),
		"EC: point of another curve":   with(ec, object{"crv": "P-384", "x": b64(append(make([]byte, 16), x...)), "y": b64(append(make([]byte, 16), y...))}),
		"EC: with its private part":    with(ec, object{"d": "c2VjcmV0"}),
		"EC: private part of any type": with(ec, object{"d": 1}),

		"RSA: no n":              with(rs, object{"n": nil}),
		"RSA: no e":              with(rs, object{"e": nil}),
		"RSA: 2047 bits":         with(rs, object{"n": modulus(2047)}),
		"RSA: 1024 bits":         with(rs, object{"n": modulus(1024)}),
		"RSA: 8193 bits":         with(rs, object{"n": modulus(8193)}),
		"RSA: zeros in front":    with(rs, object{"n": b64(append(make([]byte, 200), bytes.Repeat([]byte{0xff}, 128)...))}),
		"RSA: even":              with(rs, object{"n": b64(append(bytes.Repeat([]byte{0xff}, 255), 0xfe))}),
		"RSA: exponent 1":        with(rs, object{"e": "AQ"}),
		"RSA: exponent 3":        with(rs, object{"e": "Aw"}),
		"RSA: exponent 65535":    with(rs, object{"e": b64([]byte{0xff, 0xff})}),
		"RSA: exponent 65538":    with(rs, object{"e": b64([]byte{1, 0, 2})}),
		"RSA: exponent too long": with(rs, object{"e": b64([]byte{0x80, 0, 0, 1})}),
		"RSA: exponent 2^64 + 1": with(rs, object{"e": b64([]byte{1, 0, 0, 0, 0, 0, 0, 0, 1})}),

		"Ed25519: no x":                  with(ed, object{"x": nil}),
		"Ed25519: a byte short":          with(ed, object{"x": b64(edwards().(ed25519.PublicKey)[1:])}),
		"Ed25519: a byte long":           with(ed, object{"x": b64(append([]byte{0}, edwards().(ed25519.PublicKey)...))}),
		"Ed25519: not on the curve":      with(ed, object{"x": b64(append([]byte{2}, make([]byte, 31)...))}),
		"Ed25519: with its private part": with(ed, object{"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}),
	}
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		rows["RSA: with "+private] = with(rs, object{private: "c2VjcmV0"})
	}
	for name, jwk := range rows {
		if k, ok := taken(t, jwk); ok {
			t.Errorf("%s: taken as %+v", name, k)
		}
	}
}

// next sets a bit of the last character that no byte uses.
func next(text string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, text[len(text)-1])
	return text[:len(text)-1] + alphabet[last^1:][:1]
}

// Under these anybody can sign, or nobody (RFC 8032 section 5.1.3).
func TestSmallOrder(t *testing.T) {
	zeros, ones := strings.Repeat("00", 30), strings.Repeat("ff", 30)
	for _, encoded := range []string{
		"01" + zeros + "00", "01" + zeros + "80", // nothing
		"ec" + ones + "7f", "ec" + ones + "ff", // of order 2
		"00" + zeros + "00", "00" + zeros + "80", // 4
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", // 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"ed" + ones + "7f", "ed" + ones + "ff", "ee" + ones + "7f", "ee" + ones + "ff", // beyond the field
		"f0" + ones + "7f", // 3 + the prime: 3 itself is on the curve
	} {
		b, err := hex.DecodeString(encoded)
		if err != nil || len(b) != 32 {
			t.Fatal(encoded, err)
		}
		if sound([32]byte(b)) {
			t.Errorf("%s is taken", encoded)
		}
	}
	if three := [32]byte{3}; !sound(three) {
		t.Error("3 is on the curve")
	}
}

// The curve's own equation, x² = (y² - 1) / (dy² + 1), has the same opinion.
func TestSoundIsOnTheCurve(t *testing.T) {
	d, _ := new(big.Int).SetString("37095705934669439343138083508754565189542113879843219016388785533085940283555", 10)
	rapid.Check(t, func(t *rapid.T) {
		b := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		little := b
		for i := range 16 {
			little[i], little[31-i] = little[31-i], little[i]
		}
		y := new(big.Int).SetBytes(little[:])
		y.SetBit(y, 255, 0)
		square := new(big.Int).Mul(y, y)
		below := modulo(new(big.Int).Add(new(big.Int).Mul(square, d), one))
		x := modulo(new(big.Int).Mul(new(big.Int).Sub(square, one), below.ModInverse(below, prime)))
		want := y.Cmp(prime) < 0 && big.Jacobi(x, prime) == 1
		if y.BitLen() > 8 && sound(b) != want {
			t.Fatalf("%x: %t, want %t", b, !want, want)
		}
	})
}

// FuzzParse: whatever an issuer publishes, what is taken is a sound key of its
// kind, and is found again by its kid.
func FuzzParse(f *testing.F) {
	for _, keys := range [][]object{{}, {jwk("a", p256()), jwk("b", p384())}, {jwk("c", p521()), jwk("", edwards())}, {with(jwk("d", rsa2048()), object{"alg": "PS256"})}} {
		text, err := json.Marshal(object{"keys": keys})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := parse(body)
		if err != nil && keys != nil || len(keys) > mostKeys {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			judge(t, k)
			if again, ok := taken(t, jwk("again", k.public)); !ok || !again.public.Equal(k.public) {
				t.Fatalf("%+v is another key when it is written and read again", k)
			}
			for alg := range algorithms {
				found := (&set{keys: []key{k}}).find(wanted{k.kid, alg})
				if (found != nil) != (algorithms[alg] == k.kind && (k.alg == "" || k.alg == alg)) {
					t.Fatalf("%+v for %s: %v", k, alg, found)
				}
			}
		}
	})
}

// judge asks the standard library.
func judge(t *testing.T, k key) {
	t.Helper()
	if _, err := x509.MarshalPKIXPublicKey(crypto.PublicKey(k.public)); err != nil {
		t.Fatal(err)
	}
	switch p := k.public.(type) {
	case *ecdsa.PublicKey:
		_, err := p.ECDH() // checks that it is on its curve
		if err != nil || k.kind != (kind{"EC", p.Params().Name}) || p.Curve == elliptic.P224() {
			t.Fatal(k.kind, err)
		}
	case *rsa.PublicKey:
		if n := p.N.BitLen(); n < 2048 || n > 8192 || p.E < 65537 || p.E%2 == 0 || k.kind.kty != "RSA" {
			t.Fatal(k.kind, n, p.E)
		}
	case ed25519.PublicKey:
		if len(p) != ed25519.PublicKeySize || k.kind != (kind{"OKP", "Ed25519"}) {
			t.Fatal(k.kind, len(p))
		}
	default:
		t.Fatalf("%T", p)
	}
}
