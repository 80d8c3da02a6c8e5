package store

import (
	"context"
	"crypto/rand"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Tenant is what the store holds of one tenant. It is made by [Store.In], costs
// nothing and may name a tenant that does not exist: then every method returns
// broker.ErrNoTenant.
type Tenant struct {
	store *Store
	name  string
	act   Act
}

// In gives access to one tenant and to no other.
func (s *Store) In(name string) Tenant { return Tenant{store: s, name: name} }

// NewTenant is what a tenant is made from.
type NewTenant struct {
	Settings broker.Settings     // with a zero Created, the clock's time
	Keys     []broker.SigningKey // one active and one next
	Act      Act                 // the first line of its audit, if there is one
}

// CreateTenant stores a new tenant, and makes the key of its profile ids. The
// error is [ErrExists] if the name is taken, or [ErrKeys].
func (s *Store) CreateTenant(ctx context.Context, n NewTenant) error {
	if !startingKeys(n.Keys) {
		return ErrKeys
	}
	t := s.In(n.Settings.Name).As(n.Act)
	pseudonyms := make([]byte, 32)
	_, _ = rand.Read(pseudonyms) // never fails
	sealed, err := s.seal(t.pseudonymsPlace(), pseudonyms)
	if err != nil {
		return err
	}
	if n.Settings.Created.IsZero() {
		n.Settings.Created = s.Now()
	}
	return s.configure(ctx, func(tx *sql.Tx, revision int64) error {
		if err := insertTenant(ctx, tx, n.Settings, sealed); err != nil {
			return err
		}
		if err := t.announce(ctx, tx, revision); err != nil {
			return err
		}
		if err := t.attest(ctx, tx); err != nil {
			return err
		}
		return t.insertKeys(ctx, tx, n.Keys...)
	})
}

// Tenants returns the settings of all tenants, by name.
func (s *Store) Tenants(ctx context.Context) ([]broker.Settings, error) {
	return all(ctx, s.reads, readSettings,
		`SELECT name, status, issuer, audience, algorithm, token_ttl, key_ttl, jwks_max_age, denied, created
		FROM tenant ORDER BY name`)
}

// TenantNames returns the names of all tenants.
func (s *Store) TenantNames(ctx context.Context) ([]string, error) {
	return all(ctx, s.reads, lone[string], `SELECT name FROM tenant ORDER BY name`)
}

// Settings returns the tenant's settings.
func (t Tenant) Settings(ctx context.Context) (broker.Settings, error) {
	return t.settings(ctx, t.store.reads)
}

// Change lets edit change the settings, all but the name and when it was made.
// If edit returns an error, that is returned and nothing has changed. Edit runs
// in the transaction: it must neither take its time nor ask the store.
func (t Tenant) Change(ctx context.Context, edit func(*broker.Settings) error) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		settings, err := t.settings(ctx, tx)
		if err != nil {
			return err
		}
		if err := edit(&settings); err != nil {
			return err
		}
		return t.updateSettings(ctx, tx, settings)
	})
}

// SetStatus suspends or resumes the tenant.
func (t Tenant) SetStatus(ctx context.Context, status broker.Status) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE tenant SET status = $1 WHERE name = $2`, string(status), t.name)
		return err
	})
}

// Delete erases the tenant and everything that belongs to it, its audit too:
// whoever has to keep that takes it out before.
func (t Tenant) Delete(ctx context.Context) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		// Waits for whoever is just writing the audit, who then waits for
		// nothing. Heads that are new since go with the tenant.
		if _, err := exec(ctx, tx, `DELETE FROM audit_head WHERE tenant = $1`, t.name); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `DELETE FROM tenant WHERE name = $1`, t.name); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `DELETE FROM audit WHERE tenant = $1`, t.name)
		return err
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}

func (t Tenant) settings(ctx context.Context, q querier) (broker.Settings, error) {
	return find(ctx, q, broker.ErrNoTenant, readSettings,
		`SELECT name, status, issuer, audience, algorithm, token_ttl, key_ttl, jwks_max_age, denied, created
		FROM tenant WHERE name = $1`, t.name)
}

func insertTenant(ctx context.Context, tx *sql.Tx, s broker.Settings, pseudonyms []byte) error {
	return must(ctx, tx, ErrExists,
		`INSERT INTO tenant (name, status, issuer, audience, algorithm, token_ttl, key_ttl, jwks_max_age, denied,
			created, pseudonyms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		s.Name, string(s.Status), s.Issuer, writeList(s.Audience), string(s.Algorithm),
		s.TokenTTL.Microseconds(), s.KeyTTL.Microseconds(), s.JWKSMaxAge.Microseconds(), writeList(s.Denied),
		s.Created.UnixMicro(), pseudonyms)
}

func (t Tenant) updateSettings(ctx context.Context, tx *sql.Tx, s broker.Settings) error {
	_, err := exec(ctx, tx,
		`UPDATE tenant SET status = $1, issuer = $2, audience = $3, algorithm = $4, token_ttl = $5, key_ttl = $6,
			jwks_max_age = $7, denied = $8
		WHERE name = $9`,
		string(s.Status), s.Issuer, writeList(s.Audience), string(s.Algorithm),
		s.TokenTTL.Microseconds(), s.KeyTTL.Microseconds(), s.JWKSMaxAge.Microseconds(), writeList(s.Denied),
		t.name)
	return err
}

func readSettings(scan scan) (broker.Settings, error) {
	var s broker.Settings
	var audience, denied string
	var tokenTTL, keyTTL, maxAge, created int64
	err := scan(&s.Name, &s.Status, &s.Issuer, &audience, &s.Algorithm, &tokenTTL, &keyTTL, &maxAge, &denied, &created)
	if err != nil {
		return broker.Settings{}, err
	}
	s.TokenTTL, s.KeyTTL, s.JWKSMaxAge = duration(tokenTTL), duration(keyTTL), duration(maxAge)
	s.Created = moment(created)
	if s.Audience, err = readList[string](audience); err != nil {
		return broker.Settings{}, err
	}
	s.Denied, err = readList[broker.GrantType](denied)
	return s, err
}
