package token

import (
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// ErrInvalid is what errors.Is finds in every refusal of Verify. The errors
// below say why, for logs and counters; none of them quotes any of the token.
var ErrInvalid = errors.New("the token is not valid")

// The reasons.
var (
	ErrMalformed = because("malformed")
	ErrHeader    = because("its header is not one of ours")
	ErrKey       = because("no key of that kid and algorithm")
	ErrSignature = because("wrong signature")
	ErrExpired   = because("expired")
	ErrEarly     = because("from the future")
	ErrClaims    = because("a claim is missing or not for us")
)

func because(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }

// reasons maps golang-jwt's errors, whose texts may quote the token, to ours.
// The first that fits counts.
var reasons = []struct{ theirs, ours error }{
	{ErrKey, ErrKey},
	{jwt.ErrTokenMalformed, ErrMalformed},
	{jwt.ErrTokenUnverifiable, ErrHeader},
	{jwt.ErrTokenSignatureInvalid, ErrSignature},
	{jwt.ErrTokenExpired, ErrExpired},
	{jwt.ErrTokenUsedBeforeIssued, ErrEarly},
	{jwt.ErrTokenNotValidYet, ErrEarly},
	{jwt.ErrTokenInvalidClaims, ErrClaims},
}

func reason(err error) error {
	for _, r := range reasons {
		if errors.Is(err, r.theirs) {
			return r.ours
		}
	}
	return ErrInvalid
}
