package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// EndSession revokes a session for good, and with it its opaque access tokens and,
// by broker.RevokedSession among the revoked tokens, its JWTs and what is bound to
// it. The last of them expires at until, or later, if that is known here; zero: there
// may be none. It may be called again, which changes nothing. The error is
// [ErrNotFound] if there is no such session, and [ErrTooMany] as [Tenant.RevokeJWT]
// says it: then nothing is revoked.
func (t Tenant) EndSession(ctx context.Context, id string, now, until time.Time) error {
	return unlessNothing(t.configure(ctx, func(tx *sql.Tx) error {
		// Waits for whoever is just moving it, whose token is there afterwards.
		ended, err := all(ctx, tx, readEnded,
			`UPDATE session SET revoked = $1 WHERE tenant = $2 AND id = $3 AND revoked IS NULL RETURNING id, generation, jwts, bound`,
			now.UnixMicro(), t.name, id)
		if err != nil {
			return err
		}
		if len(ended) == 0 {
			return t.endedBefore(ctx, tx, id)
		}
		if err := t.endTokens(ctx, tx, id, now); err != nil {
			return err
		}
		return t.banSessions(ctx, tx, ended, until)
	}))
}

// EndSessions is [Tenant.EndSession] for all sessions of a user with a client, and
// forgets the consent. That there is nothing of the kind is no error.
func (t Tenant) EndSessions(ctx context.Context, client, user string, now, until time.Time) error {
	return unlessNothing(t.configure(ctx, func(tx *sql.Tx) error {
		// First: who is just storing a session by what was agreed to before holds this
		// row, or finds that it has gone.
		consents, err := exec(ctx, tx, `DELETE FROM consent WHERE tenant = $1 AND account = $2 AND client = $3`, t.name, user, client)
		if err != nil {
			return err
		}
		ended, err := all(ctx, tx, readEnded,
			`UPDATE session SET revoked = $1 WHERE tenant = $2 AND client = $3 AND kind = $4 AND subject = $5 AND revoked IS NULL
			RETURNING id, generation, jwts, bound`, now.UnixMicro(), t.name, client, kinds[broker.Person], user)
		if err != nil {
			return err
		}
		tokens, err := exec(ctx, tx,
			`UPDATE access_token SET revoked = $1, expires = CASE WHEN expires < $1 THEN expires ELSE $1 END
			WHERE tenant = $2 AND client = $3 AND kind = $4 AND subject = $5 AND session <> '' AND revoked IS NULL`,
			now.UnixMicro(), t.name, client, kinds[broker.Person], user)
		if err != nil {
			return err
		}
		if len(ended) == 0 && tokens+consents == 0 {
			return errNothing
		}
		return t.banSessions(ctx, tx, ended, until)
	}))
}

// endTokens revokes the opaque access tokens of a session.
func (t Tenant) endTokens(ctx context.Context, tx *sql.Tx, session string, now time.Time) error {
	_, err := exec(ctx, tx,
		`UPDATE access_token SET revoked = $1, expires = CASE WHEN expires < $1 THEN expires ELSE $1 END
		WHERE tenant = $2 AND session = $3 AND session <> '' AND revoked IS NULL`, now.UnixMicro(), t.name, session)
	return err
}

// endedBefore is errNothing, or ErrNotFound where there is no such session.
func (t Tenant) endedBefore(ctx context.Context, tx *sql.Tx, id string) error {
	n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM session WHERE tenant = $1 AND id = $2`, t.name, id)
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrNotFound
	}
	return errNothing
}

// endedSession is what has to be known of a session that was just revoked.
type endedSession struct {
	id         string
	generation int64
	until      time.Time // when the last of its JWTs, and of those bound to it, ends; zero: there is none
}

func readEnded(scan scan) (e endedSession, err error) {
	var jwts, bound sql.NullInt64
	err = scan(&e.id, &e.generation, &jwts, &bound)
	e.until = latest(maybe(jwts), maybe(bound))
	return e, err
}

// readBound is readEnded for whose own tokens are ended otherwise.
func readBound(scan scan) (e endedSession, err error) {
	var bound sql.NullInt64
	err = scan(&e.id, &bound)
	e.until = maybe(bound)
	return e, err
}

// banSessions has all servers refuse what JWTs there are of sessions. Of one
// whose code was never taken there is none.
func (t Tenant) banSessions(ctx context.Context, tx *sql.Tx, ended []endedSession, until time.Time) error {
	for _, e := range ended {
		if e.generation == 0 {
			continue
		}
		if err := unlessNothing(t.ban(ctx, tx, broker.RevokedSession(e.id), "", latest(until, e.until))); err != nil {
			return err
		}
	}
	return nil
}

// banBound has all servers refuse what other clients have that is bound to the
// sessions which a query ends. They can know of so many only; the rest ends by
// itself, within an hour.
func (t Tenant) banBound(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	ended, err := all(ctx, tx, readBound, query, args...)
	if err != nil {
		return err
	}
	for _, e := range ended {
		err := t.ban(ctx, tx, broker.RevokedSession(e.id), "", e.until)
		if err != nil && !errors.Is(err, errNothing) && !errors.Is(err, ErrTooMany) {
			return err
		}
	}
	return nil
}

// latest is the later of two moments, of which a zero one is none.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
