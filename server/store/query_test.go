package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// where says which argument of a call is a query.
var where = map[string]int{
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1,
	"Exec": 1, "Query": 1, "QueryRow": 1, "Prepare": 1, // pgx's own
	"exec": 2, "must": 3, "one": 2, "find": 4, "all": 3, "erase": 1,
}

// handedOn are the expressions by which the helpers hand on a query that is constant where it stands.
var handedOn = map[string]bool{
	"query": true, "c.page": true, "c.replace": true, "s.source.engine.tables": true, "s.source.engine.scrub": true,
}

// TestQueriesAreConstant sees to it that no query is put together from parts:
// each is one literal, so that nothing from outside can get into it.
func TestQueriesAreConstant(t *testing.T) {
	seen := 0
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if query, ok := queryOf(call); ok {
					seen++
					if !constant(query) {
						t.Errorf("the query of %s is put together", text(call.Fun))
					}
				}
			}
			return true
		})
	}
	if seen < 50 {
		t.Errorf("only %d queries found; does this test still know how they are made?", seen)
	}
}

func TestQueriesAreConstantFindsOthers(t *testing.T) {
	for source, want := range map[string]bool{
		"exec(ctx, tx, `SELECT 1`)":                             true,
		"exec(ctx, tx, `SELECT ` + name)":                       false,
		"one[int64](ctx, tx, fmt.Sprintf(`SELECT %s`, name))":   false,
		"all(ctx, tx, read, built)":                             false,
		"find(ctx, tx, ErrNotFound, read, built)":               false,
		"tx.QueryRowContext(ctx, strings.Join(parts, ` AND `))": false,
	} {
		expr, err := parser.ParseExpr(source)
		if err != nil {
			t.Fatal(err)
		}
		query, ok := queryOf(expr.(*ast.CallExpr))
		if !ok || constant(query) != want {
			t.Errorf("%s: found %v, constant %v, want %v", source, ok, ok && constant(query), want)
		}
	}
}

func sources(t *testing.T) (files []*ast.File) {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func queryOf(call *ast.CallExpr) (ast.Expr, bool) {
	name := text(call.Fun)
	if strings.HasPrefix(name, "prepared.") { // its query was looked at where it was prepared
		return nil, false
	}
	at, ok := where[name[strings.LastIndex(name, ".")+1:]]
	if !ok || len(call.Args) == 0 {
		return nil, false
	}
	return call.Args[min(at, len(call.Args)-1)], true
}

func constant(e ast.Expr) bool {
	_, literal := e.(*ast.BasicLit)
	return literal || handedOn[text(e)]
}

// text writes names and selectors as they stand in the source, without type arguments.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return text(e.X)
	}
	return ""
}
