// Command bench measures what the project claims, side by side in one run: the
// whole exchange against a bare Fiber handler that only parses, verifies and
// signs; 50,000 tenants against one; the start and the idle memory.
//
//	go run . [-rounds 5] [-seconds 4] [-tenants 50000]
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
}

func main() {
	var s settings
	flag.IntVar(&s.rounds, "rounds", 5, "paired rounds")
	flag.IntVar(&s.seconds, "seconds", 4, "length of a round")
	flag.IntVar(&s.connections, "connections", 64, "connections of the load generator")
	flag.IntVar(&s.tenants, "tenants", 50_000, "tenants of the larger database")
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
	for _, algorithm := range []string{"ES256", "EdDSA"} {
		if err := s.againstBare(algorithm); err != nil {
			return err
		}
	}
	if err := s.manyTenants(); err != nil {
		return err
	}
	return s.idle()
}
