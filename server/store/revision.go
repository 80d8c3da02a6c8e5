package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Revision tells how often configuration has changed. A reader that sees
// another Epoch, or a smaller N than before, sees another database (a restored
// one, say) and forgets everything it knows.
type Revision struct {
	Epoch string
	N     int64
}

// Revision returns the present revision.
func (s *Store) Revision(ctx context.Context) (Revision, error) { return revision(ctx, s.reads) }

func revision(ctx context.Context, q querier) (r Revision, err error) {
	if err := q.QueryRowContext(ctx, `SELECT epoch, n FROM revision`).Scan(&r.Epoch, &r.N); err != nil {
		return Revision{}, fmt.Errorf("store: %w", err)
	}
	return r, nil
}

// Watcher asks for the revision again and again, on a connection of its own.
type Watcher struct{ db *sql.DB }

// Watch connects. The caller closes the watcher, before the store or after it.
func (s *Store) Watch(ctx context.Context) (*Watcher, error) {
	w := &Watcher{db: pool(s.source.Connector, 1)}
	if _, err := w.Revision(ctx); err != nil {
		_ = w.Close()
		return nil, err
	}
	return w, nil
}

// Revision returns the present revision. After an error the next call uses a
// new connection if the old one is broken.
func (w *Watcher) Revision(ctx context.Context) (Revision, error) { return revision(ctx, w.db) }

// Close ends the connection.
func (w *Watcher) Close() error { return w.db.Close() }

// ChangesSince returns whose configuration has changed after revision n, each
// tenant once; deleted ones are among them. If complete is false, there have
// been other changes too, whose record is gone (or n is not of this database):
// then anything may have changed.
func (s *Store) ChangesSince(ctx context.Context, n int64) (names []string, complete bool, err error) {
	type change struct {
		now    int64
		tenant sql.NullString
	}
	// One statement, so that feed and revision are of one moment.
	changes, err := all(ctx, s.reads, func(scan scan) (c change, err error) {
		err = scan(&c.now, &c.tenant)
		return c, err
	}, `SELECT revision.n, change.tenant FROM revision LEFT JOIN change ON change.n > $1 ORDER BY change.n`, n)
	if err != nil {
		return nil, false, err
	}
	if len(changes) == 0 {
		return nil, false, fmt.Errorf("store: %w", ErrNoDatabase)
	}
	for _, c := range changes {
		if c.tenant.Valid {
			names = append(names, c.tenant.String)
		}
	}
	complete = int64(len(names)) == changes[0].now-n
	slices.Sort(names)
	return slices.Compact(names), complete, nil
}
