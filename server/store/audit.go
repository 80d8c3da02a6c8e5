package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// Act is what the audit says of something that is done to a tenant.
type Act struct {
	Writer string // in whose chain it stands
	Line   string // who does what, as JSON; empty: it is not said
}

// As gives access to the same tenant, by which whatever is done is said in its
// audit. The line and what it tells of are one transaction: what cannot be said
// is not done, with [ErrAudit] or [ErrAuditLine], and what is not done is not said.
// So are all changes of configuration, and those of Admin API access, inquiries
// and tokens.
func (t Tenant) As(a Act) Tenant {
	t.act = a
	return t
}

// attest writes the line of As. It comes before what it tells of, so that
// everybody locks in the same order.
func (t Tenant) attest(ctx context.Context, tx *sql.Tx) error {
	if t.act == (Act{}) {
		return nil
	}
	return t.extend(ctx, tx, t.act.Writer, []broker.AuditLine{{At: t.store.Now(), Line: t.act.Line}})
}

// AppendAudit writes lines, of which Tenant, At and Line count, to the ends of
// the writer's chains, in the order in which they are given. It is one
// transaction: after an error none is written, and the same may be tried again.
// Lines of tenants that are gone are left out. The error is [ErrAudit] if one of
// the chains was tampered with, or [ErrAuditLine].
func (s *Store) AppendAudit(ctx context.Context, writer string, lines []broker.AuditLine) error {
	// Processes that write to the same chains lock their heads in the same order.
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b broker.AuditLine) int { return cmp.Compare(a.Tenant, b.Tenant) })
	return s.write(ctx, func(tx *sql.Tx) error {
		for len(lines) > 0 {
			t := s.In(lines[0].Tenant)
			n := slices.IndexFunc(lines, func(l broker.AuditLine) bool { return l.Tenant != t.name })
			if n < 0 {
				n = len(lines)
			}
			if err := t.extend(ctx, tx, writer, lines[:n]); err != nil && !errors.Is(err, broker.ErrNoTenant) {
				return err
			}
			lines = lines[n:]
		}
		return nil
	})
}

// extend makes a chain longer. It holds the head's row from the beginning, so
// that several may do it at once.
func (t Tenant) extend(ctx context.Context, tx *sql.Tx, writer string, lines []broker.AuditLine) error {
	key, err := t.pseudonyms(ctx, tx)
	if err != nil {
		return err
	}
	h, err := t.hold(ctx, tx, key, writer)
	if err != nil {
		return err
	}
	// Prepared, because to compile it costs as much as to run it, and tokens are
	// issued by the hundred.
	prepared, err := tx.PrepareContext(ctx,
		`INSERT INTO audit (tenant, writer, n, at, line, hash) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { _ = prepared.Close() }()
	for _, l := range lines {
		if !json.Valid([]byte(l.Line)) || !utf8.ValidString(l.Line) {
			return ErrAuditLine
		}
		h = h.next(l.At.UnixMicro(), l.Line)
		added, err := prepared.ExecContext(ctx, t.name, writer, h.n, l.At.UnixMicro(), l.Line, h.hash[:])
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if n, err := added.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrAudit, err)
		}
	}
	mac := key.Sum(t.signed(writer, h))
	_, err = exec(ctx, tx, `UPDATE audit_head SET n = $1, hash = $2, mac = $3 WHERE tenant = $4 AND writer = $5`,
		h.n, h.hash[:], mac[:], t.name, writer)
	return err
}

// hold locks the head of a chain, which it begins if there is none. It returns
// broker.ErrNoTenant, or ErrAudit for a head that nobody has left so.
func (t Tenant) hold(ctx context.Context, tx *sql.Tx, key *hmac.Key, writer string) (head, error) {
	first := t.begin(writer)
	mac := key.Sum(t.signed(writer, first))
	list, err := all(ctx, tx, readHead,
		`INSERT INTO audit_head (tenant, writer, n, hash, mac) SELECT name, $1, 0, $2, $3 FROM tenant WHERE name = $4
		ON CONFLICT (tenant, writer) DO UPDATE SET n = audit_head.n RETURNING n, hash, mac`,
		writer, first.hash[:], mac[:], t.name)
	switch {
	case err != nil:
		return head{}, err
	case len(list) == 0:
		return head{}, broker.ErrNoTenant
	case !list[0].genuine(key, t.signed(writer, list[0].head)):
		return head{}, ErrAudit
	}
	return list[0].head, nil
}

// LatestAudit returns the last lines of all writers since a moment, by their
// time; at most limit. It goes back along each chain, so that lines need no index
// but their numbers: a chain whose head is missing is not gone along.
func (t Tenant) LatestAudit(ctx context.Context, since time.Time, limit int) (list []broker.AuditLine, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		writers, err := all(ctx, tx, lone[string], `SELECT writer FROM audit_head WHERE tenant = $1 ORDER BY writer`, t.name)
		for _, writer := range writers {
			last, err := t.latest(ctx, tx, writer, since, limit)
			if err != nil {
				return err
			}
			list = append(list, last...)
		}
		return err
	})
	slices.SortFunc(list, func(a, b broker.AuditLine) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Writer, b.Writer), cmp.Compare(a.N, b.N))
	})
	return list[max(0, len(list)-limit):], err
}

// latest are the last lines of one writer, the newest first.
func (t Tenant) latest(ctx context.Context, tx *sql.Tx, writer string, since time.Time, limit int) (list []broker.AuditLine, err error) {
	for before := int64(math.MaxInt64); len(list) < limit; before = list[len(list)-1].N {
		page, err := all(ctx, tx, func(scan scan) (broker.AuditLine, error) {
			l, at := broker.AuditLine{Tenant: t.name, Writer: writer}, int64(0)
			err := scan(&l.N, &at, &l.Line)
			l.At = moment(at)
			return l, err
		}, `SELECT n, at, line FROM audit WHERE tenant = $1 AND writer = $2 AND n < $3 ORDER BY n DESC LIMIT $4`,
			t.name, writer, before, min(swept, limit-len(list)))
		if err != nil {
			return nil, err
		}
		old := slices.IndexFunc(page, func(l broker.AuditLine) bool { return l.At.Before(since) })
		if old >= 0 || len(page) == 0 {
			return append(list, page[:max(old, 0)]...), nil
		}
		list = append(list, page...)
	}
	return list, nil
}
