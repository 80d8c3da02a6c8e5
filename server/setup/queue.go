package setup

import (
	"context"
	"fmt"
)

// enter waits for the tenant's turn.
func (d *Desk) enter(ctx context.Context, tenant string) (leave func(), err error) {
	q := d.join(tenant)
	select {
	case q.turn <- struct{}{}:
		return func() { <-q.turn; d.part(tenant, q) }, nil
	case <-ctx.Done():
		d.part(tenant, q)
		return nil, fmt.Errorf("%w: %w", errBusy, ctx.Err())
	}
}

// join counts whoever waits in a tenant's queue, so that an empty one can go.
func (d *Desk) join(tenant string) *queue {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.queues[tenant]
	if q == nil {
		q = &queue{turn: make(chan struct{}, 1)}
		d.queues[tenant] = q
	}
	q.waiting++
	return q
}

func (d *Desk) part(tenant string, q *queue) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if q.waiting--; q.waiting == 0 {
		delete(d.queues, tenant)
	}
}
