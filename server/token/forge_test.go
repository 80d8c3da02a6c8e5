package token

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// forger makes tokens that are wrong in one way. It holds the private keys, so
// that what is refused is refused for its own reason and not for its signature.
type forger struct {
	t    rapid.TB
	mint *Mint
	kids map[broker.Algorithm]string
	keys map[broker.Algorithm]crypto.Signer
}

type object = map[string]any

func newForger(t rapid.TB) forger {
	f := forger{t: t, mint: newMint(t, house(t)), kids: map[broker.Algorithm]string{}, keys: map[broker.Algorithm]crypto.Signer{}}
	for _, k := range house(t).Keys {
		f.kids[k.Algorithm], f.keys[k.Algorithm] = k.KID, private(t, k.Algorithm)
	}
	return f
}

func (f forger) text(v any) string {
	f.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(b)
}

// edited is a copy with changes; nil deletes.
func edited(from object, changes object) object {
	all := maps.Clone(from)
	for k, v := range changes {
		if all[k] = v; v == nil {
			delete(all, k)
		}
	}
	return all
}

// header is a right header with changes; nil deletes.
func (f forger) header(changes object) string {
	return f.text(edited(object{"alg": "ES256", "kid": f.kids[broker.ES256], "typ": "JWT"}, changes))
}

// payload is a right payload with changes; nil deletes.
func (f forger) payload(changes object) string {
	return f.text(edited(object(mapClaims(want(), []string{issuer}, "jti")), changes))
}

// sealed signs header and payload as any method does with any key.
func (f forger) sealed(header, payload string, method jwt.SigningMethod, key any) string {
	f.t.Helper()
	text := b64([]byte(header)) + "." + b64([]byte(payload))
	signature, err := method.Sign(text, key)
	if err != nil {
		f.t.Fatal(err)
	}
	return text + "." + b64(signature)
}

// es256 signs with the active key.
func (f forger) es256(header, payload string) string {
	return f.sealed(header, payload, methods[broker.ES256], f.keys[broker.ES256])
}

// made tells whether one of our keys makes exactly this token.
func (f forger) made(token string) bool {
	text := token[:strings.LastIndexByte(token, '.')]
	for alg, method := range methods {
		signature, err := method.Sign(text, f.keys[alg])
		if err == nil && text+"."+b64(signature) == token {
			return true
		}
	}
	return false
}

func (f forger) withHeader(changes object) string {
	return f.es256(f.header(changes), f.payload(nil))
}

func (f forger) withClaims(changes object) string {
	return f.es256(f.header(nil), f.payload(changes))
}

// as signs with the key of one algorithm by the method of another.
func (f forger) as(header object, method jwt.SigningMethod, alg broker.Algorithm) string {
	return f.sealed(f.header(header), f.payload(nil), method, f.keys[alg])
}

// resigned keeps the text of a right token and changes its signature.
func (f forger) resigned(change func([]byte) []byte) string {
	token := f.withHeader(nil)
	dot := strings.LastIndexByte(token, '.')
	return token[:dot+1] + b64(change(unb64(f.t, token[dot+1:])))
}

// publicAs is a public key in one of the spellings that have been used as HMAC keys.
func (f forger) publicAs(form string) []byte {
	f.t.Helper()
	public := f.keys[broker.RS256].Public()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		f.t.Fatal(err)
	}
	switch form {
	case "pem":
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	case "jwks":
		return f.mint.JWKS().Body
	}
	return der
}
