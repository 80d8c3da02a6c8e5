package proof

import (
	"context"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Assertions verify that a client is who it says by a JWT that it has signed
// (private_key_jwt: RFC 7523 section 3, OpenID Connect Core section 9). They are
// no broker.Proof: whatever authenticates clients asks them.
type Assertions struct {
	Keys Keys
	// Burn uses up a jti of a client of a tenant, which it remembers until then;
	// fresh is false if it was used before.
	Burn func(ctx context.Context, tenant, client, jti string, until time.Time) (fresh bool, err error)
	Now  func() time.Time
}

const (
	assertionLeeway = 60 * time.Second // how far ahead iat and nbf may be; exp has none
	assertionLife   = time.Hour        // the most that may be left of it: what several libraries give theirs
	longestJTI      = 256              // bytes
)

// Verify checks an assertion of the client, which publishes its keys at jwksURL.
// It must be for one of audiences: the addresses of the token endpoint, and the
// issuer. Whatever is wrong with it is the same broker.InvalidClient, with the
// reason as its cause; broker.Unavailable says that nobody can tell. Only one
// that is right is used up.
func (a Assertions) Verify(ctx context.Context, tenant, clientID, jwksURL string, audiences []string, assertion secret.Text) error {
	text := assertion.Reveal()
	switch {
	case !expected(clientID, jwksURL, audiences):
		return errAssertion.Because(errUnexpected)
	case !compact(text):
		return errAssertion.Because(jwt.ErrTokenMalformed)
	}
	var claims jwt.RegisteredClaims
	by := a.client(jwksURL)
	parser := jwt.NewParser(jwt.WithValidMethods(assertionAlgorithms), jwt.WithStrictDecoding(), jwt.WithTimeFunc(a.Now),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(assertionLeeway),
		jwt.WithIssuer(clientID), jwt.WithSubject(clientID), jwt.WithAudience(audiences...))
	if _, err := parser.ParseWithClaims(text, &claims, by.key(ctx)); err != nil {
		return by.refusal(err)
	}
	switch left := claims.ExpiresAt.Sub(a.Now()); {
	case left <= 0: // golang-jwt has allowed for the leeway here too
		return errAssertion.Because(jwt.ErrTokenExpired)
	case left > assertionLife:
		return errAssertion.Because(errLongLife)
	case claims.ID == "" || len(claims.ID) > longestJTI:
		return errAssertion.Because(errJTI)
	}
	return a.burn(ctx, tenant, clientID, claims)
}

// burn remembers a jti for longer than it is good, for servers whose clocks differ.
func (a Assertions) burn(ctx context.Context, tenant, clientID string, claims jwt.RegisteredClaims) error {
	fresh, err := a.Burn(ctx, tenant, clientID, claims.ID, claims.ExpiresAt.Add(assertionLeeway))
	switch {
	case err != nil:
		return errUnchecked.Because(err)
	case !fresh:
		return errAssertion.Because(errReplayed)
	}
	return nil
}
