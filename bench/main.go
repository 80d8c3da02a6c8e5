// Command bench measures what the project claims, side by side in one run: the
// whole exchange against a bare Fiber handler that only parses, verifies and
// signs; 50,000 tenants against one; clients' tokens against the storefront's;
// the storefront under a flood of logins; the start and the idle memory.
//
//	go run . [-rounds 5] [-seconds 4] [-tenants 50000] [-only tenants]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

type settings struct {
	rounds, seconds, connections, tenants int
	dir                                   string // everything temporary
	only                                  string // one part; empty: all
}

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 5, "paired rounds")
	flag.IntVar(&s.seconds, "seconds", 4, "length of a round")
	flag.IntVar(&s.connections, "connections", 64, "connections of the load generator")
	flag.IntVar(&s.tenants, "tenants", 50_000, "tenants of the larger database")
	flag.StringVar(&s.only, "only", "", "measure only this: ES256, EdDSA, tenants, machines, flood or idle")
	flag.Parse()
	if err := bench(s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(s settings) (err error) {
	if s.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	for name, source := range map[string]string{"shapestoken": "../server", "bare": "./bare"} {
		build := exec.Command("go", "build", "-o", filepath.Join(s.dir, name), ".")
		build.Dir = source
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	for _, part := range []struct {
		name    string
		measure func() error
	}{
		{"ES256", func() error { return s.againstBare("ES256") }},
		{"EdDSA", func() error { return s.againstBare("EdDSA") }},
		{"tenants", s.manyTenants},
		{"machines", s.machines},
		{"flood", s.flood},
		{"idle", s.idle},
	} {
		if s.only != "" && s.only != part.name {
			continue
		}
		if err := part.measure(); err != nil {
			return err
		}
	}
	return nil
}
