package main

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/shapestoken/shapestoken/server/store"
)

type auditVerify struct {
	Tenant string `arg:""`
}

// Run verifies each writer's chain, and fails if something is wrong with one.
func (c *auditVerify) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		chains, err := s.In(c.Tenant).VerifyAudit(a.ctx)
		if err != nil {
			return err
		}
		var wrong []string
		values := []facts{}
		rows := [][]string{{"WRITER", "LINES", "HEAD", "FOUND"}}
		for _, chain := range chains {
			found := "as it was written"
			if chain.Problem != "" {
				found = chain.Problem
				wrong = append(wrong, visible(chain.Writer)+": "+chain.Problem)
			}
			head := hex.EncodeToString(chain.Head[:])
			values = append(values, facts{"writer": chain.Writer, "lines": chain.Lines, "head": head, "problem": chain.Problem})
			rows = append(rows, []string{chain.Writer, fmt.Sprint(chain.Lines), head, found})
		}
		if err := a.print(values, table(rows)); err != nil || len(wrong) == 0 {
			return err
		}
		return fmt.Errorf("the audit of %s was changed from outside: %s", c.Tenant, strings.Join(wrong, "; "))
	})
}
