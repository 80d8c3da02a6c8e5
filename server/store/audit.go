package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
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

// AuditLines returns the lines of all writers by their time: those that come
// after one, or from the beginning; at most limit. A line that gives only its At
// is before all lines of that moment. One that was written late may have an
// earlier time than those that have been returned.
func (t Tenant) AuditLines(ctx context.Context, after broker.AuditLine, limit int) ([]broker.AuditLine, error) {
	return t.auditLines(ctx, `SELECT writer, n, at, line FROM audit WHERE tenant = $1 AND (at, writer, n) > ($2, $3, $4)
		ORDER BY at, writer, n LIMIT $5`, t.name, after.At.UnixMicro(), after.Writer, after.N, limit)
}

// LatestAudit returns the last lines of all writers since a moment, by their
// time; at most limit.
func (t Tenant) LatestAudit(ctx context.Context, since time.Time, limit int) ([]broker.AuditLine, error) {
	list, err := t.auditLines(ctx, `SELECT writer, n, at, line FROM audit WHERE tenant = $1 AND at >= $2
		ORDER BY at DESC, writer DESC, n DESC LIMIT $3`, t.name, since.UnixMicro(), limit)
	slices.Reverse(list)
	return list, err
}

func (t Tenant) auditLines(ctx context.Context, query string, args ...any) (list []broker.AuditLine, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = all(ctx, tx, func(scan scan) (broker.AuditLine, error) {
			l, at := broker.AuditLine{Tenant: t.name}, int64(0)
			err := scan(&l.Writer, &l.N, &at, &l.Line)
			l.At = moment(at)
			return l, err
		}, query, args...)
		return err
	})
	return list, err
}
