package keyset

import (
	"errors"
	"fmt"

	"github.com/shapestoken/shapestoken/server/broker"
)

var (
	// ErrUnknownKey: the issuer's set was read, and has no such key for that
	// algorithm, or several that could be meant. It is a broker.ErrNotFound.
	ErrUnknownKey = fmt.Errorf("keyset: no such key: %w", broker.ErrNotFound)
	// ErrAway: the issuer's set could not be read, or has no key that may be
	// used. The error wraps the reason, which quotes nothing of URL and answer.
	ErrAway = errors.New("keyset: the issuer's keys cannot be had at the moment")
)

// The reasons that are not the network's.
var (
	errAddress  = errors.New("the URL cannot be read")
	errNotASet  = errors.New("the answer is not a JWK Set")
	errTooMany  = fmt.Errorf("the set has more than %d keys", mostKeys)
	errNoneFits = errors.New("the set has no key that may be used")
)

func away(cause error) error { return fmt.Errorf("%w: %w", ErrAway, cause) }
