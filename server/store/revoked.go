package store

import (
	"context"
	"database/sql"
	"time"
)

// MostRevoked is how many JWTs of a tenant may be revoked one by one and not
// have expired; and beside them, how many sessions may have ended of which a JWT
// has not. Every server keeps them in memory.
const MostRevoked = 10_000

// MostOfClient are those of one client, so that none uses up what is there for all.
const MostOfClient = 1_000

// RevokeJWT revokes a JWT that expires then, by its jti; of a client, or of none
// if that is empty. It may be called again, and does nothing for one that has
// expired an hour ago. The error is [ErrTooMany] if there are [MostRevoked], or
// [MostOfClient].
func (t Tenant) RevokeJWT(ctx context.Context, jti, client string, expires time.Time) error {
	return unlessNothing(t.configure(ctx, func(tx *sql.Tx) error { return t.ban(ctx, tx, jti, client, expires) }))
}

// ban puts a jti, or what stands for those of a session, among the revoked ones.
// It returns errNothing for what is there or has expired an hour ago.
func (t Tenant) ban(ctx context.Context, tx *sql.Tx, jti, client string, expires time.Time) error {
	now := t.alive()
	if expires.UnixMicro() <= now {
		return errNothing
	}
	known, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM revoked_token WHERE tenant = $1 AND jti = $2`, t.name, jti)
	if err != nil {
		return err
	}
	if known > 0 {
		return errNothing
	}
	return must(ctx, tx, ErrTooMany,
		`INSERT INTO revoked_token (tenant, jti, client, expires) SELECT $1, $2, $3, $4
		WHERE (SELECT COUNT(*) FROM revoked_token WHERE tenant = $1 AND expires > $5 AND (jti LIKE 'session:%') = ($2 LIKE 'session:%')) < $6
			AND ($3 = '' OR (SELECT COUNT(*) FROM revoked_token WHERE tenant = $1 AND client = $3 AND expires > $5) < $7)`,
		t.name, jti, client, expires.UnixMicro(), now, MostRevoked, MostOfClient)
}

// revoked are the jti of revoked JWTs that somebody may still take for good.
func (t Tenant) revoked(ctx context.Context, tx *sql.Tx) ([]string, error) {
	return all(ctx, tx, lone[string], `SELECT jti FROM revoked_token WHERE tenant = $1 AND expires > $2 ORDER BY jti`, t.name, t.alive())
}

// alive is when a JWT must have expired to be dead by everybody's clock.
func (t Tenant) alive() int64 { return t.store.Now().Add(-neededToken).UnixMicro() }

func (s *Store) sweepRevoked(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM revoked_token WHERE (tenant, jti) IN
		(SELECT r.tenant, r.jti FROM tenant CROSS JOIN revoked_token r WHERE r.tenant = tenant.name AND r.expires < $1 LIMIT $2)`, before)
}
