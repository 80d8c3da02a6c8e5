package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// mostSessions bounds what is shown to a user.
const mostSessions = 100

// What is a mistake in the program.
var (
	errPerson   = errors.New("store: sessions and sign-ins are of persons")
	errNameless = errors.New("store: a session has an id")
)

// AddSession stores what a person has just allowed a client, with a zero Started
// at the clock's time, and the SHA-256 of its code, which is good until then, but
// no longer than the session. The error is [ErrExists] if there is a session of
// that id, because a form was answered twice; and [ErrNotFound] if the user or
// the client is gone. Sessions are not configuration: the revision stays.
//
// Of a person with a client a hundred live at once, and for one more the one ends
// of which nothing has come, ever or for the longest, as by [Tenant.EndSession]: the revision
// counts up if it has JWTs, and with [ErrTooMany] nothing begins and nothing ends.
//
// What the person has said just now is remembered with what they said before. Where
// they have not been asked, it must be what they said before: [ErrUnsaid] if they
// have taken it back meanwhile.
func (t Tenant) AddSession(ctx context.Context, s broker.Session, code broker.Digest, ends time.Time, said bool) error {
	if s.Subject.Kind != broker.Person {
		return errPerson
	}
	if s.ID == "" {
		return errNameless
	}
	if s.Started.IsZero() {
		s.Started = t.store.Now()
	}
	err := t.write(ctx, func(tx *sql.Tx) error {
		return t.begins(ctx, tx, s, beginning{code, ends, said, func(string, time.Time) error { return errHeard }})
	})
	if !errors.Is(err, errHeard) {
		return err
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		return t.begins(ctx, tx, s, beginning{code, ends, said, func(id string, until time.Time) error {
			return unlessNothing(t.ban(ctx, tx, broker.RevokedSession(id), "", until))
		}})
	})
}

// beginning is how a session begins.
type beginning struct {
	code broker.Digest
	ends time.Time // when the code does
	said bool
	ban  ban
}

func (t Tenant) begins(ctx context.Context, tx *sql.Tx, s broker.Session, b beginning) error {
	if err := t.holdBoth(ctx, tx, s.Client, s.Subject.ID); err != nil {
		return err
	}
	if err := t.consented(ctx, tx, s, b.said); err != nil {
		return err
	}
	if err := t.room(ctx, tx, s, b.ban); err != nil {
		return err
	}
	return must(ctx, tx, ErrExists,
		`INSERT INTO session (tenant, id, code_sum, code_ends, client, kind, subject, scopes, audience, redirect, challenge, nonce,
			method, signed_in, salt, started, expires, idle, generation, rotated, repeated, jwts, revoked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
		ON CONFLICT DO NOTHING`,
		t.name, s.ID, b.code[:], earliest(b.ends, s.Expires, s.Idle).UnixMicro(), s.Client, kinds[s.Subject.Kind], s.Subject.ID,
		writeList(s.Scopes), writeList(s.Audience), s.Redirect, s.Challenge, s.Nonce, string(s.Method), nullable(s.SignedIn), s.Salt[:],
		s.Started.UnixMicro(), nullable(s.Expires), nullable(s.Idle), s.Generation, nullable(s.Rotated), s.Repeated, nullable(s.JWTs), nullable(s.Revoked))
}

// Session returns a session, or [ErrNotFound]. Whether it has ended, or its
// client or its subject is gone or has had its tokens revoked since, the caller
// looks. It is one indexed read.
func (t Tenant) Session(ctx context.Context, id string) (broker.Session, error) {
	return find(ctx, t.store.reads, ErrNotFound, readSession,
		`SELECT id, client, kind, subject, scopes, audience, redirect, challenge, nonce, method, signed_in, salt, started, expires, idle,
			generation, rotated, repeated, jwts, revoked FROM session WHERE tenant = $1 AND id = $2`, t.name, id)
}

// Sessions returns the sessions of a user that have not ended, newest first; at
// most a hundred.
func (t Tenant) Sessions(ctx context.Context, user string) (list []broker.Session, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, readSession,
			`SELECT id, client, kind, subject, scopes, audience, redirect, challenge, nonce, method, signed_in, salt, started, expires, idle,
				generation, rotated, repeated, jwts, revoked FROM session
			WHERE tenant = $1 AND kind = $2 AND subject = $3 AND revoked IS NULL AND (ends IS NULL OR ends > $4)
			ORDER BY started DESC, id DESC LIMIT $5`,
			t.name, kinds[broker.Person], user, t.store.Now().UnixMicro(), mostSessions)
		return err
	})
	return list, err
}

func readSession(scan scan) (s broker.Session, err error) {
	var kind, scopes, audience string
	var salt []byte
	var started int64
	var signedIn, expires, idle, rotated, jwts, revoked sql.NullInt64
	err = scan(&s.ID, &s.Client, &kind, &s.Subject.ID, &scopes, &audience, &s.Redirect, &s.Challenge, &s.Nonce, &s.Method, &signedIn,
		&salt, &started, &expires, &idle, &s.Generation, &rotated, &s.Repeated, &jwts, &revoked)
	if err != nil {
		return broker.Session{}, err
	}
	s.Subject.Kind = readKind(kind)
	s.SignedIn, s.Started, s.Expires, s.Idle = maybe(signedIn), moment(started), maybe(expires), maybe(idle)
	s.Rotated, s.JWTs, s.Revoked = maybe(rotated), maybe(jwts), maybe(revoked)
	if len(salt) != len(s.Salt) {
		return broker.Session{}, fmt.Errorf("a salt of %d bytes", len(salt))
	}
	s.Salt = [16]byte(salt)
	var err1, err2 error
	s.Scopes, err1 = readList[string](scopes)
	s.Audience, err2 = readList[string](audience)
	return s, errors.Join(err1, err2)
}

// earliest is the first of some moments; of the others, a zero one never comes.
func earliest(first time.Time, others ...time.Time) time.Time {
	for _, at := range others {
		if !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return first
}

// sweepSessions keeps a session while there are opaque tokens of it, which can be
// revoked with it.
func (s *Store) sweepSessions(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM session WHERE (tenant, id) IN
		(SELECT s.tenant, s.id FROM tenant CROSS JOIN session s WHERE s.tenant = tenant.name AND s.ends < $1
			AND NOT EXISTS (SELECT 1 FROM access_token a WHERE a.tenant = s.tenant AND a.session = s.id AND a.session <> '')
		LIMIT $2)`, before)
}
