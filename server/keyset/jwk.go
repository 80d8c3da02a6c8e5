package keyset

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
)

// kind is what sort of key a JWK holds (RFC 7518 section 6, RFC 8037 section 2).
type kind struct{ kty, crv string }

// kinds are those that are taken, and how each is read; a key that is not sound is nil.
var kinds = map[kind]func(members) public{
	{"RSA", ""}:        members.rsa,
	{"EC", "P-256"}:    func(m members) public { return m.point(elliptic.P256()) },
	{"EC", "P-384"}:    func(m members) public { return m.point(elliptic.P384()) },
	{"EC", "P-521"}:    func(m members) public { return m.point(elliptic.P521()) },
	{"OKP", "Ed25519"}: members.edwards,
}

// read makes a key of a JWK, if that may verify signatures. One that says its
// private part as well belongs to everybody who has read it, and is not taken.
func read(text json.RawMessage) (k key, ok bool) {
	var m members
	if json.Unmarshal(text, &m) != nil || m.private() || !m.verifies() {
		return key{}, false
	}
	kty, _ := m.text("kty")
	crv, _ := m.text("crv")
	kid, named := m.text("kid")
	alg, bound := m.text("alg")
	k = key{kid: kid, alg: alg, kind: kind{kty, crv}}
	if !named || !bound || alg != "" && algorithms[alg] != k.kind || kinds[k.kind] == nil {
		return key{}, false
	}
	k.public = kinds[k.kind](m)
	return k, k.public != nil
}

// members are those of a JWK. A map, because a struct's fields would be filled
// from names in any case.
type members map[string]any

// text is a member that may be missing, and then is empty; ok is false if it is
// something else than text.
func (m members) text(name string) (text string, ok bool) {
	value, there := m[name]
	text, ok = value.(string)
	return text, ok || !there
}

// bytes is what a member says in base64url without padding, or nothing.
func (m members) bytes(name string) []byte {
	text, _ := m.text(name)
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}

// private reports whether there is a member that nobody else should know.
func (m members) private() bool {
	return slices.ContainsFunc([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, func(name string) bool { return m[name] != nil })
}

// verifies reports whether the key may be used for that: what says nothing may.
func (m members) verifies() bool {
	use, ok := m.text("use")
	operations, limited := m["key_ops"]
	list, _ := operations.([]any)
	return ok && (use == "" || use == "sig") && (!limited || slices.Contains(list, any("verify")))
}

// rsa takes 2048 bits and more (RFC 7518 section 3.3), but no more than can be
// calculated with in a moment, and exponents as in FIPS 186-5 section 5.1.
func (m members) rsa() public {
	n, e := new(big.Int).SetBytes(m.bytes("n")), new(big.Int).SetBytes(m.bytes("e"))
	switch {
	case n.BitLen() < 2048, n.BitLen() > 8192, n.Bit(0) == 0:
		return nil
	case e.BitLen() < 17, e.BitLen() > 31, e.Bit(0) == 0:
		return nil
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}
}

// point takes what lies on the curve, each coordinate in its full length (RFC
// 7518 section 6.2.1.2).
func (m members) point(curve elliptic.Curve) public {
	x, y := m.bytes("x"), m.bytes("y")
	key, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y)) // SEC 1 section 2.3.3
	if err != nil || len(x) != len(y) {
		return nil
	}
	return key
}

func (m members) edwards() public {
	x := m.bytes("x")
	if len(x) != ed25519.PublicKeySize || !sound([32]byte(x)) {
		return nil
	}
	return ed25519.PublicKey(x)
}
