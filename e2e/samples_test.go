package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// A system is one page of docs/integrators: its programs are those named after it.
type system struct {
	name string
	path string // what its programs call
}

var systems = []system{{"omneo", "/api/v3/profiles"}, {"omnilab", "/v1/bookings"}}

// files are the pieces of code of a page by the name in their first line.
func files(t *testing.T, page string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, block := range blocks.FindAllStringSubmatch(file(t, page), -1) {
		first, _, _ := strings.Cut(block[2], "\n")
		name := strings.TrimPrefix(strings.TrimPrefix(first, "// "), "# ")
		if name == first || strings.ContainsRune(name, ' ') || filepath.Ext(name) == "" {
			continue
		}
		if found[name] != "" {
			t.Fatalf("%s has two of %s", page, name)
		}
		found[name] = block[2]
	}
	return found
}

// programs are a page's, in a folder, each ready to be started: main is what the
// page shows, crowd is ours and makes as many calls at once as it is told.
func (s system) programs(t *testing.T) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	for name, text := range files(t, "../docs/integrators/"+s.name+".md") {
		p.write(name, text)
	}
	for _, ext := range []string{".ts", ".py", ".sh"} {
		p.write("crowd"+ext, strings.ReplaceAll(file(t, "testdata/integrators/crowd"+ext), "system", s.name))
	}
	p.write("crowd/crowd.go", strings.ReplaceAll(file(t, "testdata/integrators/crowd.go"), "system", s.name))
	p.write("go.mod", "module example.com/yours\n\ngo 1.26\n")
	return p
}

// languages are how a program of a folder is made, and started.
var languages = map[string]func(p *project, name string) []string{
	"TypeScript": func(p *project, name string) []string {
		p.write(name+".mjs", p.esbuild(name+".ts", api.BuildOptions{Platform: api.PlatformNode, Target: api.ES2022}))
		return []string{"node", name + ".mjs"}
	},
	"Go": func(p *project, name string) []string {
		from := map[string]string{"main": ".", "crowd": "./crowd"}[name]
		for _, args := range [][]string{{"vet", from}, {"build", "-o", p.path(name + ".bin"), from}} {
			c := exec.Command("go", args...)
			c.Dir, c.Env = p.dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
			if out, err := c.CombinedOutput(); err != nil {
				p.t.Fatalf("go %v: %v\n%s", args, err, out)
			}
		}
		return []string{p.path(name + ".bin")}
	},
	"Python": func(_ *project, name string) []string { return []string{"/usr/bin/python3", name + ".py"} },
	"shell":  func(_ *project, name string) []string { return []string{"sh", name + ".sh"} },
}
