package pages_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/pages/pagestest"
)

var update = flag.Bool("update", false, "rewrite the outlines in testdata")

var tongues = map[string]pages.Lang{"en": pages.English, "de": pages.German}

// What every page comes to, read by a parser of HTML: its elements, their
// attributes and texts.
func TestPages(t *testing.T) {
	for tag, l := range tongues {
		var got strings.Builder
		for _, s := range pagestest.Samples() {
			fmt.Fprintf(&got, "== %s\n", s.Name)
			outline(&got, find(parse(t, s.Page, l), "html")[0], 0)
		}
		name := "testdata/" + tag + ".txt"
		if *update {
			if err := os.WriteFile(name, []byte(got.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-update rewrites it):\n%s", name, diff)
		}
	}
}

func parse(t *testing.T, p pages.Page, l pages.Lang) *html.Node {
	t.Helper()
	body, err := pages.Render(p, l)
	if err != nil {
		t.Fatal(err)
	}
	node, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return node
}

// outline writes a tree, one element or text a line.
func outline(b *strings.Builder, n *html.Node, depth int) {
	switch {
	case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
		fmt.Fprintf(b, "%s%q\n", strings.Repeat(" ", depth), n.Data)
	case n.Type == html.ElementNode:
		fmt.Fprintf(b, "%s%s", strings.Repeat(" ", depth), n.Data)
		for _, a := range n.Attr {
			fmt.Fprintf(b, " %s=%q", a.Key, a.Val)
		}
		b.WriteString("\n")
		if n.Data == "style" {
			return
		}
	}
	for c := range n.ChildNodes() {
		outline(b, c, depth+1)
	}
}

// find returns the elements of that name, or all for "".
func find(n *html.Node, name string) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (name == "" || d.Data == name) {
			found = append(found, d)
		}
	}
	return found
}

func attribute(n *html.Node, key string) string {
	value, _ := has(n, key)
	return value
}

func has(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
