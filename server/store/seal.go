package store

import (
	"context"
	"crypto/subtle"
	"fmt"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// A Sealer encrypts what must not stand in clear, and authenticates the place
// it stands in with it. Its errors name the place, which is no secret.
type Sealer interface {
	Seal(broker.Place, []byte) ([]byte, error)
	// Unseal fails if the place is not the one it was sealed for.
	Unseal(broker.Place, []byte) ([]byte, error)
}

// checked is what is sealed to find out whether a master key is the right one.
var checked = []byte("shapestoken")

// Unlock makes the sealer that of the store, if it is the one the database was
// sealed with; a database that holds nothing yet takes any. Else the error is
// [ErrWrongMasterKey], and nothing has been written. What needs a sealer fails
// with [ErrLocked] before.
func (s *Store) Unlock(ctx context.Context, sealer Sealer) error {
	proof, err := s.proof(ctx)
	if err == nil && proof == nil {
		if err := s.adopt(ctx, sealer); err != nil {
			return err
		}
		proof, err = s.proof(ctx) // somebody else's, if they were faster
	}
	if err != nil {
		return err
	}
	plain, err := sealer.Unseal(proofPlace, proof)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWrongMasterKey, err)
	}
	if subtle.ConstantTimeCompare(plain, checked) != 1 {
		return ErrWrongMasterKey
	}
	s.sealer.Store(&sealer)
	return nil
}

// proofPlace is of no tenant: none can have that name.
var proofPlace = broker.Place{Tenant: "*", Table: "revision", Column: "sealed", Row: "store"}

func (s *Store) proof(ctx context.Context) ([]byte, error) {
	return one[[]byte](ctx, s.reads, `SELECT sealed FROM revision`)
}

// adopt seals the known text with the first key a database sees.
func (s *Store) adopt(ctx context.Context, sealer Sealer) error {
	sealed, err := sealer.Seal(proofPlace, checked)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	_, err = exec(ctx, s.writes, `UPDATE revision SET sealed = $1
		WHERE sealed IS NULL AND NOT EXISTS (SELECT 1 FROM tenant)`, sealed)
	return err
}

func (s *Store) seal(place broker.Place, plain []byte) ([]byte, error) {
	sealer := s.sealer.Load()
	if sealer == nil {
		return nil, ErrLocked
	}
	sealed, err := (*sealer).Seal(place, plain)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return sealed, nil
}

func (s *Store) unseal(place broker.Place, sealed []byte) ([]byte, error) {
	sealer := s.sealer.Load()
	if sealer == nil {
		return nil, ErrLocked
	}
	plain, err := (*sealer).Unseal(place, sealed)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return plain, nil
}

// The places of a tenant's sealed values.

func (t Tenant) pseudonymsPlace() broker.Place {
	return broker.Place{Tenant: t.name, Table: "tenant", Column: "pseudonyms", Row: t.name}
}

func (t Tenant) secretPlace(shop, fingerprint string) broker.Place {
	return broker.Place{Tenant: t.name, Table: "shop_secret", Column: "sealed", Row: shop + "/" + fingerprint}
}

func (t Tenant) keyPlace(kid string) broker.Place {
	return broker.Place{Tenant: t.name, Table: "signing_key", Column: "private", Row: kid}
}

// pseudonyms reads the key of the tenant's keyed hashes.
func (t Tenant) pseudonyms(ctx context.Context, q querier) (*hmac.Key, error) {
	sealed, err := t.sealedPseudonyms(ctx, q)
	if err != nil {
		return nil, err
	}
	text, err := t.open(t.pseudonymsPlace(), sealed)
	if err != nil {
		return nil, err
	}
	return hmac.NewKey([]byte(text.Reveal()))
}

func (t Tenant) sealedPseudonyms(ctx context.Context, q querier) ([]byte, error) {
	return find(ctx, q, broker.ErrNoTenant, lone[[]byte], `SELECT pseudonyms FROM tenant WHERE name = $1`, t.name)
}

// open is unseal for what is a secret.
func (t Tenant) open(place broker.Place, sealed []byte) (secret.Text, error) {
	plain, err := t.store.unseal(place, sealed)
	return secret.New(string(plain)), err
}
