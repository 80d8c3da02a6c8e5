package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddAPIToken stores a token of a user, with a zero Made of the clock's time,
// and the SHA-256 of its text. The error is [ErrNotFound] if the user is gone.
// Tokens are not configuration: the revision stays.
func (t Tenant) AddAPIToken(ctx context.Context, a broker.APIToken, sum broker.Digest) error {
	if a.Made.IsZero() {
		a.Made = t.store.Now()
	}
	return t.write(ctx, func(tx *sql.Tx) error {
		if err := t.holdUser(ctx, tx, a.User); err != nil {
			return err
		}
		_, err := exec(ctx, tx,
			`INSERT INTO api_token (tenant, id, account, client, name, sum, scopes, made, expires, used, revoked)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			t.name, a.ID, a.User, a.Client, a.Name, sum[:], writeList(a.Scopes), a.Made.UnixMicro(),
			nullable(a.Expires), nullable(a.Used), nullable(a.Revoked))
		return err
	})
}

// APITokens returns tokens of a user, or of all users if that is empty, newest
// first: those that come after one, or the first for the zero APIToken; at most
// limit. Expired and revoked ones are among them.
func (t Tenant) APITokens(ctx context.Context, user string, after broker.APIToken, limit int) (list []broker.APIToken, err error) {
	last := int64(math.MaxInt64)
	if !after.Made.IsZero() {
		last = after.Made.UnixMicro()
	}
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, readAPIToken,
			`SELECT id, account, client, name, scopes, made, expires, used, revoked FROM api_token
			WHERE tenant = $1 AND ($2 = '' OR account = $2) AND (made, id) < ($3, $4) ORDER BY made DESC, id DESC LIMIT $5`,
			t.name, user, last, after.ID, limit)
		return err
	})
	return list, err
}

// APITokenBySum returns the token whose text has that SHA-256, or [ErrNotFound].
// Whether it is expired or revoked, the caller looks. It is one indexed read.
func (t Tenant) APITokenBySum(ctx context.Context, sum broker.Digest) (broker.APIToken, error) {
	return find(ctx, t.store.reads, ErrNotFound, readAPIToken,
		`SELECT id, account, client, name, scopes, made, expires, used, revoked FROM api_token WHERE tenant = $1 AND sum = $2`,
		t.name, sum[:])
}

// RevokeAPIToken revokes a token for good if it is that user's, or anybody's if
// user is empty; else it returns [ErrNotFound]. It may be called again.
func (t Tenant) RevokeAPIToken(ctx context.Context, id, user string, at time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`UPDATE api_token SET revoked = COALESCE(revoked, $1) WHERE tenant = $2 AND id = $3 AND ($4 = '' OR account = $4)`,
			at.UnixMicro(), t.name, id, user)
	})
}

// UseAPITokens notes when tokens were last used. Of tokens that are gone nothing is kept.
func (s *Store) UseAPITokens(ctx context.Context, uses []broker.TokenUse) error {
	// Processes that note at the same time lock rows in the same order.
	uses = slices.SortedFunc(slices.Values(uses), func(a, b broker.TokenUse) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.ID, b.ID))
	})
	for batch := range slices.Chunk(uses, recorded) {
		err := s.write(ctx, func(tx *sql.Tx) error {
			for _, u := range batch {
				_, err := exec(ctx, tx, `UPDATE api_token SET used = $1 WHERE tenant = $2 AND id = $3 AND (used IS NULL OR used < $1)`,
					u.At.UnixMicro(), u.Tenant, u.ID)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readAPIToken(scan scan) (a broker.APIToken, err error) {
	var scopes string
	var made int64
	var expires, used, revoked sql.NullInt64
	err = scan(&a.ID, &a.User, &a.Client, &a.Name, &scopes, &made, &expires, &used, &revoked)
	if err != nil {
		return broker.APIToken{}, err
	}
	a.Made, a.Expires, a.Used, a.Revoked = moment(made), maybe(expires), maybe(used), maybe(revoked)
	a.Scopes, err = readList[string](scopes)
	return a, err
}
