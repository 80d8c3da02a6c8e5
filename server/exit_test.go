package main

import (
	"fmt"
	"strings"
	"testing"
)

// Scripts tell a wrong command line (2) from a refusal (1).
func TestExitCodes(t *testing.T) {
	p := newProgram(t)
	for _, row := range []struct {
		code int
		args []string
	}{
		{done, []string{"version"}},
		{done, []string{"--help"}},
		{done, []string{"shop", "add", "--help"}},
		{done, []string{"tenant", "list"}},
		{refused, []string{"key", "list", "nobody"}},
		{refused, []string{"hmac", "verify", "1", "x", "--secret-env", "HOME"}},
		{misused, []string{}},
		{misused, []string{"made-up"}},
		{misused, []string{"tenant"}},
		{misused, []string{"tenant", "create"}},
		{misused, []string{"tenant", "list", "--made-up"}},
		{misused, []string{"tenant", "create", "A"}},
		{misused, []string{"tenant", "delete", "acme"}},
		{misused, []string{"hmac", "sign", "1"}},
		{misused, []string{"hmac", "sign", "1", "--secret-stdin", "--secret-env", "HOME"}},
		{misused, []string{"serve", "--ip-rate", "many"}},
		{misused, []string{"serve", "--ip-rate", "-1"}},
		{misused, []string{"serve", "--ip-rate", "NaN"}},
		{misused, []string{"serve", "--ip-rate", "+Inf"}},
		{misused, []string{"serve", "--base-domain", "https://id.example.com"}},
		{misused, []string{"serve", "--base-domain", ".id.example.com"}},
		{misused, []string{"serve", "--base-domain", "id.example.com:443"}},
		{misused, []string{"serve", "--trusted-proxy", "not-a-network"}},
	} {
		if out, errs, code := p.command("secret", row.args...); code != row.code {
			t.Errorf("%v: exit %d, want %d\n%s%s", row.args, code, row.code, out, errs)
		}
	}
}

// Whoever adds a shop too many is told what the themes must send from then on.
func TestManyShops(t *testing.T) {
	p := newProgram(t)
	p.must("", "tenant", "create", "acme")
	for i := range 17 {
		_, errs, code := p.command("", "shop", "add", "acme", fmt.Sprintf("shop-%d.myshopify.com", i))
		if code != done || strings.Contains(errs, "names no shop") != (i == 16) {
			t.Errorf("shop %d: exit %d: %s", i+1, code, errs)
		}
	}
}
