package e2e

import (
	"os/exec"
	"testing"
)

// The checks that we give theme developers, and those that we run over what we
// ship, each find what they are there for.
func TestThemeChecks(t *testing.T) {
	out, err := exec.Command("node", "--test", "theme-check.test.mjs", "../web/theme-check/checks.test.mjs").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
