package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// NewAccessToken is an opaque access token that is to be stored, and the SHA-256
// of its text.
type NewAccessToken struct {
	broker.AccessToken
	Sum broker.Digest
}

// MoveSession puts a session from what it was when it was read to what it is
// after that: of after, the Generation, Rotated, Repeated, Idle and JWTs count. With it
// an opaque access token of that session is stored, unless that is nil. The error
// is [ErrConflict] if somebody else was faster or the session has ended, by the
// clock or by [Tenant.EndSession]: then nothing is stored, so that of a session
// that was ended no token is left over. Before and after may be the same.
func (t Tenant) MoveSession(ctx context.Context, before, after broker.Session, access *NewAccessToken) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		// It comes first because it locks the tenant: whoever deletes one locks in that order.
		if err := t.keepOf(ctx, tx, before.ID, access); err != nil {
			return err
		}
		return must(ctx, tx, ErrConflict,
			`UPDATE session SET generation = $1, rotated = $2, repeated = $3, idle = $4, jwts = $5
			WHERE tenant = $6 AND id = $7 AND generation = $8 AND repeated = $9 AND revoked IS NULL AND (ends IS NULL OR ends > $10)`,
			after.Generation, nullable(after.Rotated), after.Repeated, nullable(after.Idle), nullable(after.JWTs),
			t.name, before.ID, before.Generation, before.Repeated, t.store.Now().UnixMicro())
	})
}

// BindToSession has a token end with a session which another client has got for one
// of that session's, and which expires at until. The error is [ErrNotFound] if there is no
// such session, or it has ended.
func (t Tenant) BindToSession(ctx context.Context, id string, until time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`UPDATE session SET bound = CASE WHEN bound > $1 THEN bound ELSE $1 END
			WHERE tenant = $2 AND id = $3 AND revoked IS NULL AND (ends IS NULL OR ends > $4)`,
			until.UnixMicro(), t.name, id, t.store.Now().UnixMicro())
	})
}

// keepOf stores an access token of a session, if there is one.
func (t Tenant) keepOf(ctx context.Context, tx *sql.Tx, session string, access *NewAccessToken) error {
	if access == nil {
		return nil
	}
	a := access.AccessToken
	a.Session = session
	return t.keep(ctx, tx, access.Sum, a)
}
