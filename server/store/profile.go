package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// recorded is how many profiles are recorded in one transaction.
const recorded = 200

// RecordProfiles stores who has been seen. Who is known already keeps the time
// of being seen first, and a linked profile id; who is blocked, or of a tenant
// that is gone, is left out. Profiles are not configuration: the revision stays.
func (s *Store) RecordProfiles(ctx context.Context, seen []broker.Sighting) error {
	for batch := range slices.Chunk(seen, recorded) {
		err := s.write(ctx, func(tx *sql.Tx) error {
			// Waits for whoever is just blocking a customer.
			if _, err := exec(ctx, tx, `UPDATE revision SET n = n`); err != nil {
				return err
			}
			return s.record(ctx, tx, batch)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) record(ctx context.Context, tx *sql.Tx, batch []broker.Sighting) error {
	keys := map[string]*hmac.Key{} // nil for a tenant that is gone
	for _, seen := range batch {
		t := s.In(seen.Tenant)
		key, looked := keys[t.name]
		if !looked {
			var err error
			if key, err = t.pseudonyms(ctx, tx); err != nil && !errors.Is(err, broker.ErrNoTenant) {
				return err
			}
			keys[t.name] = key
		}
		if key == nil {
			continue
		}
		if err := t.remember(ctx, tx, key, seen.Profile); err != nil {
			return err
		}
	}
	return nil
}

// remember stores one profile, unless the customer is blocked.
func (t Tenant) remember(ctx context.Context, tx *sql.Tx, key *hmac.Key, p broker.Profile) error {
	digest := broker.BlockDigest(key, p.Customer.Shop, p.Customer.ID)
	_, err := exec(ctx, tx,
		`INSERT INTO profile (tenant, shop, customer, pid, first_seen) SELECT $1, $2, $3, $4, $5
		WHERE NOT EXISTS (SELECT 1 FROM block WHERE tenant = $1 AND digest = $6)
		ON CONFLICT (tenant, shop, customer) DO UPDATE SET pid = excluded.pid
		WHERE profile.pid <> excluded.pid AND NOT EXISTS (SELECT 1 FROM link
			WHERE link.tenant = profile.tenant AND link.shop = profile.shop AND link.customer = profile.customer)`,
		t.name, p.Customer.Shop, p.Customer.ID, p.PID, p.FirstSeen.UnixMicro(), digest[:])
	return err
}

// Profile returns the customers that are known under a profile id, one for
// each shop or more if they were merged, or [ErrNotFound].
func (t Tenant) Profile(ctx context.Context, pid string) (profiles []broker.Profile, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		profiles, err = all(ctx, tx, readProfile,
			`SELECT pid, shop, customer, first_seen FROM profile WHERE tenant = $1 AND pid = $2
			ORDER BY first_seen, shop, customer`, t.name, pid)
		return err
	})
	if err == nil && len(profiles) == 0 {
		return nil, ErrNotFound
	}
	return profiles, err
}

// ProfilesOf returns the profiles of a customer who has been seen or linked: of
// all customers with that id where c names no shop. Or [ErrNotFound].
func (t Tenant) ProfilesOf(ctx context.Context, c broker.CustomerRef) (profiles []broker.Profile, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		profiles, err = all(ctx, tx, readProfile,
			`SELECT pid, shop, customer, first_seen FROM profile WHERE tenant = $1 AND customer = $2 AND ($3 = '' OR shop = $3)
			ORDER BY first_seen, shop`, t.name, c.ID, c.Shop)
		return err
	})
	if err == nil && len(profiles) == 0 {
		return nil, ErrNotFound
	}
	return profiles, err
}

func readProfile(scan scan) (p broker.Profile, err error) {
	var seen int64
	err = scan(&p.PID, &p.Customer.Shop, &p.Customer.ID, &seen)
	p.FirstSeen = moment(seen)
	return p, err
}
