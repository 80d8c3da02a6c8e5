package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Inquiries returns who wants to know what is held of them, the first to ask
// first, and what that is.
func (t Tenant) Inquiries(ctx context.Context) (list []broker.Inquiry, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, readInquiry,
			`SELECT w.id, w.shop, w.customer, w.received, w.due, p.pid, p.first_seen, l.pid FROM webhook w
			LEFT JOIN profile p ON p.tenant = w.tenant AND p.shop = w.shop AND p.customer = w.customer
			LEFT JOIN link l ON l.tenant = w.tenant AND l.shop = w.shop AND l.customer = w.customer
			WHERE w.tenant = $1 AND w.topic = $2 AND w.due IS NOT NULL ORDER BY w.received, w.id`,
			t.name, string(broker.CustomersDataRequest))
		return err
	})
	return list, err
}

func readInquiry(scan scan) (q broker.Inquiry, err error) {
	var received, ends int64
	var pid, linked sql.NullString
	var seen sql.NullInt64
	err = scan(&q.ID, &q.Customer.Shop, &q.Customer.ID, &received, &ends, &pid, &seen, &linked)
	q.Received, q.Ends, q.Linked = moment(received), moment(ends), linked.Valid
	if pid.Valid {
		q.Profile = broker.Profile{PID: pid.String, Customer: q.Customer, FirstSeen: maybe(seen)}
	}
	return q, err
}

// EndInquiry forgets an inquiry that has been answered, or returns [ErrNotFound].
func (t Tenant) EndInquiry(ctx context.Context, id string) error {
	err := t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`UPDATE webhook SET customer = '', kept = '', due = NULL WHERE tenant = $1 AND id = $2 AND topic = $3 AND due IS NOT NULL`,
			t.name, id, string(broker.CustomersDataRequest))
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}
