package doctor

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// findingsInCode are all that the checks can find: code and level.
func findingsInCode(t *testing.T) []string {
	all := map[string]bool{}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			f, isMethod := call.Fun.(*ast.SelectorExpr)
			if !isMethod || len(call.Args) < 2 {
				return true
			}
			level := map[string]Level{"ok": OK, "note": Note, "warn": Warning, "fail": Error, "missing": Error}[f.Sel.Name]
			if literal, isLiteral := call.Args[0].(*ast.BasicLit); level != "" && isLiteral {
				code, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				all[code+" "+string(level)] = true
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(all))
}

// Every finding is in the manual, with its level, and nothing else is.
func TestDocumented(t *testing.T) {
	manual, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\| (ok|note|warning|error) \\|").FindAllStringSubmatch(string(manual), -1) {
		documented = append(documented, row[1]+" "+row[2])
	}
	slices.Sort(documented)
	if diff := cmp.Diff(findingsInCode(t), documented); diff != "" {
		t.Error(diff)
	}
}

// Every finding is told in some story.
func TestEveryFindingIsTold(t *testing.T) {
	told := map[string]bool{}
	for _, s := range stories {
		report, err := os.ReadFile("testdata/" + s.name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range regexp.MustCompile(`(?m)^(ok|note|warning|error) +([a-z0-9-]+)`).FindAllStringSubmatch(string(report), -1) {
			told[line[2]+" "+line[1]] = true
		}
	}
	if diff := cmp.Diff(findingsInCode(t), slices.Sorted(maps.Keys(told))); diff != "" {
		t.Error(diff)
	}
}
