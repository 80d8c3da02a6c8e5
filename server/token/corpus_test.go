package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// forgery is a token that must be refused, and why.
type forgery struct {
	name, token string
	want        error
}

func (f forger) corpus() []forgery {
	all := f.algorithms()
	for _, more := range [][]forgery{f.headers(), f.kidsAndKeys(), f.signatures(), f.shapes(), f.json(), f.claims()} {
		all = append(all, more...)
	}
	return all
}

// algorithms are the attacks on alg (RFC 8725 sections 2.1 and 3.1).
func (f forger) algorithms() []forgery {
	none := func(alg any) string {
		return b64([]byte(f.header(object{"alg": alg}))) + "." + b64([]byte(f.payload(nil))) + "."
	}
	hs := func(method *jwt.SigningMethodHMAC, form string) string {
		return f.sealed(f.header(object{"alg": method.Name, "kid": f.kids[broker.RS256]}), f.payload(nil), method, f.publicAs(form))
	}
	rsa, ec, ed := object{"kid": f.kids[broker.RS256]}, f.kids[broker.ES256], f.kids[broker.EdDSA]
	return []forgery{
		{"alg none", none("none"), ErrSignature},
		{"alg None", none("None"), ErrHeader},
		{"alg nOnE", none("nOnE"), ErrHeader},
		{"alg empty", none(""), ErrHeader},
		{"alg missing", none(nil), ErrHeader},
		{"alg a number", none(256), ErrHeader},
		{"alg a list", none([]string{"ES256"}), ErrHeader},
		{"alg none, signed", f.as(object{"alg": "none"}, jwt.SigningMethodES256, broker.ES256), ErrSignature},
		{"alg in lower case", f.withHeader(object{"alg": "es256"}), ErrHeader},
		{"alg unknown", f.withHeader(object{"alg": "ES256K"}), ErrHeader},
		{"HS256 with the PEM", hs(jwt.SigningMethodHS256, "pem"), ErrSignature},
		{"HS256 with the DER", hs(jwt.SigningMethodHS256, "der"), ErrSignature},
		{"HS256 with the JWKS", hs(jwt.SigningMethodHS256, "jwks"), ErrSignature},
		{"HS384 with the PEM", hs(jwt.SigningMethodHS384, "pem"), ErrSignature},
		{"HS512 with the PEM", hs(jwt.SigningMethodHS512, "pem"), ErrSignature},
		{"PS256 with the RS256 key", f.as(with(rsa, "alg", "PS256"), jwt.SigningMethodPS256, broker.RS256), ErrSignature},
		{"RS384 with the RS256 key", f.as(with(rsa, "alg", "RS384"), jwt.SigningMethodRS384, broker.RS256), ErrSignature},
		{"RS512 with the RS256 key", f.as(with(rsa, "alg", "RS512"), jwt.SigningMethodRS512, broker.RS256), ErrSignature},
		{"PS256 that says RS256", f.as(with(rsa, "alg", "RS256"), jwt.SigningMethodPS256, broker.RS256), ErrSignature},
		{"RS256 under an ES256 kid", f.as(object{"alg": "RS256", "kid": ec}, jwt.SigningMethodRS256, broker.RS256), ErrKey},
		{"ES256 under an RS256 kid", f.as(with(rsa, "alg", "ES256"), jwt.SigningMethodES256, broker.ES256), ErrKey},
		{"ES256 under an EdDSA kid", f.as(object{"alg": "ES256", "kid": ed}, jwt.SigningMethodES256, broker.ES256), ErrKey},
		{"EdDSA under an ES256 kid", f.as(object{"alg": "EdDSA", "kid": ec}, jwt.SigningMethodEdDSA, broker.EdDSA), ErrKey},
		{"ES384 under an ES256 kid", f.withHeader(object{"alg": "ES384"}), ErrSignature},
	}
}

func with(o object, k string, v any) object { return edited(o, object{k: v}) }

// headers are right tokens but for what else their header says.
func (f forger) headers() []forgery {
	attacker := f.attacker()
	jwk := json.RawMessage(newMint(f.t, Config{Issuer: issuer, Keys: []broker.SigningKey{attacker}}).JWKS().Body)
	return []forgery{
		{"typ at+jwt", f.withHeader(object{"typ": "at+jwt"}), ErrHeader},
		{"typ in lower case", f.withHeader(object{"typ": "jwt"}), ErrHeader},
		{"typ application/jwt", f.withHeader(object{"typ": "application/jwt"}), ErrHeader},
		{"typ missing", f.withHeader(object{"typ": nil, "cty": "x"}), ErrHeader},
		{"typ a list", f.withHeader(object{"typ": []string{"JWT"}}), ErrHeader},
		{"crit", f.withHeader(object{"crit": []string{"exp"}}), ErrHeader},
		{"crit empty", f.withHeader(object{"crit": []string{}}), ErrHeader},
		{"b64 false", f.withHeader(object{"b64": false, "crit": []string{"b64"}}), ErrHeader},
		{"b64 alone", f.withHeader(object{"b64": false}), ErrHeader},
		{"zip", f.withHeader(object{"zip": "DEF"}), ErrHeader},
		{"nested", f.withHeader(object{"cty": "JWT"}), ErrHeader},
		{"enc", f.withHeader(object{"enc": "A256GCM"}), ErrHeader},
		{"jku", f.withHeader(object{"jku": "https://attacker.example/jwks.json"}), ErrHeader},
		{"x5u", f.withHeader(object{"x5u": "https://attacker.example/x.pem"}), ErrHeader},
		{"x5c", f.withHeader(object{"x5c": []string{"MIIB"}}), ErrHeader},
		{"jwk", f.withHeader(object{"jwk": jwk}), ErrHeader},
		{"jwk in the place of kid", f.withHeader(object{"jwk": jwk, "kid": nil}), ErrKey},
	}
}

