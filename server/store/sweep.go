package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	// neededKey is how long after its last signature a key is published: as
	// long as the longest token may live, and an hour for clocks that differ.
	neededKey = broker.MaxTokenTTL + time.Hour
	// neededChange is how far back the change feed goes.
	neededChange = 24 * time.Hour
	// neededWebhook is how long the same webhook may come again. Shopify tries
	// for hours, not days.
	neededWebhook = 7 * 24 * time.Hour
	// neededToken is how long after its end an access token, or an assertion, is
	// known: for clocks that differ, and for the leeway that is given with JWTs.
	neededToken = time.Hour
	// neededCode is how long after its end a code that nobody took is known.
	neededCode = time.Hour
	// neededSession is how long after its end a session is known.
	neededSession = 24 * time.Hour
	// swept is how many rows, or tenants, are dealt with in one step.
	swept = 500
)

// Sweep removes what nobody needs any more: retired keys of which no token can
// be alive, the change feed of more than a day ago, webhooks that were done with
// a week ago, access tokens, revocations, used assertions and codes that ended an
// hour ago, sessions that ended a day ago and have no opaque token that lives
// longer, sign-ins that expired, and wrong guesses that are forgotten. It works in
// small steps, and several processes may sweep at once. Call it now and then.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	if err := s.sweepKeys(ctx, now.Add(-neededKey).UnixMicro()); err != nil {
		return err
	}
	for _, sweep := range []struct {
		what   func(*Store, context.Context, int64) error
		needed time.Duration
	}{
		{(*Store).sweepChanges, neededChange},
		{(*Store).sweepWebhooks, neededWebhook},
		{(*Store).sweepTokens, neededToken},
		{(*Store).sweepRevoked, neededToken},
		{(*Store).sweepAssertions, neededToken},
		{(*Store).sweepCodes, neededCode},
		{(*Store).sweepSessions, neededSession},
		{(*Store).sweepSignIns, 0},
		{(*Store).sweepAttempts, 0},
	} {
		if err := sweep.what(s, ctx, now.Add(-sweep.needed).UnixMicro()); err != nil {
			return err
		}
	}
	return s.scrub(ctx)
}

func (s *Store) sweepKeys(ctx context.Context, before int64) error {
	for {
		names, err := all(ctx, s.reads, lone[string],
			`SELECT DISTINCT tenant FROM signing_key WHERE retired <= $1 LIMIT $2`, before, swept)
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			err := unlessNothing(s.In(name).sweepKeys(ctx, before))
			if err != nil && !errors.Is(err, broker.ErrNoTenant) {
				return err
			}
		}
	}
}

func (t Tenant) sweepKeys(ctx context.Context, before int64) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, errNothing,
			`DELETE FROM signing_key WHERE tenant = $1 AND retired <= $2`, t.name, before)
	})
}

func (s *Store) sweepChanges(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM change WHERE n IN (SELECT n FROM change WHERE at < $1 ORDER BY n LIMIT $2)`, before)
}

// erase runs a statement that deletes at most $2 rows of before $1 until there are none.
func (s *Store) erase(ctx context.Context, query string, before int64) error {
	for {
		n, err := exec(ctx, s.writes, query, before, swept)
		if err != nil || n < swept {
			return err
		}
	}
}

// scrub removes what has been erased from where it may still be read. Somebody
// who is reading at the moment can keep it from doing so; then the next Sweep does it.
func (s *Store) scrub(ctx context.Context) error {
	if s.source.engine.scrub == "" {
		return nil
	}
	if _, err := exec(ctx, s.writes, s.source.engine.scrub); err != nil {
		return fmt.Errorf("what has been erased may still be readable: %w", err)
	}
	return nil
}
