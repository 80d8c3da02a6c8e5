package token

import (
	"crypto"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// input is what a token is made of.
type input struct {
	path      string // of the issuer
	audience  []string
	shop      string
	pid, id   string
	issued    int64
	life      int64
	algorithm broker.Algorithm
}

func (in input) want() broker.Want {
	id := broker.Identity{Subject: broker.Subject{Kind: broker.Customer, ID: in.id}, Method: broker.HMAC, PID: in.pid}
	if in.shop != "" {
		id.Shop = &broker.Shop{Name: in.shop}
	}
	issued := time.Unix(in.issued, 0)
	return broker.Want{Identity: id, IssuedAt: issued, ExpiresAt: issued.Add(time.Duration(in.life) * time.Second)}
}

func (in input) valid() bool {
	for _, s := range append([]string{in.shop, in.pid, in.id}, in.audience...) {
		if !utf8.ValidString(s) {
			return false
		}
	}
	return !slices.Contains(in.audience, "") && in.pid != "" && in.id != "" && in.life > 0 && in.life <= 86400
}

// checkOracle holds a token that was put together by hand against golang-jwt: it
// must verify there and say exactly what golang-jwt's own token says.
func checkOracle(t rapid.TB, key broker.SigningKey, private crypto.Signer, in input) {
	iss := "https://api.acme.example/" + in.path
	w := in.want()
	m, err := New(Config{Issuer: iss, Audience: in.audience, Keys: []broker.SigningKey{key}, Now: func() time.Time { return w.IssuedAt }})
	var token string
	if err == nil {
		token, err = m.Sign(w)
	}
	if err != nil {
		if in.valid() && in.path == "" {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	if !in.valid() {
		t.Fatalf("accepted: %+v", in)
	}

	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil || !plainJSON(payload) {
		t.Fatalf("the payload is not printable ASCII: %v", err)
	}
	header, claims := parsed(t, token, in.algorithm, private.Public())
	jti, _ := claims["jti"].(string)
	audience := in.audience
	if len(audience) == 0 {
		audience = []string{iss}
	}
	theirs := mapClaims(w, audience, jti)
	theirs["iss"] = iss
	theirToken := jwt.NewWithClaims(jwt.GetSigningMethod(string(in.algorithm)), theirs)
	theirToken.Header["kid"] = key.KID
	text, err := theirToken.SignedString(private)
	if err != nil {
		t.Fatalf("oracle: %v", err)
	}
	theirHeader, theirClaims := parsed(t, text, in.algorithm, private.Public())
	if diff := cmp.Diff(theirHeader, header) + cmp.Diff(theirClaims, claims); diff != "" {
		t.Fatalf("%s", diff)
	}
	if len(token) <= longest {
		if _, err := m.Verify(token); err != nil {
			t.Fatalf("our own Verify: %v", err)
		}
	}
}

// parsed lets golang-jwt verify a token and read it as plain maps.
func parsed(t rapid.TB, token string, alg broker.Algorithm, public crypto.PublicKey) (map[string]any, jwt.MapClaims) {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{string(alg)}), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	got, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return public, nil })
	if err != nil {
		t.Fatalf("golang-jwt: %v", err)
	}
	return got.Header, claims
}

func plainJSON(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' })
}

func TestOracle(t *testing.T) {
	for _, alg := range algorithms {
		key, private := testKey(t, alg, broker.Current), private(t, alg)
		word := rapid.OneOf(rapid.StringMatching(`[ -~]{1,40}`), rapid.String())
		rapid.Check(t, func(t *rapid.T) {
			checkOracle(t, key, private, input{
				path:      rapid.OneOf(rapid.Just(""), word).Draw(t, "path"),
				audience:  rapid.SliceOfN(word, 0, 3).Draw(t, "audience"),
				shop:      word.Draw(t, "shop"),
				pid:       word.Draw(t, "pid"),
				id:        rapid.OneOf(rapid.StringMatching(`[1-9][0-9]{0,18}`), word).Draw(t, "id"),
				issued:    rapid.Int64Range(0, 253402300799).Draw(t, "issued"),
				life:      rapid.Int64Range(-1, 86401).Draw(t, "life"),
				algorithm: alg,
			})
		})
	}
}

func FuzzSign(f *testing.F) {
	key, private := testKey(f, broker.EdDSA, broker.Current), private(f, broker.EdDSA)
	f.Add("", "https://acme.example", "acme.myshopify.com", "7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11", "6940095564132", int64(1795262400), int64(900))
	f.Add("t/acme", "\"\\\u2028\U0001f600", "\xff", "\x00", "</script>", int64(0), int64(86400))
	f.Fuzz(func(t *testing.T, path, audience, shop, pid, id string, issued, life int64) {
		if issued < 0 || issued > 253402300799 || life < -1<<31 || life > 1<<31 {
			return // beyond the year 9999 golang-jwt's floats are no oracle
		}
		checkOracle(t, key, private, input{path: path, audience: []string{audience}, shop: shop, pid: pid, id: id,
			issued: issued, life: life, algorithm: broker.EdDSA})
	})
}
