package proof

import (
	"errors"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

var (
	errAssertion = broker.ErrClient // the same as for a wrong secret
	errUnchecked = broker.Refuse(broker.Unavailable, "the client cannot be authenticated at the moment; try again").After(10 * time.Second)
)

// The reasons, beside those of any JWT.
var (
	errUnexpected = errors.New("the client has no jwks_url, or the service no address")
	errLongLife   = errors.New("the assertion is good for more than an hour")
	errJTI        = errors.New("the assertion's jti is missing or too long")
	errReplayed   = errors.New("the assertion's jti was used before")
)

// expected is what golang-jwt would not check at all if it were empty.
func expected(clientID, jwksURL string, audiences []string) bool {
	return clientID != "" && jwksURL != "" && len(audiences) > 0 && !slices.Contains(audiences, "")
}

// Named is the client that an assertion says it is of, by which its keys are to
// be found; it may be anybody's. It is empty if the assertion cannot be read.
func Named(assertion secret.Text) string {
	claims, _ := unverified(assertion.Reveal())
	return claims.Subject
}
