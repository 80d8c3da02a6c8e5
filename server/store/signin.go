package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddSignIn stores that a user has signed in, under the SHA-256 of their cookie.
// The error is [ErrNotFound] if the user is gone. Like sessions, this is not
// configuration.
func (t Tenant) AddSignIn(ctx context.Context, sum broker.Digest, s broker.SignIn) error {
	if s.Subject.Kind != broker.Person {
		return errPerson
	}
	return t.write(ctx, func(tx *sql.Tx) error {
		if err := t.holdUser(ctx, tx, s.Subject.ID); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `INSERT INTO sign_in (tenant, sum, account, method, at, expires) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.name, sum[:], s.Subject.ID, string(s.Method), s.At.UnixMicro(), s.Expires.UnixMicro())
		return err
	})
}

// SignIn returns who has signed in with the cookie of that SHA-256, or
// [ErrNotFound]. Whether that has expired, or the user is disabled, the caller
// looks. It is one indexed read.
func (t Tenant) SignIn(ctx context.Context, sum broker.Digest) (broker.SignIn, error) {
	return find(ctx, t.store.reads, ErrNotFound, readSignIn,
		`SELECT account, method, at, expires FROM sign_in WHERE tenant = $1 AND sum = $2`, t.name, sum[:])
}

// EndSignIn forgets a sign-in. It is no error if there is none.
func (t Tenant) EndSignIn(ctx context.Context, sum broker.Digest) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM sign_in WHERE tenant = $1 AND sum = $2`, t.name, sum[:])
		return err
	})
}

func readSignIn(scan scan) (s broker.SignIn, err error) {
	var at, expires int64
	err = scan(&s.Subject.ID, &s.Method, &at, &expires)
	s.Subject.Kind, s.At, s.Expires = broker.Person, moment(at), moment(expires)
	return s, err
}

func (s *Store) sweepSignIns(ctx context.Context, now int64) error {
	return s.erase(ctx, `DELETE FROM sign_in WHERE (tenant, sum) IN
		(SELECT i.tenant, i.sum FROM tenant CROSS JOIN sign_in i WHERE i.tenant = tenant.name AND i.expires <= $1 LIMIT $2)`, now)
}
