package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// VerifyAudit looks at every line of the tenant's audit, and says of each chain
// what is wrong with it: a line that was changed, removed, moved or added, lines
// that are missing at the end, a head that is missing or was not written here.
//
// Whoever can write to the database can put back all of it as it once was, or
// remove a chain with its head. Against that it helps to keep what is returned,
// and to compare: a chain never gets shorter, and none goes.
func (t Tenant) VerifyAudit(ctx context.Context) (chains []broker.AuditChain, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		key, err := t.pseudonyms(ctx, tx)
		if err != nil {
			return err
		}
		writers, err := all(ctx, tx, lone[string],
			`SELECT writer FROM audit_head WHERE tenant = $1 UNION SELECT writer FROM audit WHERE tenant = $1 ORDER BY writer`, t.name)
		for _, writer := range writers {
			c, err := t.verify(ctx, tx, key, writer)
			if err != nil {
				return err
			}
			chains = append(chains, c)
		}
		return err
	})
	return chains, err
}

func (t Tenant) verify(ctx context.Context, tx *sql.Tx, key *hmac.Key, writer string) (broker.AuditChain, error) {
	c := broker.AuditChain{Writer: writer}
	heads, err := all(ctx, tx, readHead, `SELECT n, hash, mac FROM audit_head WHERE tenant = $1 AND writer = $2`, t.name, writer)
	if err != nil {
		return c, err
	}
	if len(heads) == 0 {
		c.Problem = "its head is missing"
		return c, nil
	}
	h := heads[0]
	c.Lines, c.Head = h.n, h.hash
	if !h.genuine(key, t.signed(writer, h.head)) {
		c.Problem = "its head was not written by this service"
		return c, nil
	}
	last, problem, err := t.walk(ctx, tx, writer)
	switch {
	case problem != "":
		c.Problem = problem
	case last.n < h.n:
		c.Problem = fmt.Sprintf("the last is line %d, and there should be %d", last.n, h.n)
	case last != h.head:
		c.Problem = fmt.Sprintf("it does not end with line %d as it was written", h.n)
	}
	return c, err
}

// walk goes along a chain as far as one line follows the other.
func (t Tenant) walk(ctx context.Context, tx *sql.Tx, writer string) (last head, problem string, err error) {
	last = t.begin(writer)
	for after := int64(math.MinInt64); ; after = last.n {
		page, err := all(ctx, tx, readStep,
			`SELECT n, at, line, hash FROM audit WHERE tenant = $1 AND writer = $2 AND n > $3 ORDER BY n LIMIT $4`,
			t.name, writer, after, swept)
		if err != nil || len(page) == 0 {
			return last, "", err
		}
		for _, step := range page {
			next := last.next(step.at, step.line)
			if step.n != next.n {
				return last, fmt.Sprintf("after line %d comes line %d", last.n, step.n), nil
			}
			if step.hash != next.hash {
				return last, fmt.Sprintf("line %d is not what was written there", step.n), nil
			}
			last = next
		}
	}
}

// step is a line as it stands in the database.
type step struct {
	head
	at   int64
	line string
}

func readStep(scan scan) (s step, err error) {
	var hash []byte
	err = scan(&s.n, &s.at, &s.line, &hash)
	s.hash, _ = readDigest(hash)
	return s, err
}