// kidsAndKeys look for a key that is not there.
func (f forger) kidsAndKeys() []forgery {
	attacker := f.attacker()
	theirs := newMint(f.t, Config{Issuer: issuer, Keys: []broker.SigningKey{attacker}, Now: clock})
	stranger := made[*ecdsa.PrivateKey](f.t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	all := []forgery{
		{"another tenant's token", sign(f.t, theirs, want()), ErrKey},
		{"another tenant's key, our kid", f.sealed(f.header(nil), f.payload(nil), jwt.SigningMethodES256, stranger), ErrSignature},
		{"kid missing", f.withHeader(object{"kid": nil, "cty": "x"}), ErrKey},
		{"kid a number", f.withHeader(object{"kid": 1}), ErrKey},
		{"kid a list", f.withHeader(object{"kid": []string{f.kids[broker.ES256]}}), ErrKey},
		{"kid an object", f.withHeader(object{"kid": object{"$ne": ""}}), ErrKey},
	}
	for name, kid := range map[string]string{
		"empty":     "",
		"path":      "../../../../etc/passwd",
		"null file": "/dev/null",
		"SQL":       "x' UNION SELECT 'key' --",
		"URL":       "https://attacker.example/key",
		"command":   "|id",
		"NUL":       f.kids[broker.ES256] + "\x00",
		"space":     f.kids[broker.ES256] + " ",
		"cut":       f.kids[broker.ES256][:42],
		"65 long":   strings.Repeat("k", 65),
		"4 KiB":     strings.Repeat("k", 4<<10),
	} {
		all = append(all, forgery{"kid " + name, f.withHeader(object{"kid": kid}), ErrKey})
	}
	return append(all, forgery{"kid 10 KiB", f.withHeader(object{"kid": strings.Repeat("k", 10<<10)}), ErrMalformed})
}

func (f forger) attacker() broker.SigningKey {
	f.t.Helper()
	k, err := Generate(broker.ES256, now)
	if err != nil {
		f.t.Fatal(err)
	}
	k.State = broker.Current
	return k
}

func (f forger) signatures() []forgery {
	n := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
	right := f.withHeader(nil)
	other := strings.Split(f.withClaims(object{"jti": "other"}), ".")
	parts := strings.Split(right, ".")
	return []forgery{
		{"no signature", parts[0] + "." + parts[1] + ".", ErrSignature},
		{"signature of another token", parts[0] + "." + parts[1] + "." + other[2], ErrSignature},
		{"payload of another token", parts[0] + "." + other[1] + "." + parts[2], ErrSignature},
		{"all zero", f.resigned(func(b []byte) []byte { return make([]byte, len(b)) }), ErrSignature},
		{"r and s are the order", f.resigned(func([]byte) []byte { return append(n, n...) }), ErrSignature},
		{"r and s exchanged", f.resigned(func(b []byte) []byte { return append(b[32:64:64], b[:32]...) }), ErrSignature},
		{"63 bytes", f.resigned(func(b []byte) []byte { return b[:63] }), ErrSignature},
		{"65 bytes", f.resigned(func(b []byte) []byte { return append(b, 0) }), ErrSignature},
		{"in ASN.1", f.resigned(asDER), ErrSignature},
		{"unused bits set", parts[0] + "." + parts[1] + "." + nextBits(parts[2]), ErrMalformed},
	}
}

func asDER(b []byte) []byte {
	der, _ := asn1.Marshal(pair{new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])})
	return der
}

// nextBits sets a bit of the last character that no byte uses.
func nextBits(segment string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, segment[len(segment)-1])
	return segment[:len(segment)-1] + alphabet[last^1:][:1]
}

