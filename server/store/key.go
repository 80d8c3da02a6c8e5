package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Keys returns the tenant's signing keys, oldest first.
func (t Tenant) Keys(ctx context.Context) (keys []broker.SigningKey, err error) {
	var stored []storedKey
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		stored, err = t.keys(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.openKeys(stored)
}

// PromoteKey retires the active key, makes the next one active and stores a
// new next one, all at once. The error is [ErrConflict] if kid is not the
// next key (any more).
func (t Tenant) PromoteKey(ctx context.Context, kid string, next broker.SigningKey, now time.Time) error {
	next.State = broker.Next
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrConflict,
			`UPDATE signing_key SET state = 'retired', retired = $1 WHERE tenant = $2 AND state = 'active'`,
			now.UnixMicro(), t.name)
		if err != nil {
			return err
		}
		err = must(ctx, tx, ErrConflict,
			`UPDATE signing_key SET state = 'active', activated = $1 WHERE tenant = $2 AND kid = $3 AND state = 'next'`,
			now.UnixMicro(), t.name, kid)
		if err != nil {
			return err
		}
		return t.insertKeys(ctx, tx, next)
	})
}

// ReplaceNext puts another key in the place of the next one, which has signed
// nothing: for another algorithm. The error is [ErrConflict] if kid is not the
// next key (any more).
func (t Tenant) ReplaceNext(ctx context.Context, kid string, next broker.SigningKey) error {
	next.State = broker.Next
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrConflict,
			`DELETE FROM signing_key WHERE tenant = $1 AND kid = $2 AND state = 'next'`, t.name, kid)
		if err != nil {
			return err
		}
		return t.insertKeys(ctx, tx, next)
	})
}

// ReplaceKeys forgets every key, retired ones too, so that no token signed
// before is good any more: for an emergency.
func (t Tenant) ReplaceKeys(ctx context.Context, active, next broker.SigningKey) error {
	active.State, next.State = broker.Current, broker.Next
	return t.configure(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM signing_key WHERE tenant = $1`, t.name); err != nil {
			return err
		}
		return t.insertKeys(ctx, tx, active, next)
	})
}

// DueKeys returns the names of tenants whose keys should be rotated, the most
// overdue first: the active key is too old or has another algorithm than the
// settings say, and the next one is in every verifier's cache by now.
func (s *Store) DueKeys(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return all(ctx, s.reads, lone[string],
		`SELECT tenant.name FROM tenant
		JOIN signing_key active ON active.tenant = tenant.name AND active.state = 'active'
		JOIN signing_key next ON next.tenant = tenant.name AND next.state = 'next'
		WHERE next.published + tenant.jwks_max_age <= $1
			AND (active.algorithm <> tenant.algorithm OR tenant.key_ttl > 0 AND active.activated + tenant.key_ttl <= $1)
		ORDER BY active.activated + tenant.key_ttl, tenant.name LIMIT $2`, now.UnixMicro(), limit)
}

// startingKeys tells whether keys are one active and one next.
func startingKeys(keys []broker.SigningKey) bool {
	return len(keys) == 2 && (keys[0].State == broker.Current && keys[1].State == broker.Next ||
		keys[0].State == broker.Next && keys[1].State == broker.Current)
}

// insertKeys stores keys. The error is ErrExists if the tenant has one of them.
func (t Tenant) insertKeys(ctx context.Context, tx *sql.Tx, keys ...broker.SigningKey) error {
	for _, k := range keys {
		sealed, err := t.store.seal(t.keyPlace(k.KID), []byte(k.Private.Reveal()))
		if err != nil {
			return err
		}
		err = must(ctx, tx, ErrExists,
			`INSERT INTO signing_key (tenant, kid, algorithm, state, private, published, activated)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			t.name, k.KID, string(k.Algorithm), string(k.State), sealed, k.Published.UnixMicro(), nullable(k.Activated))
		if err != nil {
			return err
		}
	}
	return nil
}

// storedKey is a key as stored; its Private is empty.
type storedKey struct {
	broker.SigningKey
	sealed []byte
}

func (t Tenant) keys(ctx context.Context, tx *sql.Tx) ([]storedKey, error) {
	return all(ctx, tx, func(scan scan) (k storedKey, err error) {
		var published int64
		var activated, retired sql.NullInt64
		err = scan(&k.KID, &k.Algorithm, &k.State, &k.sealed, &published, &activated, &retired)
		k.Published, k.Activated, k.Retired = moment(published), maybe(activated), maybe(retired)
		return k, err
	}, `SELECT kid, algorithm, state, private, published, activated, retired FROM signing_key
		WHERE tenant = $1 ORDER BY published, kid`, t.name)
}

func (t Tenant) openKeys(stored []storedKey) ([]broker.SigningKey, error) {
	keys := make([]broker.SigningKey, 0, len(stored))
	for _, k := range stored {
		var err error
		if k.Private, err = t.open(t.keyPlace(k.KID), k.sealed); err != nil {
			return nil, err
		}
		keys = append(keys, k.SigningKey)
	}
	return keys, nil
}
