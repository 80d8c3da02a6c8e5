package store

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// SessionByCode returns the session of a code, by the code's SHA-256. Of
// Generation 0 the code can still be taken: [Tenant.MoveSession] does that, for
// one of all who come with it. Of any other it was taken before, however long ago.
// The error is [ErrNotFound] if there is no such code, or it was not taken in time
// or is revoked. It is one indexed read.
func (t Tenant) SessionByCode(ctx context.Context, code broker.Digest, now time.Time) (broker.Session, error) {
	return find(ctx, t.store.reads, ErrNotFound, readSession,
		`SELECT id, client, kind, subject, scopes, audience, redirect, challenge, nonce, method, signed_in, salt, started, expires, idle,
			generation, rotated, repeated, jwts, revoked FROM session
		WHERE tenant = $1 AND code_sum = $2 AND (generation > 0 OR revoked IS NULL AND code_ends > $3)`, t.name, code[:], now.UnixMicro())
}

func (s *Store) sweepCodes(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM session WHERE (tenant, id) IN
		(SELECT s.tenant, s.id FROM tenant CROSS JOIN session s WHERE s.tenant = tenant.name AND s.ends < $1 AND s.generation = 0 LIMIT $2)`, before)
}
