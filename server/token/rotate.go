package token

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Keys are one tenant's stored signing keys. Each change is one transaction.
type Keys interface {
	Keys(ctx context.Context) ([]broker.SigningKey, error)

	// PromoteKey retires the active key, makes the next key active and stores
	// another next, all at now. It must fail, and change nothing, unless kid is
	// the next key's: two servers may want to rotate at once.
	PromoteKey(ctx context.Context, kid string, next broker.SigningKey, now time.Time) error

	// ReplaceNext puts next in the place of the next key kid, which has signed
	// nothing. It must fail, and change nothing, unless kid is the next key's.
	ReplaceNext(ctx context.Context, kid string, next broker.SigningKey) error

	// ReplaceKeys deletes every key and stores these two.
	ReplaceKeys(ctx context.Context, active, next broker.SigningKey) error
}

// ErrNoNext says that a tenant has no next key. Emergency gives it one.
var ErrNoNext = errors.New("the tenant has no next signing key")

// TooSoon says that verifiers may not have seen the next key yet.
type TooSoon struct {
	Wait time.Duration // until they have
}

// Error says how long to wait, in whole seconds and never too few.
func (e *TooSoon) Error() string {
	seconds := (e.Wait + time.Second - 1).Truncate(time.Second)
	return fmt.Sprintf("the next signing key must stay published for another %v before it signs", seconds)
}

// First makes a new tenant's keys: one active and one next.
func First(alg broker.Algorithm, now time.Time) ([]broker.SigningKey, error) {
	active, err := Generate(alg, now)
	if err != nil {
		return nil, err
	}
	next, err := Generate(alg, now)
	if err != nil {
		return nil, err
	}
	active.State, active.Activated = broker.Current, now
	return []broker.SigningKey{active, next}, nil
}

// Wait is how long it takes until the next key has been published for as long
// as verifiers may keep a JWKS; zero: it may sign. Without a next key it is the
// whole of jwksMaxAge.
func Wait(keys []broker.SigningKey, jwksMaxAge time.Duration, now time.Time) time.Duration {
	next, ok := find(keys, broker.Next)
	if !ok {
		return jwksMaxAge
	}
	return max(0, next.Published.Add(jwksMaxAge).Sub(now))
}

// Rotate makes the next key sign, keeps the one before published, and stores a
// new next of the given algorithm. It returns a *TooSoon while Wait is not over,
// and ErrNoNext.
func Rotate(ctx context.Context, keys Keys, alg broker.Algorithm, jwksMaxAge time.Duration, now time.Time) error {
	stored, err := keys.Keys(ctx)
	if err != nil {
		return err
	}
	current, ok := find(stored, broker.Next)
	if !ok {
		return ErrNoNext
	}
	if wait := Wait(stored, jwksMaxAge, now); wait > 0 {
		return &TooSoon{wait}
	}
	next, err := Generate(alg, now)
	if err != nil {
		return err
	}
	return keys.PromoteKey(ctx, current.KID, next, now)
}

// Emergency replaces all keys by two new ones at once: a key that leaked may
// have leaked with its neighbours. Every token out there stops verifying.
func Emergency(ctx context.Context, keys Keys, alg broker.Algorithm, now time.Time) error {
	fresh, err := First(alg, now)
	if err != nil {
		return err
	}
	return keys.ReplaceKeys(ctx, fresh[0], fresh[1])
}

// ChangeAlgorithm replaces the next key by one of the given algorithm; the
// rotation after it makes that one sign. A next key that is of the algorithm
// already stays, so that its time of waiting does not start again.
func ChangeAlgorithm(ctx context.Context, keys Keys, alg broker.Algorithm, now time.Time) error {
	stored, err := keys.Keys(ctx)
	if err != nil {
		return err
	}
	current, ok := find(stored, broker.Next)
	switch {
	case !ok:
		return ErrNoNext
	case current.Algorithm == alg:
		return nil
	}
	next, err := Generate(alg, now)
	if err != nil {
		return err
	}
	return keys.ReplaceNext(ctx, current.KID, next)
}

func find(keys []broker.SigningKey, state broker.KeyState) (broker.SigningKey, bool) {
	i := slices.IndexFunc(keys, func(k broker.SigningKey) bool { return k.State == state })
	if i < 0 {
		return broker.SigningKey{}, false
	}
	return keys[i], true
}
