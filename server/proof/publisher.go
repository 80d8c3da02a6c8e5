package proof

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Keys are the public keys that others publish. A key that is not there is a
// broker.ErrNotFound; any other error says nothing about it. An empty kid is for
// who names none.
type Keys interface {
	Key(ctx context.Context, jwksURL, kid, alg string) (crypto.PublicKey, error)
}

// publisher is whoever publishes the keys by which their JWTs are verified, and
// what is said of a JWT that is not right.
type publisher struct {
	keys       Keys
	jwksURL    string
	algorithms map[string]func(crypto.PublicKey) bool // those that may be, and which key is for each: golang-jwt does not look at the curve
	types      []string                               // that the header may name
	kid        func(string) bool                      // what a kid may look like; nil: anything
	refuse     func(reason error) *broker.Error
	unchecked  *broker.Error
}

const longestJWT = 8 << 10 // bytes; a longer one is not looked at

// The reasons, beside golang-jwt's. No text quotes the JWT.
var (
	errHeader = errors.New("its header has more than alg, kid and typ, or another type")
	errKey    = errors.New("no such key is published for that algorithm")
)

// reasons are golang-jwt's errors, whose details may quote the JWT. The first
// that fits is the cause.
var reasons = []error{
	jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable, jwt.ErrTokenSignatureInvalid,
	jwt.ErrTokenExpired, jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenNotValidYet,
	jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidSubject, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing,
}

// key finds the key that the header means, among those of the publisher alone.
func (p publisher) key(ctx context.Context) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		if !p.plain(t.Header) {
			return nil, p.refuse(errHeader)
		}
		if p.kid != nil && kid != "" && !p.kid(kid) {
			return nil, p.refuse(errKey)
		}
		key, err := p.keys.Key(ctx, p.jwksURL, kid, t.Method.Alg())
		switch {
		case errors.Is(err, broker.ErrNotFound), err == nil && !p.algorithms[t.Method.Alg()](key):
			return nil, p.refuse(errKey)
		case err != nil:
			return nil, p.unchecked.Because(err)
		}
		return key, nil
	}
}

// refusal is what is said of golang-jwt's error.
func (p publisher) refusal(err error) error {
	if ours := (*broker.Error)(nil); errors.As(err, &ours) {
		return ours
	}
	for _, reason := range reasons {
		if errors.Is(err, reason) {
			return p.refuse(reason)
		}
	}
	return p.refuse(nil)
}

// plain allows what a header needs, and a certificate's fingerprint, which some
// send and nobody here reads. Whatever says where the key is (jwk, jku, x5u, x5c)
// or how else to read the text (crit, b64, zip, enc, cty) is not on the list.
func (p publisher) plain(header map[string]any) bool {
	for name, value := range header {
		text, _ := value.(string)
		switch name {
		case "alg", "x5t", "x5t#S256":
		case "kid":
			if text == "" {
				return false
			}
		case "typ":
			if !slices.Contains(p.types, text) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// compact refuses what is too long to be parsed, and what golang-jwt would skip,
// such as line ends.
func compact(text string) bool {
	return len(text) <= longestJWT && !strings.ContainsFunc(text, notInJWS)
}

func notInJWS(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

// unverified are what a JWT says of itself, which may be anybody's; ok is whether
// it can be read.
func unverified(text string) (claims jwt.RegisteredClaims, ok bool) {
	if !compact(text) {
		return claims, false
	}
	if _, _, err := jwt.NewParser(jwt.WithStrictDecoding()).ParseUnverified(text, &claims); err != nil {
		return jwt.RegisteredClaims{}, false
	}
	return claims, true
}

func is[K crypto.PublicKey](key crypto.PublicKey) bool {
	_, ok := key.(K)
	return ok
}

func onCurve(curve elliptic.Curve) func(crypto.PublicKey) bool {
	return func(key crypto.PublicKey) bool {
		ec, ok := key.(*ecdsa.PublicKey)
		return ok && ec.Curve == curve
	}
}
