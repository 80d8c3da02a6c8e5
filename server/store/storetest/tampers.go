package storetest

import (
	"maps"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// tampering is something that somebody does behind the store's back to the
// chain "w" of a tenant.
type tampering struct {
	name  string
	do    []string          // MINE are the chain's rows, COPY copies some of what follows it
	want  string            // how many lines the chain has then, and what is said of it
	ends  bool              // it is seen at once, so that no line follows
	aside map[string]string // what is said of other writers' chains, where that is not "4"
}

func (row tampering) check(t *testing.T, s *store.Store, url, name, other string) {
	tenant, bystander := Tenant(t, s, name), Tenant(t, s, other)
	audited(t, s, "w", name, other)
	audited(t, s, "v", name)
	words := strings.NewReplacer("MINE", "tenant = ACME AND writer = 'w'",
		"COPY", "INSERT INTO audit (tenant, writer, n, at, line, hash) SELECT")
	names := strings.NewReplacer("ACME", "'"+name+"'", "OTHER", "'"+other+"'")
	for _, statement := range row.do {
		tamper(t, url, names.Replace(words.Replace(statement)))
	}
	found := map[string]string{"v": "4"}
	if row.want != "" {
		found["w"] = row.want
	}
	maps.Copy(found, row.aside)
	same(t, row.name, verified(t, tenant), found)
	same(t, row.name+": another tenant", verified(t, bystander), map[string]string{"w": "4"})
	err := s.AppendAudit(t.Context(), "w", []broker.AuditLine{entry(name, 5)})
	if row.ends {
		want(t, row.name+": append", err, store.ErrAudit)
	}
	if now := verified(t, tenant)["w"]; row.want != "" && !strings.Contains(now, " ") {
		t.Errorf("%s: the next line has covered it up: %s", row.name, now)
	}
}

const strange = "its head was not written by this service"

var tampers = []tampering{
	{name: "a line changed", do: []string{`UPDATE audit SET line = '{"n":9}' WHERE MINE AND n = 2`}, want: "4 line 2 is not what was written there"},
	{name: "a time changed", do: []string{`UPDATE audit SET at = at + 1 WHERE MINE AND n = 2`}, want: "4 line 2 is not what was written there"},
	{
		name: "a hash changed",
		do: []string{`UPDATE audit SET hash = (SELECT a.hash FROM audit a WHERE a.tenant = ACME AND a.writer = 'v' AND a.n = 2)
			WHERE MINE AND n = 2`},
		want: "4 line 2 is not what was written there",
	},
	{name: "the first removed", do: []string{`DELETE FROM audit WHERE MINE AND n = 1`}, want: "4 after line 0 comes line 2"},
	{name: "one removed", do: []string{`DELETE FROM audit WHERE MINE AND n = 3`}, want: "4 after line 2 comes line 4"},
	{
		name: "one removed and the rest moved up",
		do:   []string{`DELETE FROM audit WHERE MINE AND n = 3`, `UPDATE audit SET n = 3 WHERE MINE AND n = 4`},
		want: "4 line 3 is not what was written there",
	},
	{name: "the last removed", do: []string{`DELETE FROM audit WHERE MINE AND n = 4`}, want: "4 the last is line 3, and there should be 4"},
	{name: "all removed", do: []string{`DELETE FROM audit WHERE MINE`}, want: "4 the last is line 0, and there should be 4"},
	{
		name: "the last removed, and the head set back",
		do: []string{
			`DELETE FROM audit WHERE MINE AND n = 4`,
			`UPDATE audit_head SET n = 3, hash = (SELECT hash FROM audit WHERE MINE AND n = 3) WHERE MINE`,
		},
		want: "3 " + strange, ends: true,
	},
	{
		name: "two swapped",
		do: []string{
			`UPDATE audit SET n = 99 WHERE MINE AND n = 2`, `UPDATE audit SET n = 2 WHERE MINE AND n = 3`,
			`UPDATE audit SET n = 3 WHERE MINE AND n = 99`,
		},
		want: "4 line 2 is not what was written there",
	},
	{name: "one put in front", do: []string{`COPY tenant, writer, 0, at, line, hash FROM audit WHERE MINE AND n = 1`}, want: "4 after line 0 comes line 0"},
	{name: "one put before all numbers", do: []string{`COPY tenant, writer, -7, at, line, hash FROM audit WHERE MINE AND n = 1`}, want: "4 after line 0 comes line -7"},
	{name: "one put at the end", do: []string{`COPY tenant, writer, 5, at, line, hash FROM audit WHERE MINE AND n = 4`}, want: "4 line 5 is not what was written there", ends: true},
	{
		name: "another tenant's lines",
		do: []string{
			`DELETE FROM audit WHERE MINE`,
			`COPY ACME, writer, n, at, line, hash FROM audit WHERE tenant = OTHER AND writer = 'w'`,
		},
		want: "4 line 1 is not what was written there",
	},
	{
		name: "another writer's lines",
		do: []string{
			`DELETE FROM audit WHERE MINE`,
			`COPY tenant, 'w', n, at, line, hash FROM audit WHERE tenant = ACME AND writer = 'v'`,
		},
		want: "4 line 1 is not what was written there",
	},
	{name: "the head removed", do: []string{`DELETE FROM audit_head WHERE MINE`}, want: "0 its head is missing", ends: true},
	{
		name: "the head begun anew",
		do: []string{
			`DELETE FROM audit WHERE MINE`, `UPDATE audit_head SET n = 0 WHERE MINE`,
		},
		want: "0 " + strange, ends: true,
	},
	{
		name: "another writer's head",
		do: []string{
			`DELETE FROM audit_head WHERE MINE`, `UPDATE audit_head SET writer = 'w' WHERE tenant = ACME AND writer = 'v'`,
		},
		want: "4 " + strange, ends: true, aside: map[string]string{"v": "0 its head is missing"},
	},
	{name: "the head's HMAC changed", do: []string{`UPDATE audit_head SET mac = hash WHERE MINE`}, want: "4 " + strange, ends: true},
	{
		name:  "a chain under another writer's name",
		do:    []string{`UPDATE audit SET writer = 'x' WHERE MINE`, `UPDATE audit_head SET writer = 'x' WHERE MINE`},
		aside: map[string]string{"x": "4 " + strange},
	},
}
