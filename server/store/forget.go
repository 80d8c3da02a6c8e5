package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// ForgetCustomers forgets every customer of a shop who is not blocked: profiles,
// links, and what webhooks ask about them. What asks for one to be forgotten
// stays, for that also blocks. It works in small steps and may be called again.
func (t Tenant) ForgetCustomers(ctx context.Context, shop string) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM link WHERE tenant = $1 AND shop = $2`, t.name, shop); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `UPDATE webhook SET customer = '', kept = '', due = NULL
			WHERE tenant = $1 AND shop = $2 AND topic IN ($3, $4)`,
			t.name, shop, string(broker.CustomersMerge), string(broker.CustomersDataRequest))
		return err
	})
	for n := int64(swept); err == nil && n == swept; {
		n, err = exec(ctx, t.store.writes, `DELETE FROM profile WHERE tenant = $1 AND shop = $2 AND customer IN
			(SELECT customer FROM profile WHERE tenant = $1 AND shop = $2 LIMIT $3)`, t.name, shop, swept)
	}
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}
