package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Whoever wants to switch a grant off finds it in the help, the newest too.
func TestHelpNamesEachGrant(t *testing.T) {
	p := &program{t: t}
	for _, command := range []string{"create", "set"} {
		help, _, code := p.command("", "tenant", command, "--help")
		_, list, found := strings.Cut(strings.Join(strings.Fields(help), " "), "Switch a grant off: ")
		list, _, ended := strings.Cut(list, " ($SHAPESTOKEN_DENY)")
		if code != done || !found || !ended {
			t.Fatalf("tenant %s: exit %d\n%s", command, code, help)
		}
		var named []broker.GrantType
		for _, name := range regexp.MustCompile(`[a-z_-]+`).FindAllString(list, -1) {
			named = append(named, broker.GrantType(name))
		}
		if diff := cmp.Diff(broker.GrantTypes, named); diff != "" {
			t.Errorf("tenant %s: %s", command, diff)
		}
	}
}