// shapes are texts that are no compact JWS of ours.
func (f forger) shapes() []forgery {
	right := f.withHeader(nil)
	parts := strings.Split(right, ".")
	standard := base64.StdEncoding.EncodeToString([]byte(f.header(object{"typ": "JWT"})))
	return []forgery{
		{"empty", "", ErrMalformed},
		{"one dot", parts[0] + "." + parts[1], ErrMalformed},
		{"three dots", right + ".", ErrMalformed},
		{"dot in front", "." + right, ErrMalformed},
		{"two dots alone", "..", ErrMalformed},
		{"JWE", strings.Join([]string{parts[0], "", "", parts[1], parts[2]}, "."), ErrMalformed},
		{"JSON, flattened", f.text(object{"protected": parts[0], "payload": parts[1], "signature": parts[2]}), ErrMalformed},
		{"JSON, general", f.text(object{"payload": parts[1], "signatures": []object{{"protected": parts[0], "signature": parts[2]}}}), ErrMalformed},
		{"a byte over 8 KiB", exactly(f, longest+1), ErrMalformed},
		{"space in front", " " + right, ErrMalformed},
		{"line end after", right + "\n", ErrMalformed},
		{"line end inside the signature", right[:len(right)-9] + "\r\n" + right[len(right)-9:], ErrMalformed},
		{"with its scheme", "Bearer " + right, ErrMalformed},
		{"padded signature", right + "==", ErrMalformed},
		{"standard base64", standard + "." + parts[1] + "." + parts[2], ErrMalformed},
		{"not ASCII", right[:9] + "é" + right[9:], ErrMalformed},
		{"NUL", right + "\x00", ErrMalformed},
		{"a segment of one character", parts[0] + "." + parts[1] + ".A", ErrMalformed},
	}
}

// json are segments that hold something else than an object with the right types.
func (f forger) json() []forgery {
	h, p := f.header(nil), f.payload(nil)
	return []forgery{
		{"header null", f.es256("null", p), ErrHeader},
		{"header a list", f.es256("[]", p), ErrMalformed},
		{"header a string", f.es256(`"ES256"`, p), ErrMalformed},
		{"header cut", f.es256(h[:len(h)-1], p), ErrMalformed},
		{"header with more after it", f.es256(h+"{}", p), ErrMalformed},
		{"payload null", f.es256(h, "null"), ErrClaims},
		{"payload a list", f.es256(h, "[]"), ErrMalformed},
		{"payload empty", f.es256(h, ""), ErrMalformed},
		{"payload an empty object", f.es256(h, "{}"), ErrClaims},
		{"payload cut", f.es256(h, p[:len(p)-1]), ErrMalformed},
		{"payload with more after it", f.es256(h, p+"{}"), ErrMalformed},
		{"nested token", f.es256(h, `"`+f.withHeader(nil)+`"`), ErrMalformed},
	}
}

// claims are rightly signed and still not for us.
func (f forger) claims() []forgery {
	all := []forgery{
		{"iss of another tenant", f.withClaims(object{"iss": "https://api.other.example"}), ErrClaims},
		{"iss with a slash", f.withClaims(object{"iss": issuer + "/"}), ErrClaims},
		{"iss in upper case", f.withClaims(object{"iss": strings.ToUpper(issuer)}), ErrClaims},
		{"iss over http", f.withClaims(object{"iss": "http" + issuer[5:]}), ErrClaims},
		{"iss a list", f.withClaims(object{"iss": []string{issuer}}), ErrMalformed},
		{"no pid", f.withClaims(object{"pid": nil}), ErrClaims},
		{"aud of another", f.withClaims(object{"aud": "https://other.example"}), ErrClaims},
		{"aud list of others", f.withClaims(object{"aud": []string{"a", "b"}}), ErrClaims},
		{"aud with a slash", f.withClaims(object{"aud": issuer + "/"}), ErrClaims},
		{"aud empty list", f.withClaims(object{"aud": []string{}}), ErrClaims},
		{"aud a number", f.withClaims(object{"aud": 1}), ErrMalformed},
		{"exp a word", f.withClaims(object{"exp": "never"}), ErrMalformed},
		{"exp zero", f.withClaims(object{"exp": 0}), ErrExpired},
		{"exp negative", f.withClaims(object{"exp": -1}), ErrExpired},
		{"exp in the leeway", f.withClaims(object{"exp": now.Unix() - 30}), ErrExpired},
		{"iat tomorrow", f.withClaims(object{"iat": now.Unix() + 86400}), ErrEarly},
		{"nbf tomorrow", f.withClaims(object{"nbf": now.Unix() + 86400}), ErrEarly},
		{"sub a number", f.withClaims(object{"sub": 1}), ErrMalformed},
		{"amr a word", f.withClaims(object{"amr": "hmac"}), ErrMalformed},
	}
	for _, claim := range []string{"exp", "iat", "aud", "iss", "sub", "jti"} {
		all = append(all,
			forgery{claim + " missing", f.withClaims(object{claim: nil}), ErrClaims},
			forgery{claim + " null", f.withClaims(object{claim: json.RawMessage("null")}), ErrClaims})
	}
	for _, claim := range []string{"aud", "iss", "sub", "jti"} {
		all = append(all, forgery{claim + " empty", f.withClaims(object{claim: ""}), ErrClaims})
	}
	return all
}
