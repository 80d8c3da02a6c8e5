package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// kinds are the subjects that an opaque access token may speak of, as they are stored.
var kinds = map[broker.SubjectKind]string{broker.Person: "user", broker.Program: "client"}

func readKind(text string) broker.SubjectKind {
	for known, stored := range kinds {
		if stored == text {
			return known
		}
	}
	return broker.Nobody
}

// KeepAccessToken stores an opaque access token under its SHA-256, or returns
// broker.ErrNoTenant. Tokens are not configuration: the revision stays.
func (t Tenant) KeepAccessToken(ctx context.Context, sum broker.Digest, a broker.AccessToken) error {
	return t.write(ctx, func(tx *sql.Tx) error { return t.keep(ctx, tx, sum, a) })
}

func (t Tenant) keep(ctx context.Context, tx *sql.Tx, sum broker.Digest, a broker.AccessToken) error {
	kind, known := kinds[a.Subject.Kind]
	if !known {
		return fmt.Errorf("store: no opaque access token may speak of a subject of kind %d", a.Subject.Kind)
	}
	return must(ctx, tx, broker.ErrNoTenant,
		`INSERT INTO access_token (tenant, sum, client, kind, subject, scopes, audience, method, session, issued, expires, revoked)
		SELECT name, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM tenant WHERE name = $12`,
		sum[:], a.Client, kind, a.Subject.ID, writeList(a.Scopes), writeList(a.Audience), string(a.Method), a.Session, a.Issued.UnixMicro(),
		nullable(a.Expires), nullable(a.Revoked), t.name)
}

// AccessTokenBySum returns the opaque access token with that SHA-256, or
// [ErrNotFound]. Whether it is expired or revoked, or its client or its subject
// is gone or has had its tokens revoked since, the caller looks. It is one
// indexed read.
func (t Tenant) AccessTokenBySum(ctx context.Context, sum broker.Digest) (broker.AccessToken, error) {
	return find(ctx, t.store.reads, ErrNotFound, readAccessToken,
		`SELECT client, kind, subject, scopes, audience, method, session, issued, expires, revoked FROM access_token WHERE tenant = $1 AND sum = $2`,
		t.name, sum[:])
}

// RevokeAccessToken revokes an opaque access token for good. It is true to one
// of those who do so, and false where there is no such token. That it is of the
// client that asks, the caller has looked.
func (t Tenant) RevokeAccessToken(ctx context.Context, sum broker.Digest, at time.Time) (revoked bool, err error) {
	err = t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, errNothing,
			`UPDATE access_token SET revoked = $1, expires = CASE WHEN expires < $1 THEN expires ELSE $1 END
			WHERE tenant = $2 AND sum = $3 AND revoked IS NULL`, at.UnixMicro(), t.name, sum[:])
	})
	return err == nil, unlessNothing(err)
}

// revokeClient ends a client's sessions of before and all its opaque tokens, in
// this order: what is just being stored for a session is there afterwards.
func (t Tenant) revokeClient(ctx context.Context, tx *sql.Tx, client string, at time.Time) error {
	err := t.banBound(ctx, tx,
		`UPDATE session SET revoked = $1 WHERE tenant = $2 AND client = $3 AND revoked IS NULL AND started < $1 RETURNING id, bound`,
		at.UnixMicro(), t.name, client)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx,
		`UPDATE access_token SET revoked = $1, expires = CASE WHEN expires < $1 THEN expires ELSE $1 END
		WHERE tenant = $2 AND client = $3 AND revoked IS NULL`, at.UnixMicro(), t.name, client)
	return err
}

// revokeUser is revokeClient for what speaks of a user.
func (t Tenant) revokeUser(ctx context.Context, tx *sql.Tx, user string, at time.Time) error {
	_, err := exec(ctx, tx,
		`UPDATE session SET revoked = $1 WHERE tenant = $2 AND kind = $3 AND subject = $4 AND revoked IS NULL AND started < $1`,
		at.UnixMicro(), t.name, kinds[broker.Person], user)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx,
		`UPDATE access_token SET revoked = $1, expires = CASE WHEN expires < $1 THEN expires ELSE $1 END
		WHERE tenant = $2 AND kind = $3 AND subject = $4 AND revoked IS NULL`, at.UnixMicro(), t.name, kinds[broker.Person], user)
	return err
}

func readAccessToken(scan scan) (a broker.AccessToken, err error) {
	var kind, scopes, audience string
	var issued int64
	var expires, revoked sql.NullInt64
	err = scan(&a.Client, &kind, &a.Subject.ID, &scopes, &audience, &a.Method, &a.Session, &issued, &expires, &revoked)
	if err != nil {
		return broker.AccessToken{}, err
	}
	a.Issued, a.Expires, a.Revoked = moment(issued), maybe(expires), maybe(revoked)
	a.Subject.Kind = readKind(kind)
	a.Scopes, err = readList[string](scopes)
	if err == nil {
		a.Audience, err = readList[string](audience)
	}
	return a, err
}

// sweepTokens goes from tenant to tenant, because that is how the index lies.
func (s *Store) sweepTokens(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM access_token WHERE (tenant, sum) IN
		(SELECT a.tenant, a.sum FROM tenant CROSS JOIN access_token a WHERE a.tenant = tenant.name AND a.expires < $1 LIMIT $2)`, before)
}
