package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddUser stores a user; with a zero Created, the clock's time. The error is
// [ErrExists] if the id or the login is taken, however that is written, or
// [ErrNoHash]. Without a password nobody can log in.
func (t Tenant) AddUser(ctx context.Context, u broker.User) error {
	if u.Password != "" && !hashed(u.Password) {
		return ErrNoHash
	}
	if u.Created.IsZero() {
		u.Created = t.store.Now()
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrExists,
			`INSERT INTO account (tenant, id, login, canonical, machine, disabled, password, scopes, since, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
			t.name, u.ID, u.Login, broker.CanonicalLogin(u.Login), flag(u.Machine), flag(u.Disabled), u.Password, writeList(u.Scopes),
			nullable(u.Since), u.Created.UnixMicro())
	})
}

// Users returns the tenant's users by login, without their passwords' hashes.
func (t Tenant) Users(ctx context.Context) (list []broker.User, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = t.users(ctx, tx)
		return err
	})
	for i := range list {
		list[i].Password = ""
	}
	return list, err
}

// UserByLogin returns one user without the password's hash, however the login
// is written, or [ErrNotFound].
func (t Tenant) UserByLogin(ctx context.Context, login string) (u broker.User, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		u, err = find(ctx, tx, ErrNotFound, readUser,
			`SELECT id, login, machine, disabled, '', scopes, since, created FROM account WHERE tenant = $1 AND canonical = $2`,
			t.name, broker.CanonicalLogin(login))
		return err
	})
	return u, err
}

// SetPassword gives a user another password. Their tokens stay. The error is
// [ErrNotFound] or [ErrNoHash].
func (t Tenant) SetPassword(ctx context.Context, id, phc string) error {
	if !hashed(phc) {
		return ErrNoHash
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `UPDATE account SET password = $1 WHERE tenant = $2 AND id = $3`, phc, t.name, id)
	})
}

// RehashPassword puts another hash of the same password in the place of the one
// that was read. It returns [ErrConflict] if that is not there any more: then
// the user is gone or has another password, which stays. Or [ErrNoHash].
func (t Tenant) RehashPassword(ctx context.Context, id, read, phc string) error {
	if !hashed(phc) {
		return ErrNoHash
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrConflict, `UPDATE account SET password = $1 WHERE tenant = $2 AND id = $3 AND password = $4`,
			phc, t.name, id, read)
	})
}

// SetUserScopes says what a user may do from now on, by the tokens there are, too.
// The error is [ErrNotFound] if there is no such user.
func (t Tenant) SetUserScopes(ctx context.Context, id string, scopes broker.Scopes) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `UPDATE account SET scopes = $1 WHERE tenant = $2 AND id = $3`, writeList(scopes), t.name, id)
	})
}

// SetUserDisabled keeps a user out, or lets them in again. The error is
// [ErrNotFound] if there is no such user.
func (t Tenant) SetUserDisabled(ctx context.Context, id string, disabled bool) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `UPDATE account SET disabled = $1 WHERE tenant = $2 AND id = $3`, flag(disabled), t.name, id)
	})
}

// DeleteUser erases a user, and with them their API and access tokens, sessions,
// sign-ins and consents, or returns [ErrNotFound].
func (t Tenant) DeleteUser(ctx context.Context, id string) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		if err := must(ctx, tx, ErrNotFound, `DELETE FROM account WHERE tenant = $1 AND id = $2`, t.name, id); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `DELETE FROM session WHERE tenant = $1 AND kind = $2 AND subject = $3`, t.name, kinds[broker.Person], id)
		if err != nil {
			return err
		}
		return t.revokeUser(ctx, tx, id, t.store.Now())
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}

// RevokeUserTokens is [Tenant.RevokeClientTokens] for the access tokens and the
// sessions that speak of a user. Their API tokens, sign-ins and consents stay.
func (t Tenant) RevokeUserTokens(ctx context.Context, id string, at time.Time) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrNotFound,
			`UPDATE account SET since = CASE WHEN since > $1 THEN since ELSE $1 END WHERE tenant = $2 AND id = $3`, at.UnixMicro(), t.name, id)
		if err != nil {
			return err
		}
		return t.revokeUser(ctx, tx, id, at)
	})
}

func (t Tenant) users(ctx context.Context, tx *sql.Tx) ([]broker.User, error) {
	return all(ctx, tx, readUser,
		`SELECT id, login, machine, disabled, password, scopes, since, created FROM account WHERE tenant = $1 ORDER BY canonical`, t.name)
}

func readUser(scan scan) (u broker.User, err error) {
	var scopes string
	var created int64
	var since sql.NullInt64
	err = scan(&u.ID, &u.Login, &u.Machine, &u.Disabled, &u.Password, &scopes, &since, &created)
	if err != nil {
		return broker.User{}, err
	}
	u.Since, u.Created = maybe(since), moment(created)
	u.Scopes, err = readList[string](scopes)
	return u, err
}

// hashed tells a hash from what somebody has forgotten to hash.
func hashed(phc string) bool { return strings.HasPrefix(phc, "$argon2id$") }
