package storetest

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// entry is the nth line that a test writes of a tenant, at n seconds past Noon.
func entry(tenant string, n int) broker.AuditLine {
	return broker.AuditLine{Tenant: tenant, At: Noon.Add(time.Duration(n) * time.Second), Line: fmt.Sprintf(`{"n":%d}`, n)}
}

// audited has the lines 1 to 4 of each of the tenants in the chain of a writer.
func audited(t *testing.T, s *store.Store, writer string, tenants ...string) {
	t.Helper()
	var lines []broker.AuditLine
	for n := 1; n <= 4; n++ {
		for _, name := range tenants {
			lines = append(lines, entry(name, n))
		}
	}
	do(t, s.AppendAudit(t.Context(), writer, lines[:len(tenants)]))
	do(t, s.AppendAudit(t.Context(), writer, lines[len(tenants):]))
}

func lines(t *testing.T, tenant store.Tenant) []broker.AuditLine {
	t.Helper()
	return get[[]broker.AuditLine](t)(tenant.LatestAudit(t.Context(), time.Time{}, 999))
}

// verified is how many lines each writer's chain has, and what is wrong with it.
func verified(t *testing.T, tenant store.Tenant) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, c := range get[[]broker.AuditChain](t)(tenant.VerifyAudit(t.Context())) {
		found[c.Writer] = strings.TrimSuffix(fmt.Sprintf("%d %s", c.Lines, c.Problem), " ")
	}
	return found
}

