package proof_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/secret"
)

// forgery is an assertion that is wrong in one way, and the cause that is logged.
type forgery struct {
	name      string
	assertion secret.Text
	cause     string
}

func TestForgedAssertions(t *testing.T) {
	for _, list := range [][]forgery{forgedAlgorithms(t), forgedHeaders(t), forgedKeys(t), forgedShapes(t), forgedClaims(t)} {
		for _, f := range list {
			t.Run(f.name, func(t *testing.T) {
				a := newAuthority(t)
				err := a.verify(t, "/all", f.assertion)
				refusedBecause(t, err, f.cause)
				if len(a.burnt) > 0 {
					t.Errorf("used up %v", a.burnt)
				}
				for _, part := range append(strings.Split(f.assertion.Reveal(), "."), "canary") {
					if len(part) > 3 && strings.Contains(err.Error(), part) {
						t.Errorf("quotes the assertion: %v", err)
					}
				}
			})
		}
	}
}

var (
	malformed    = jwt.ErrTokenMalformed.Error()
	unverifiable = jwt.ErrTokenUnverifiable.Error()
	unsigned     = jwt.ErrTokenSignatureInvalid.Error()
	missing      = jwt.ErrTokenRequiredClaimMissing.Error()
	expired      = jwt.ErrTokenExpired.Error()
	noSuchKey    = "no such key is published for that algorithm"
	foreign      = "its header has more than alg, kid and typ, or another type"
)

// forgedAlgorithms are the attacks on alg (RFC 8725 sections 2.1 and 3.1).
func forgedAlgorithms(t *testing.T) []forgery {
	none := assertedBy(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, object{"kid": "p256"}, nil)
	with := func(method jwt.SigningMethod, kid string, header object) secret.Text {
		return assertedBy(t, method, signers()[kid], merge(object{"kid": kid}, header), nil)
	}
	list := []forgery{
		{"alg none", none, unsigned},
		{"alg none, signed", asserted(t, object{"alg": "none"}, nil), unsigned},
		{"alg None", asserted(t, object{"alg": "None"}, nil), unverifiable},
		{"alg missing", asserted(t, object{"alg": nil}, nil), unverifiable},
		{"alg a number", asserted(t, object{"alg": 256}, nil), unverifiable},
		{"alg in lower case", asserted(t, object{"alg": "es256"}, nil), unverifiable},
		{"alg nobody knows", asserted(t, object{"alg": "canary"}, nil), unverifiable},
		{"RS384", with(jwt.SigningMethodRS384, "rsa", nil), unsigned},
		{"PS512", with(jwt.SigningMethodPS512, "rsa", nil), unsigned},
		{"PS256 that says RS256", with(jwt.SigningMethodPS256, "rsa", object{"alg": "RS256"}), unsigned},
		{"RS256 that says PS256", with(jwt.SigningMethodRS256, "rsa", object{"alg": "PS256"}), unsigned},
		{"RS256 under an EC key's kid", with(jwt.SigningMethodRS256, "rsa", object{"kid": "p256"}), noSuchKey},
		{"ES256 under another curve's kid", with(jwt.SigningMethodES256, "p256", object{"kid": "p384"}), noSuchKey},
		{"EdDSA under an EC key's kid", with(jwt.SigningMethodEdDSA, "ed", object{"kid": "p256"}), noSuchKey},
	}
	der, err := x509.MarshalPKIXPublicKey(signers()["rsa"].Public())
	if err != nil {
		t.Fatal(err)
	}
	for form, public := range map[string][]byte{"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "JWKS": published(t, "rsa")} {
		for _, method := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
			list = append(list, forgery{method.Alg() + " with the public key's " + form, assertedBy(t, method, public, object{"kid": "rsa"}, nil), unsigned})
		}
	}
	return list
}

