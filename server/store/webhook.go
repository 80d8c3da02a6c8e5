package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// MostWaiting is how many webhooks of a tenant may wait to be worked on.
const MostWaiting = 10_000

// ReceiveWebhook keeps a webhook until somebody works on it. fresh is false for
// one that has come before, whatever it says now. The error is [ErrFull], or
// broker.ErrNoTenant.
func (s *Store) ReceiveWebhook(ctx context.Context, n broker.Notice) (fresh bool, err error) {
	err = s.In(n.Tenant).receive(ctx, n)
	if err != errNothing {
		return err == nil, err
	}
	return false, s.In(n.Tenant).came(ctx, n.ID)
}

func (t Tenant) receive(ctx context.Context, n broker.Notice) error {
	return must(ctx, t.store.writes, errNothing,
		`INSERT INTO webhook (tenant, id, shop, topic, customer, kept, happened, received, due)
		SELECT name, $1, $2, $3, $4, $5, $6, $7, $8 FROM tenant WHERE name = $9
			AND (SELECT COUNT(*) FROM webhook WHERE tenant = $9 AND due IS NOT NULL) < $10
		ON CONFLICT DO NOTHING`,
		n.ID, n.Shop, string(n.Topic), n.Customer, n.Kept, n.Happened.UnixMicro(), n.Received.UnixMicro(), n.Due.UnixMicro(),
		t.name, MostWaiting)
}

// came is nil if the webhook is here already.
func (t Tenant) came(ctx context.Context, id string) error {
	return t.snapshot(ctx, func(tx *sql.Tx) error {
		n, err := one[int64](ctx, tx, `SELECT COUNT(*) FROM webhook WHERE tenant = $1 AND id = $2`, t.name, id)
		if err == nil && n == 0 {
			return ErrFull
		}
		return err
	})
}

// DueWebhooks returns those of all tenants that are to be worked on, the longest
// due first; at most limit. Those of suspended tenants are among them.
func (s *Store) DueWebhooks(ctx context.Context, now time.Time, limit int) ([]broker.Notice, error) {
	return all(ctx, s.reads, func(scan scan) (n broker.Notice, err error) {
		var happened, received, due int64
		err = scan(&n.Tenant, &n.ID, &n.Shop, &n.Topic, &n.Customer, &n.Kept, &happened, &received, &due)
		n.Happened, n.Received, n.Due = moment(happened), moment(received), moment(due)
		return n, err
	}, `SELECT tenant, id, shop, topic, customer, kept, happened, received, due
		FROM webhook WHERE due <= $1 ORDER BY due, tenant, id LIMIT $2`, now.UnixMicro(), limit)
}

// ClaimWebhook puts a webhook off until then, so that nobody else works on it
// meanwhile. It is true to one of those who saw it due.
func (s *Store) ClaimWebhook(ctx context.Context, n broker.Notice, until time.Time) (ours bool, err error) {
	changed, err := exec(ctx, s.writes, `UPDATE webhook SET due = $1 WHERE tenant = $2 AND id = $3 AND due = $4`,
		until.UnixMicro(), n.Tenant, n.ID, n.Due.UnixMicro())
	return changed > 0, err
}

// EndWebhook says that a webhook has been worked on, and erases whom it was
// about. It may be called again.
func (s *Store) EndWebhook(ctx context.Context, n broker.Notice) error {
	_, err := exec(ctx, s.writes, `UPDATE webhook SET customer = '', kept = '', due = NULL WHERE tenant = $1 AND id = $2`, n.Tenant, n.ID)
	return err
}

func (s *Store) sweepWebhooks(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM webhook WHERE (tenant, id) IN
		(SELECT tenant, id FROM webhook WHERE due IS NULL AND received < $1 LIMIT $2)`, before)
}
