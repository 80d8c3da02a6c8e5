package pages_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/pages/pagestest"
)

// Whatever stands in whichever field, a page has the elements and attributes
// that it has with a word, or with an address, in that field.
func TestHostileTextsAreTexts(t *testing.T) {
	payloads := pagestest.Payloads()
	if len(payloads) < 40 {
		t.Fatalf("only %d payloads", len(payloads))
	}
	made := 0
	for _, s := range pagestest.Samples() {
		words := shapes(t, s.Page, "word")
		addresses := shapes(t, s.Page, "https://harmless.example/")
		for _, payload := range payloads {
			for field, page := range filled(s.Page, payload) {
				made++
				doc := parse(t, page, pages.English)
				got := shape(doc)
				if got != words[field] && got != addresses[field] {
					t.Errorf("%s: %s with %q:\n%s", s.Name, field, payload, cmp.Diff(words[field], got))
				}
				leads(t, doc, fmt.Sprintf("%s: %s with %q", s.Name, field, payload))
			}
		}
	}
	t.Logf("%d pages with %d payloads", made, len(payloads))
}

// filled are pages with the text in one field each, and in all of them.
func filled(p pages.Page, text string) map[string]pages.Page {
	all := pagestest.Fields(p, text)
	all["everywhere"] = pagestest.Fill(p, text)
	return all
}

func shapes(t *testing.T, p pages.Page, text string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for field, page := range filled(p, text) {
		found[field] = shape(parse(t, page, pages.English))
	}
	return found
}

// texts are the attributes that may hold a text of somebody else's.
var texts = []string{"value", "aria-label", "href", "action"}

// shape is a document without its texts.
func shape(doc *html.Node) string {
	var b strings.Builder
	for d := range doc.Descendants() {
		switch d.Type {
		case html.CommentNode:
			b.WriteString("comment\n")
		case html.ElementNode:
			depth := 0
			for range d.Ancestors() {
				depth++
			}
			fmt.Fprintf(&b, "%d %s:%s", depth, d.Namespace, d.Data)
			for _, a := range d.Attr {
				value := a.Val
				hidden := attribute(d, "type") == "hidden" && a.Key == "name"
				if slices.Contains(texts, a.Key) || hidden || a.Key == "content" && strings.HasPrefix(value, "0; url=") {
					value = ""
				}
				fmt.Fprintf(&b, " %s=%q", a.Key, value)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// leads checks where a page may lead: nowhere that a browser would run.
func leads(t *testing.T, doc *html.Node, what string) {
	t.Helper()
	for _, e := range find(doc, "") {
		for _, key := range []string{"href", "action", "content"} {
			address, there := has(e, key)
			if key == "content" {
				address, there = strings.CutPrefix(address, "0; url=")
			}
			if !there || address == "" {
				continue
			}
			u, err := url.Parse(address)
			switch {
			case err != nil:
				t.Errorf("%s: %s is %q: %v", what, key, address, err)
			case u.Scheme == "http", u.Scheme == "https", u.Scheme == "com.example.contacts":
			case u.Scheme == "" && strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.Contains(address, `\`):
			default:
				t.Errorf("%s: %s is %q", what, key, address)
			}
		}
	}
}

// Nothing is lost, either: a name that looks like HTML is shown as it is.
func TestNamesAreShownAsTheyAre(t *testing.T) {
	const name = `A & B's <b>"shop"</b> {app}`
	for _, s := range pagestest.Samples() {
		doc := parse(t, pagestest.Fill(s.Page, name), pages.English)
		if got := words(find(doc, "title")[0]) + words(find(doc, "main")[0]); strings.Count(got, name) < 2 {
			t.Errorf("%s: %q", s.Name, got)
		}
	}
}

// The elements and attributes there may be: none that runs or loads anything.
func TestNothingButText(t *testing.T) {
	allowed := strings.Fields("html head meta title style body main p span bdi h1 h2 ul li code form input label button a section details summary time")
	attributes := strings.Fields("lang dir charset name content http-equiv class aria-hidden aria-label aria-describedby role id type value for method action form " +
		"autocomplete autocapitalize autocorrect spellcheck required autofocus href rel datetime")
	everyPage(t, func(t *testing.T, _ string, doc *html.Node) {
		for _, e := range find(doc, "") {
			if !slices.Contains(allowed, e.Data) {
				t.Errorf("there is a %s", e.Data)
			}
			for _, a := range e.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("%s has %s", e.Data, a.Key)
				}
			}
		}
	})
}