// forgedHeaders are right assertions but for what else their header says.
func forgedHeaders(t *testing.T) (list []forgery) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(published(t, "stranger"), &set); err != nil {
		t.Fatal(err)
	}
	embedded := assertedBy(t, jwt.SigningMethodES256, signers()["stranger"], object{"jwk": set.Keys[0]}, nil)
	list = append(list, forgery{"signed by an embedded jwk", embedded, foreign})
	for name, header := range map[string]object{
		"crit":                       {"crit": []string{"exp"}},
		"crit empty":                 {"crit": []string{}},
		"b64":                        {"b64": false, "crit": []string{"b64"}},
		"b64 alone":                  {"b64": true},
		"zip":                        {"zip": "DEF"},
		"enc":                        {"enc": "A256GCM"},
		"nested":                     {"cty": "JWT"},
		"jwk":                        {"jwk": set.Keys[0]},
		"jku":                        {"jku": "https://canary.example/jwks.json"},
		"x5u":                        {"x5u": "https://canary.example/x.pem"},
		"x5c":                        {"x5c": []string{"canary"}},
		"x5c empty":                  {"x5c": []string{}},
		"typ of an access token":     {"typ": "at+jwt"},
		"typ in lower case":          {"typ": "jwt"},
		"typ empty":                  {"typ": ""},
		"typ null":                   {"typ": json.RawMessage("null")},
		"typ a list":                 {"typ": []string{"JWT"}},
		"kid empty":                  {"kid": ""},
		"kid null":                   {"kid": json.RawMessage("null")},
		"kid a number":               {"kid": 1},
		"kid a list":                 {"kid": []string{"p256"}},
		"what nobody knows":          {"canary": true},
		"a header in another's case": {"KID": "p256"},
	} {
		list = append(list, forgery{name, asserted(t, header, nil), foreign})
	}
	return list
}

// forgedKeys look for a key that is not there, or is not theirs.
func forgedKeys(t *testing.T) []forgery {
	stranger := assertedBy(t, jwt.SigningMethodES256, signers()["stranger"], object{"kid": "p256"}, nil)
	list := []forgery{
		{"another key under our kid", stranger, unsigned},
		{"another key without a kid", assertedBy(t, jwt.SigningMethodES256, signers()["stranger"], nil, nil), unsigned},
	}
	for _, kid := range []string{"stranger", "P256", "p256 ", "../p256", "p256\x00", "' OR 1=1 --", "https://canary.example", strings.Repeat("k", 257), strings.Repeat("k", 5<<10)} {
		list = append(list, forgery{"kid " + kid[:min(len(kid), 20)], asserted(t, object{"kid": kid}, nil), noSuchKey})
	}
	return list
}

// A client that publishes two keys of a kind must say which.
func TestAssertionNamesItsKey(t *testing.T) {
	a := newAuthority(t)
	refusedBecause(t, a.verify(t, "/two", asserted(t, object{"kid": nil}, nil)), noSuchKey)
	if err := a.verify(t, "/two", asserted(t, nil, nil)); err != nil {
		t.Error(err)
	}
}