// chained is the hash of a chain with these lines, worked out from its description.
func chained(tenant, writer string, lines ...broker.AuditLine) []byte {
	text := func(s string) []byte { return append(binary.BigEndian.AppendUint64(nil, uint64(len(s))), s...) }
	number := func(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
	sum := func(parts ...[]byte) []byte {
		h := sha256.New()
		for _, part := range parts {
			h.Write(part)
		}
		return h.Sum(nil)
	}
	hash := sum(text("audit1"), text(tenant), text(writer))
	for i, l := range lines {
		hash = sum(hash, number(int64(i+1)), number(l.At.UnixMicro()), text(l.Line))
	}
	return hash
}

var audits = []promise{
	{"of several writers the audit's last lines come back by time, however many there are", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		many := make([]broker.AuditLine, 700)
		for i := range many {
			many[i] = broker.AuditLine{Tenant: "acme", At: Noon.Add(time.Duration(i) * time.Second), Line: `{}`}
		}
		do(t, s.AppendAudit(t.Context(), "a", many))
		do(t, s.AppendAudit(t.Context(), "b", many[:300]))
		latest := func(since, limit int) (first, last string, n int) {
			t.Helper()
			list := get[[]broker.AuditLine](t)(acme.LatestAudit(t.Context(), Noon.Add(time.Duration(since)*time.Second), limit))
			name := func(l broker.AuditLine) string { return fmt.Sprint(l.Writer, l.N) }
			return name(list[0]), name(list[len(list)-1]), len(list)
		}
		for _, row := range []struct {
			since, limit int
			first, last  string
			n            int
		}{{0, 2000, "a1", "a700", 1000}, {0, 600, "a201", "a700", 600}, {299, 2000, "a300", "a700", 402}, {300, 2000, "a301", "a700", 400}} {
			first, last, n := latest(row.since, row.limit)
			same(t, fmt.Sprint(row), []any{first, last, n}, []any{row.first, row.last, row.n})
		}
	}},
	{"audit lines come back by time", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		before := revision(t, s)
		do(t, s.AppendAudit(t.Context(), "a", []broker.AuditLine{entry("acme", 1), entry("acme", 3), entry("acme", 3)}))
		do(t, s.AppendAudit(t.Context(), "b", []broker.AuditLine{entry("acme", 2), entry("acme", 3)}))
		var list []broker.AuditLine
		for _, row := range []struct {
			writer string
			n      int64
			entry  int
		}{{"a", 1, 1}, {"b", 1, 2}, {"a", 2, 3}, {"a", 3, 3}, {"b", 2, 3}} {
			l := entry("acme", row.entry)
			l.Writer, l.N = row.writer, row.n
			list = append(list, l)
		}
		same(t, "all", lines(t, acme), list)
		latest := func(since, limit int) []broker.AuditLine {
			t.Helper()
			return get[[]broker.AuditLine](t)(acme.LatestAudit(t.Context(), Noon.Add(time.Duration(since)*time.Second), limit))
		}
		same(t, "the latest", latest(0, 9), list)
		same(t, "the last two", latest(0, 2), list[3:])
		same(t, "the latest since a time", latest(2, 9), list[1:])
		same(t, "nothing since", latest(4, 9), nil)
		same(t, "verified", verified(t, acme), map[string]string{"a": "3", "b": "2"})
		same(t, "the revision", revision(t, s), before)
	}},
	{"a chain's hash is what its description says", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		audited(t, s, "w", "acme")
		list := []broker.AuditLine{entry("acme", 1), entry("acme", 2), entry("acme", 3), entry("acme", 4)}
		want := broker.AuditChain{Writer: "w", Lines: 4, Head: broker.Digest(chained("acme", "w", list...))}
		same(t, "the chain", get[[]broker.AuditChain](t)(acme.VerifyAudit(t.Context())), []broker.AuditChain{want})
	}},
	{"whoever writes to the same chains at once, no line is lost", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		batches := [][]broker.AuditLine{{entry("acme", 1), entry("bell", 1)}, {entry("bell", 2), entry("acme", 2), entry("bell", 3)}}
		for _, err := range crowd(24, func(i int) error {
			if i%3 == 2 {
				return bell.As(store.Act{Writer: "w", Line: `{}`}).SetStatus(t.Context(), broker.Active)
			}
			return []*store.Store{s, other}[i%2].AppendAudit(t.Context(), "w", batches[i%3])
		}) {
			want(t, "a writer", err, nil)
		}
		same(t, "acme", verified(t, acme), map[string]string{"w": "16"})
		same(t, "bell", verified(t, bell), map[string]string{"w": "32"})
	}},
	{"a batch is written as a whole or not at all, but for tenants that are gone", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := Tenant(t, s, "acme"), Tenant(t, s, "bell")
		given := []broker.AuditLine{entry("gone", 1), entry("bell", 1), entry("acme", 1)}
		do(t, s.AppendAudit(t.Context(), "w", given))
		same(t, "what was given", given[0].Tenant, "gone")
		do(t, s.AppendAudit(t.Context(), "w", nil))
		for _, line := range []string{"", "text", `{"a":1} {"b":2}`, `{"a":`, "{\"a\":\"\xff\"}", "{\"a\":\"\x00\"}", "{\"a\":\"b\nc\"}"} {
			broken := entry("bell", 2)
			broken.Line = line
			want(t, line, s.AppendAudit(t.Context(), "w", []broker.AuditLine{entry("acme", 2), broken}), store.ErrAuditLine)
		}
		for _, tenant := range []store.Tenant{acme, bell} {
			same(t, "lines", len(lines(t, tenant)), 1)
		}
		same(t, "of none", column(t, raw(t, url), `SELECT tenant FROM audit WHERE tenant = 'gone'`), nil)
	}},
	{"whatever is done to an audit shows", func(t *testing.T, url string) {
		s := Open(t, url)
		for i, row := range tampers {
			row.check(t, s, url, fmt.Sprint("t", i), fmt.Sprint("other", i))
		}
	}},
	{"lines that fit each other do not make up for the head", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		audited(t, s, "w", "acme")
		own := []broker.AuditLine{entry("acme", 1), entry("acme", 2), entry("acme", 3), entry("acme", 4)}
		forged := append(own[:3:3], broker.AuditLine{At: Noon, Line: `{"forged":true}`})
		put := func(list []broker.AuditLine) {
			last := list[len(list)-1]
			tamper(t, url, `INSERT INTO audit (tenant, writer, n, at, line, hash) VALUES ('acme', 'w', $1, $2, $3, $4)
				ON CONFLICT (tenant, writer, n) DO UPDATE SET at = excluded.at, line = excluded.line, hash = excluded.hash`,
				len(list), last.At.UnixMicro(), last.Line, chained("acme", "w", list...))
		}
		put(forged)
		same(t, "the line", verified(t, acme), map[string]string{"w": "4 it does not end with line 4 as it was written"})
		tamper(t, url, `UPDATE audit_head SET hash = $1`, chained("acme", "w", forged...))
		same(t, "and the head", verified(t, acme), map[string]string{"w": "4 its head was not written by this service"})
		put(own)
		tamper(t, url, `UPDATE audit_head SET hash = $1`, chained("acme", "w", own...))
		same(t, "put back", verified(t, acme), map[string]string{"w": "4"})
		put(append(own, entry("acme", 5)))
		same(t, "one too many", verified(t, acme), map[string]string{"w": "4 it does not end with line 4 as it was written"})
	}},
	{"a long chain is looked at to its end", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		var long []broker.AuditLine
		for n := range 1201 {
			long = append(long, entry("acme", n))
		}
		do(t, s.AppendAudit(t.Context(), "w", long))
		same(t, "whole", verified(t, acme), map[string]string{"w": "1201"})
		tamper(t, url, `UPDATE audit SET line = '{}' WHERE n = 1201`)
		same(t, "changed", verified(t, acme), map[string]string{"w": "1201 line 1201 is not what was written there"})
	}},
	{"another tenant's audit is not this one's", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		Tenant(t, s, "bell")
		audited(t, s, "w", "bell")
		tamper(t, url, `UPDATE audit SET tenant = 'acme'`)
		tamper(t, url, `UPDATE audit_head SET tenant = 'acme'`)
		same(t, "with its head", verified(t, acme), map[string]string{"w": "4 its head was not written by this service"})
	}},
	{"an audit outlives a new master key", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		audited(t, s, "w", "acme")
		do(t, s.Unlock(t.Context(), Keyring{2, 1}))
		get[int](t)(s.Reseal(t.Context(), Keyring{2}.Current))
		do(t, s.Unlock(t.Context(), Keyring{2}))
		do(t, s.AppendAudit(t.Context(), "w", []broker.AuditLine{entry("acme", 5)}))
		same(t, "verified", verified(t, acme), map[string]string{"w": "5"})
	}},
	{"an audit goes with its tenant", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		for n := range 15 {
			acme := Tenant(t, s, "acme")
			audited(t, s, "w", "acme")
			appendTo := func(writer string) error {
				return other.AppendAudit(t.Context(), writer, []broker.AuditLine{entry("acme", 5)})
			}
			errs := crowd(3, func(i int) error {
				return []func() error{
					func() error { return acme.Delete(t.Context()) }, func() error { return appendTo("w") }, func() error { return appendTo("new") },
				}[i]()
			})
			want(t, "delete", errs[0], nil)
			want(t, "append again", errors.Join(appendTo("w"), appendTo("new")), nil)
			left := column(t, raw(t, url), `SELECT tenant FROM audit UNION ALL SELECT tenant FROM audit_head`)
			same(t, fmt.Sprintf("left the %dth time", n), left, nil)
		}
		same(t, "of the next of that name", verified(t, Tenant(t, s, "acme")), map[string]string{})
	}},
}
