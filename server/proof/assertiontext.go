package proof

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

var (
	errAssertion = broker.ErrClient // the same as for a wrong secret
	errUnchecked = broker.Refuse(broker.Unavailable, "the client cannot be authenticated at the moment; try again").After(10 * time.Second)
)

// The reasons, beside golang-jwt's.
var (
	errUnexpected = errors.New("the client has no jwks_url, or the service no address")
	errHeader     = errors.New("the assertion's header has more than alg, kid and typ, or another type")
	errKey        = errors.New("the client publishes no such key for that algorithm")
	errLongLife   = errors.New("the assertion is good for more than an hour")
	errJTI        = errors.New("the assertion's jti is missing or too long")
	errReplayed   = errors.New("the assertion's jti was used before")
)

// reasons are golang-jwt's errors, whose details may quote the assertion. The
// first that fits is the cause.
var reasons = []error{
	jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable, jwt.ErrTokenSignatureInvalid,
	jwt.ErrTokenExpired, jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenNotValidYet,
	jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidSubject, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing,
}

func refusal(err error) error {
	if ours := (*broker.Error)(nil); errors.As(err, &ours) {
		return ours
	}
	for _, reason := range reasons {
		if errors.Is(err, reason) {
			return errAssertion.Because(reason)
		}
	}
	return errAssertion
}

// expected is what golang-jwt would not check at all if it were empty.
func expected(clientID, jwksURL string, audiences []string) bool {
	return clientID != "" && jwksURL != "" && len(audiences) > 0 && !slices.Contains(audiences, "")
}

// compact refuses what is too long to be parsed, and what golang-jwt would skip,
// such as line ends.
func compact(text string) bool {
	return len(text) <= longestAssertion && !strings.ContainsFunc(text, notInJWS)
}

func notInJWS(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

// plain allows what a header needs, and a certificate's fingerprint, which some
// send and nobody here reads. Whatever says where the key is (jwk, jku, x5u, x5c)
// or how else to read the text (crit, b64, zip, enc, cty) is not on the list.
func plain(header map[string]any) bool {
	for name, value := range header {
		text, _ := value.(string)
		switch name {
		case "alg", "x5t", "x5t#S256":
		case "kid":
			if text == "" {
				return false
			}
		case "typ":
			if text != "JWT" && text != "client-authentication+jwt" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Named is the client that an assertion says it is of, by which its keys are to
// be found; it may be anybody's. It is empty if the assertion cannot be read.
func Named(assertion secret.Text) string {
	var claims jwt.RegisteredClaims
	text := assertion.Reveal()
	if !compact(text) {
		return ""
	}
	if _, _, err := jwt.NewParser(jwt.WithStrictDecoding()).ParseUnverified(text, &claims); err != nil {
		return ""
	}
	return claims.Subject
}
