package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddUses adds to what is known of how shops' themes sign. Of shops that are
// gone nothing is kept. Uses are not configuration: the revision stays.
func (s *Store) AddUses(ctx context.Context, uses []broker.Uses) error {
	// Processes that add at the same time lock rows in the same order.
	slices.SortFunc(uses, func(a, b broker.Uses) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Shop, b.Shop))
	})
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, u := range uses {
			if err := s.In(u.Tenant).addUses(ctx, tx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t Tenant) addUses(ctx context.Context, tx *sql.Tx, u broker.Uses) error {
	for _, signed := range []broker.Signed{{Signature: "v1", Uses: u.V1}, {Signature: "v2", Uses: u.V2}} {
		if signed.Uses == 0 {
			continue
		}
		_, err := exec(ctx, tx,
			`INSERT INTO shop_use (tenant, shop, signature, uses, last) SELECT tenant, name, $1, $2, $3 FROM shop WHERE tenant = $4 AND name = $5
			ON CONFLICT (tenant, shop, signature) DO UPDATE SET uses = shop_use.uses + excluded.uses,
				last = CASE WHEN shop_use.last > excluded.last THEN shop_use.last ELSE excluded.last END`,
			signed.Signature, signed.Uses, u.At.UnixMicro(), t.name, u.Shop)
		if err != nil {
			return err
		}
	}
	for _, number := range u.Secrets {
		_, err := exec(ctx, tx, `UPDATE shop_secret SET used = $1
			WHERE tenant = $2 AND shop = $3 AND number = $4 AND (used IS NULL OR used < $1)`,
			u.At.UnixMicro(), t.name, u.Shop, number)
		if err != nil {
			return err
		}
	}
	return nil
}

// Signed returns how a shop's themes have signed: one entry for each way that
// was ever used, v1 first.
func (t Tenant) Signed(ctx context.Context, shop string) (list []broker.Signed, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, func(scan scan) (s broker.Signed, err error) {
			var last int64
			err = scan(&s.Signature, &s.Uses, &last)
			s.Last = moment(last)
			return s, err
		}, `SELECT signature, uses, last FROM shop_use WHERE tenant = $1 AND shop = $2 ORDER BY signature`, t.name, shop)
		return err
	})
	return list, err
}