// forgedShapes are texts that are no compact JWS.
func forgedShapes(t *testing.T) []forgery {
	right := asserted(t, nil, nil).Reveal()
	parts := strings.Split(right, ".")
	other := strings.Split(asserted(t, nil, object{"jti": "other"}).Reveal(), ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return []forgery{
		{"a little over 8 KiB", padded(t, 8<<10+1), malformed},
		{"nothing", secret.Text{}, malformed},
		{"two parts", secret.New(parts[0] + "." + parts[1]), malformed},
		{"no signature", secret.New(parts[0] + "." + parts[1] + "."), unsigned},
		{"four parts", secret.New(right + "."), malformed},
		{"dots", secret.New(strings.Repeat(".", 1<<20)), malformed},
		{"a space in front", secret.New(" " + right), malformed},
		{"a line end after it", secret.New(right + "\n"), malformed},
		{"a line end within", secret.New(right[:len(right)-9] + "\r\n" + right[len(right)-9:]), malformed},
		{"padded", secret.New(right + "=="), malformed},
		{"unused bits set", secret.New(right[:len(right)-1] + unused(right)), malformed},
		{"standard base64", secret.New(base64.StdEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":">>>???"}`)) + "." + parts[1] + "." + parts[2]), malformed},
		{"not ASCII", secret.New(right[:9] + "é" + right[9:]), malformed},
		{"NUL", secret.New(right + "\x00"), malformed},
		{"payload of another", secret.New(parts[0] + "." + other[1] + "." + parts[2]), unsigned},
		{"signature of another", secret.New(parts[0] + "." + parts[1] + "." + other[2]), unsigned},
		{"signature of zeros", secret.New(parts[0] + "." + parts[1] + "." + b64(make([]byte, 64))), unsigned},
		{"signature a byte short", secret.New(parts[0] + "." + parts[1] + "." + b64(signature[:63])), unsigned},
		{"signature a byte long", secret.New(parts[0] + "." + parts[1] + "." + b64(append(signature, 0))), unsigned},
		{"header null", secret.New(b64([]byte("null")) + "." + parts[1] + "." + parts[2]), unverifiable},
		{"header a list", secret.New(b64([]byte("[]")) + "." + parts[1] + "." + parts[2]), malformed},
		{"payload a word", secret.New(parts[0] + "." + b64([]byte(`"canary"`)) + "." + parts[2]), malformed},
	}
}

// unused is the last character with a bit set that no byte uses.
func unused(text string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, text[len(text)-1])^1:][:1]
}

// Whatever is cut off the signature, it is none.
func TestCutAssertions(t *testing.T) {
	right, a := asserted(t, nil, nil).Reveal(), newAuthority(t)
	for n := range len(right) {
		if err := a.verify(t, "/all", secret.New(right[:n])); err == nil {
			t.Errorf("%d of %d bytes are enough", n, len(right))
		}
	}
	if err := a.verify(t, "/all", secret.New(right)); err != nil {
		t.Error(err)
	}
}

// forgedClaims are rightly signed and still not good here and now.
func forgedClaims(t *testing.T) []forgery {
	list := []forgery{}
	for cause, claims := range map[string]map[string]object{
		jwt.ErrTokenInvalidIssuer.Error(): {
			"another client's iss":  {"iss": "c_another"},
			"iss and sub of a user": {"iss": "user", "sub": "user"},
			"iss in another case":   {"iss": strings.ToUpper(machine)},
		},
		jwt.ErrTokenInvalidSubject.Error(): {
			"another client's sub": {"sub": "c_another"},
			"sub and a space":      {"sub": machine + " "},
		},
		jwt.ErrTokenInvalidAudience.Error(): {
			"aud of another tenant":     {"aud": "https://api.bell.example/oauth2/token"},
			"aud list of other tenants": {"aud": []string{"https://api.bell.example", "https://api.bell.example/oauth2/token"}},
			"aud with a slash":          {"aud": endpoint + "/"},
			"aud another endpoint":      {"aud": issuer + "/oauth2/introspect"},
			"aud by http":               {"aud": "http" + endpoint[5:]},
			"aud the client":            {"aud": machine},
		},
		missing: {
			"no iss": {"iss": nil}, "no sub": {"sub": nil}, "no aud": {"aud": nil}, "no exp": {"exp": nil},
			"iss empty": {"iss": ""}, "sub empty": {"sub": ""}, "aud empty": {"aud": ""}, "aud an empty list": {"aud": []string{}},
			"exp null": {"exp": json.RawMessage("null")}, "nothing": {"iss": nil, "sub": nil, "aud": nil, "exp": nil, "iat": nil, "jti": nil},
		},
		expired: {
			"expired": {"exp": now - 3600}, "expired this second": {"exp": now}, "expired within the leeway": {"exp": now - 30},
			"exp zero": {"exp": 0}, "exp negative": {"exp": -1},
		},
		"the assertion is good for more than an hour": {
			"for an hour and a second": {"exp": now + 3601}, "for a year": {"exp": now + 365*86400}, "for ever": {"exp": 4e9},
		},
		"the assertion's jti is missing or too long": {
			"no jti": {"jti": nil}, "jti empty": {"jti": ""}, "jti too long": {"jti": strings.Repeat("j", 257)},
		},
		jwt.ErrTokenUsedBeforeIssued.Error(): {"made 61 seconds ahead": {"iat": now + 61}},
		jwt.ErrTokenNotValidYet.Error():      {"good 61 seconds ahead": {"nbf": now + 61}},
		malformed: {
			"exp a word": {"exp": "canary"}, "iat a list": {"iat": []int{now}}, "iss a list": {"iss": []string{machine}}, "sub a number": {"sub": 1},
			"aud a number": {"aud": 1}, "aud a list of numbers": {"aud": []int{1}}, "jti a number": {"jti": 1},
		},
	} {
		for name, changes := range claims {
			list = append(list, forgery{name, asserted(t, nil, changes), cause})
		}
	}
	return list
}
