package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// commands are all that the grammar has.
func commands(t *testing.T) (names []string) {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.DefaultEnvars("SHAPESTOKEN"), variables())
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		name := leaf.Name
		for n := leaf.Parent; n != nil && n.Type == kong.CommandNode; n = n.Parent {
			name = n.Name + " " + name
		}
		names = append(names, name)
	}
	return names
}

// Whoever adds a command says whether it changes anything, and what the audit
// says of it.
func TestEveryCommandIsKnown(t *testing.T) {
	w := newScene(t)
	known := map[string]bool{}
	for _, d := range w.deeds() {
		known[d.command] = true
	}
	for name := range harmless {
		known[name] = true
	}
	for name := range unsaid {
		known[name] = true
	}
	all := commands(t)
	for _, name := range all {
		if !known[name] {
			t.Errorf("%s is not known: put it into deeds if it changes something, else into harmless", name)
		}
	}
	for name := range known {
		if !slices.Contains(all, name) {
			t.Errorf("there is no command %s", name)
		}
	}
}

func TestHarmless(t *testing.T) {
	p := newScene(t).copy(t)
	before := p.dump()
	for name, args := range harmless {
		if out, errs, code := p.command("x", append(strings.Fields(name), args...)...); code == misused {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errs)
		}
		if diff := cmp.Diff(before, p.dump()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Each command leaves its lines in the audit, and nothing that is a secret, or a
// customer.
func TestDeedsAreSaid(t *testing.T) {
	w := newScene(t)
	for _, d := range w.deeds() {
		t.Run(d.command, func(t *testing.T) {
			t.Parallel()
			p := w.copy(t)
			before := p.audit(d.owner())
			shown := p.must(d.stdin, d.words()...)
			lines := p.audit(d.owner())[len(before):]
			var acts []string
			for _, l := range lines {
				acts = append(acts, l.Act)
				if l.By != operator() {
					t.Errorf("by %q", l.By)
				}
			}
			if diff := cmp.Diff(d.said(), acts); diff != "" {
				t.Error(diff)
			}
			secrets := []string{d.stdin, custom, "8870010000001", "8870020000002"}
			for _, name := range []string{"client_secret", "accessToken", "id_secret"} {
				text, _ := shown[name].(string)
				secrets = append(secrets, text)
			}
			for _, text := range secrets {
				if rows := strings.Join(p.dump()["audit"], "\n"); text != "" && strings.Contains(rows, text) {
					t.Errorf("the audit has %q:\n%s", text, rows)
				}
			}
		})
	}
}

// tampers are ways to change the end of acme's audit from outside, and to have
// one before the tenant "new" is there.
var tampers = map[string][]string{
	"head changed": {`UPDATE audit_head SET mac = hash`},
	"head removed": {`DELETE FROM audit_head`},
	"one added":    {`INSERT INTO audit (tenant, writer, n, at, line, hash) SELECT tenant, writer, n + 1, at, line, hash FROM audit ORDER BY n DESC LIMIT 1`},
}

const before = `INSERT INTO audit (tenant, writer, n, at, line, hash) SELECT 'new', writer, n, at, line, hash FROM audit WHERE n = 1`

// What cannot be said is not done.
func TestDeedsNeedTheAudit(t *testing.T) {
	w := newScene(t)
	for name, statements := range tampers {
		for _, d := range w.deeds() {
			t.Run(name+"/"+d.command, func(t *testing.T) {
				t.Parallel()
				p := w.copy(t)
				p.tamper(append([]string{before}, statements...)...)
				was := p.dump()
				out, errs, code := p.command(d.stdin, d.words()...)
				if code != refused || !strings.Contains(errs, "the audit was changed from outside") || out != "" {
					t.Errorf("exit %d: %s%s", code, out, errs)
				}
				if diff := cmp.Diff(was, p.dump()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
	t.Cleanup(func() {
		if calls := w.shopify.Calls(shopA); len(calls) > 0 {
			t.Errorf("Shopify was asked: %v", calls)
		}
	})
}

func (d deed) words() []string { return append(strings.Fields(d.command), d.args...) }

func (d deed) owner() string {
	if d.tenant != "" {
		return d.tenant
	}
	return "acme"
}

func (d deed) said() []string {
	if d.acts != nil {
		return d.acts
	}
	return []string{d.command}
}

// auditLine is what these tests read of one.
type auditLine struct {
	Act, By string
	About   map[string]any
}

// audit is what stands in a tenant's, in its order; nothing if there is no such tenant.
func (p *program) audit(tenant string) (lines []auditLine) {
	p.t.Helper()
	out, _, code := p.command("", "audit", "list", tenant, "--json")
	if code != done {
		return nil
	}
	var views []struct{ Line auditLine }
	if err := json.Unmarshal([]byte(out), &views); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range views {
		lines = append(lines, v.Line)
	}
	return lines
}

func (p *program) tamper(statements ...string) {
	p.t.Helper()
	db := p.raw()
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			p.t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (p *program) raw() *sql.DB {
	p.t.Helper()
	db, err := outside(strings.TrimPrefix(p.args[1], "sqlite:"))
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}

// outside opens a database around the program, which may just be writing to it.
func outside(file string) (*sql.DB, error) {
	return sql.Open("sqlite", file+"?_pragma=busy_timeout(10000)")
}

// dump is everything that stands in the database, by table.
func (p *program) dump() map[string][]string {
	p.t.Helper()
	db := p.raw()
	defer db.Close()
	tables := map[string][]string{}
	for _, table := range p.rows(db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		tables[table] = p.rows(db, `SELECT * FROM "`+table+`"`)
	}
	return tables
}

func (p *program) rows(db *sql.DB, query string) (list []string) {
	p.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		p.t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			p.t.Fatal(err)
		}
		var parts []string
		for _, v := range values {
			parts = append(parts, fmt.Sprintf("%s", *v.(*any)))
		}
		list = append(list, strings.Join(parts, " | "))
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	return list
}

// What a flag was set to is in the audit, and what was left out is not.
func TestGiven(t *testing.T) {
	format, ttl := "jwt", life(time.Hour)
	got := given(clientFlags{Scope: []string{"a"}, Audience: []string{}, TokenFormat: &format, TokenTTL: &ttl})
	want := facts{"scope": []string{"a"}, "audience": []string{}, "token_format": "jwt", "token_ttl": "1h0m0s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
