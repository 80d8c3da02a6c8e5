package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// errBackoff is a mistake in the program.
var errBackoff = errors.New("store: a backoff has a Base, a Max and a Window")

// Attempt returns how long whoever is counted under any of the keys has to wait
// before they may guess again; zero: not at all. The keys are keyed hashes, of an
// account, an address, a client. It is a read, and counts nothing.
func (t Tenant) Attempt(ctx context.Context, now time.Time, keys ...broker.Digest) (wait time.Duration, err error) {
	for few := range slices.Chunk(keys, 3) {
		a, b, c := few[0], few[len(few)/2], few[len(few)-1] // which may be the same
		until, err := one[int64](ctx, t.store.reads,
			`SELECT COALESCE(MAX(until), 0) FROM attempt WHERE tenant = $1 AND key IN ($2, $3, $4)`, t.name, a[:], b[:], c[:])
		if err != nil {
			return 0, err
		}
		wait = max(wait, moment(until).Sub(now))
	}
	return wait, nil
}

// Failed counts a wrong guess, and returns until when the next one is refused,
// which is now or before if it is not. It is one statement, so that processes
// that count at the same time lose nothing. The error may be broker.ErrNoTenant.
func (t Tenant) Failed(ctx context.Context, key broker.Digest, now time.Time, b broker.Backoff) (until time.Time, err error) {
	if b.Base <= 0 || b.Max <= 0 || b.Window <= 0 {
		return time.Time{}, errBackoff
	}
	first := time.Duration(0)
	if b.Free <= 1 {
		first = min(b.Base, b.Max)
	}
	micros, err := find(ctx, t.store.writes, broker.ErrNoTenant, lone[int64],
		`INSERT INTO attempt (tenant, key, failed, until, ends) SELECT name, $1, 1, $2, $3 FROM tenant WHERE name = $4
		ON CONFLICT (tenant, key) DO UPDATE SET ends = excluded.ends,
			failed = CASE WHEN attempt.ends <= $5 THEN 1 ELSE attempt.failed + 1 END,
			until = CASE WHEN attempt.ends <= $5 THEN excluded.until
				WHEN attempt.failed + 1 < $6 THEN $5
				WHEN attempt.failed + 1 >= $7 THEN CAST($8 AS BIGINT)
				ELSE $5 + (CAST($9 AS BIGINT) << CAST(attempt.failed + 1 - $6 AS INTEGER)) END
		RETURNING until`,
		key[:], now.Add(first).UnixMicro(), now.Add(max(b.Window, b.Max)).UnixMicro(), t.name, now.UnixMicro(),
		free(b), free(b)+doublings(b), now.Add(b.Max).UnixMicro(), b.Base.Microseconds())
	if err != nil {
		return time.Time{}, err
	}
	return moment(micros), nil
}

// Succeeded forgets the wrong guesses under a key, after a right one. If there
// were so many while that was looked at that the next is refused, it forgets
// nothing and returns how long: then the right one is refused as well. So of
// many guesses at once no more count than one after the other.
func (t Tenant) Succeeded(ctx context.Context, key broker.Digest, now time.Time) (wait time.Duration, err error) {
	_, err = exec(ctx, t.store.writes, `DELETE FROM attempt WHERE tenant = $1 AND key = $2 AND until <= $3`, t.name, key[:], now.UnixMicro())
	if err != nil {
		return 0, err
	}
	return t.Attempt(ctx, now, key)
}

// free is the number of the failure that is the first to be followed by a wait.
func free(b broker.Backoff) int64 { return int64(max(b.Free, 1)) }

// doublings is how often Base is doubled until Max is reached.
func doublings(b broker.Backoff) (n int64) {
	for d := b.Base; d < b.Max && d > 0; d *= 2 { // what is too long for a Duration is negative
		n++
	}
	return n
}

func (s *Store) sweepAttempts(ctx context.Context, now int64) error {
	return s.erase(ctx, `DELETE FROM attempt WHERE (tenant, key) IN
		(SELECT a.tenant, a.key FROM tenant CROSS JOIN attempt a WHERE a.tenant = tenant.name AND a.ends <= $1 LIMIT $2)`, now)
}
