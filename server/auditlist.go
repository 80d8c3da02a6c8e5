package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type auditCommands struct {
	List   auditList   `cmd:"" help:"Show what was issued and administered last. Storefront exchanges are counted and logged, and not here."`
	Verify auditVerify `cmd:"" help:"Look whether a line was changed, removed, moved or added; exit 1 and where, if so."`
}

type auditList struct {
	Tenant string `arg:""`
	Since  *life  `env:"-" help:"Only what was written in this time, such as 24h or 7d." placeholder:"D"`
	Limit  int    `env:"-" default:"100" help:"At most so many of the last lines: 1 to 100000. Default: ${default}." placeholder:"N"`
}

const mostLines = 100_000

// Run lists lines by their time.
func (c *auditList) Run(a *app) error {
	if c.Limit < 1 || c.Limit > mostLines {
		return usageError(fmt.Sprintf("--limit is 1 to %d", mostLines))
	}
	since := time.Unix(0, 0)
	if c.Since != nil && *c.Since != life(broker.Forever) {
		since = time.Now().Add(-time.Duration(*c.Since))
	}
	return a.withStore(func(s *store.Store) error {
		list, err := s.In(c.Tenant).LatestAudit(a.ctx, since, c.Limit)
		if err != nil {
			return err
		}
		values := []auditView{}
		rows := [][]string{{"TIME", "WRITER", "LINE", "ACT", "WHAT"}}
		for _, l := range list {
			values = append(values, auditView{rfc3339(l.At), l.Writer, l.N, said(l.Line)})
			act, what := tell(l.Line)
			rows = append(rows, []string{rfc3339(l.At), l.Writer, fmt.Sprint(l.N), act, what})
		}
		return a.print(values, table(rows))
	})
}

// auditView is a line for programs.
type auditView struct {
	At     string `json:"at"`
	Writer string `json:"writer"`
	N      int64  `json:"n"`
	Line   any    `json:"line"`
}

// said is a line as JSON, or as a text where somebody has made something else of it.
func said(line string) any {
	if json.Valid([]byte(line)) {
		return json.RawMessage(line)
	}
	return line
}

// tell is a line for people: what was done, and all else that it says.
func tell(line string) (act, what string) {
	var members map[string]any
	if json.Unmarshal([]byte(line), &members) != nil {
		return "", line
	}
	act, _ = members["act"].(string)
	delete(members, "act")
	if about, nested := members["about"].(map[string]any); nested {
		delete(members, "about")
		maps.Copy(members, about)
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		parts = append(parts, name+"="+word(members[name]))
	}
	return act, strings.Join(parts, " ")
}

// word is a value: a text as it is, unless it could be taken for more than one.
func word(value any) string {
	if text, ok := value.(string); ok && text != "" && !strings.ContainsAny(text, ` ="`) {
		return text
	}
	b, _ := json.Marshal(value) // it was JSON
	return string(b)
}
