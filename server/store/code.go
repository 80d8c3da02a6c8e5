package store

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// TakeCode takes the code of that SHA-256, and returns the session, of which
// generation 1 counts from now on. Of many who come with one code, one takes it,
// in one statement; all others get the session as well, with [ErrUsed], so that
// they can end it (RFC 6749 section 4.1.2). The error is [ErrNotFound] if there is
// no such code, or it was not taken in time.
func (t Tenant) TakeCode(ctx context.Context, code broker.Digest, now time.Time) (broker.Session, error) {
	s, err := find(ctx, t.store.writes, ErrNotFound, readSession,
		`UPDATE session SET generation = 1, rotated = $1
		WHERE tenant = $2 AND code_sum = $3 AND generation = 0 AND revoked IS NULL AND code_ends > $1
		RETURNING id, client, kind, subject, scopes, audience, redirect, challenge, nonce, method, signed_in, salt, started, expires, idle,
			generation, rotated, repeated, revoked`, now.UnixMicro(), t.name, code[:])
	if !errors.Is(err, ErrNotFound) {
		return s, err
	}
	s, err = find(ctx, t.store.reads, ErrNotFound, readSession,
		`SELECT id, client, kind, subject, scopes, audience, redirect, challenge, nonce, method, signed_in, salt, started, expires, idle,
			generation, rotated, repeated, revoked FROM session WHERE tenant = $1 AND code_sum = $2 AND generation > 0`, t.name, code[:])
	if err != nil {
		return broker.Session{}, err
	}
	return s, ErrUsed
}

func (s *Store) sweepCodes(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM session WHERE (tenant, id) IN
		(SELECT s.tenant, s.id FROM tenant CROSS JOIN session s WHERE s.tenant = tenant.name AND s.ends < $1 AND s.generation = 0 LIMIT $2)`, before)
}
