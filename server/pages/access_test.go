package pages_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/pages/pagestest"
)

// everyPage runs a check on each page in each language.
func everyPage(t *testing.T, check func(t *testing.T, tag string, doc *html.Node)) {
	for tag, l := range tongues {
		for _, s := range pagestest.Samples() {
			t.Run(s.Name+" "+tag, func(t *testing.T) { check(t, tag, parse(t, s.Page, l)) })
		}
	}
}

// What a screen reader goes by.
func TestStructure(t *testing.T) {
	everyPage(t, func(t *testing.T, tag string, doc *html.Node) {
		root := find(doc, "html")[0]
		if attribute(root, "lang") != tag || attribute(root, "dir") != "ltr" {
			t.Errorf("html has %v", root.Attr)
		}
		for name, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "style": 1} {
			if found := find(doc, name); len(found) != want || strings.TrimSpace(words(found[0])) == "" {
				t.Errorf("%d %s", len(found), name)
			}
		}
		ids := map[string]bool{}
		for _, e := range find(doc, "") {
			if id, there := has(e, "id"); there && (ids[id] || id == "") {
				t.Errorf("the id %q is there twice, or empty", id)
			} else if there {
				ids[id] = true
			}
		}
		for _, e := range find(doc, "") {
			for _, key := range []string{"for", "form", "aria-describedby"} {
				if id, there := has(e, key); there && !ids[id] {
					t.Errorf("%s points to #%s, which is not there", key, id)
				}
			}
		}
	})
}

// What a person types in has a label, and says to a password manager what it is.
// Every form is a POST, every button says what it does.
func TestForms(t *testing.T) {
	fields := map[string]string{"login": "text username", "email": "email username", "password": "password current-password"}
	everyPage(t, func(t *testing.T, _ string, doc *html.Node) {
		labels := map[string]bool{}
		for _, l := range find(doc, "label") {
			labels[attribute(l, "for")] = words(l) != ""
		}
		for _, in := range find(doc, "input") {
			if attribute(in, "type") == "hidden" {
				continue
			}
			name := attribute(in, "name")
			if got := attribute(in, "type") + " " + attribute(in, "autocomplete"); got != fields[name] {
				t.Errorf("%s is %q", name, got)
			}
			if _, required := has(in, "required"); !required || !labels[attribute(in, "id")] {
				t.Errorf("%s: required %v, labels %v", name, required, labels)
			}
			if value, there := has(in, "value"); name == "password" && there {
				t.Errorf("a password of %d bytes is sent back", len(value))
			}
		}
		for _, f := range find(doc, "form") {
			if attribute(f, "method") != "post" || attribute(f, "action") != "/sent" {
				t.Errorf("a form has %v", f.Attr)
			}
		}
		for _, b := range find(doc, "button") {
			if attribute(b, "type") != "submit" || words(b) == "" {
				t.Errorf("a button has %v and says %q", b.Attr, words(b))
			}
		}
	})
}

// Where a page is for one thing that a person types, typing can begin. Where it
// asks for a decision, nothing is chosen beforehand.
func TestAutofocus(t *testing.T) {
	want := map[string]string{"login": "login", "login-alone": "login", "login-wrong": "password", "login-wait": "password"}
	for _, s := range pagestest.Samples() {
		got := ""
		for _, e := range find(parse(t, s.Page, pages.English), "") {
			if _, there := has(e, "autofocus"); there {
				got += attribute(e, "name")
			}
		}
		if got != want[s.Name] {
			t.Errorf("%s: autofocus on %q, want %q", s.Name, got, want[s.Name])
		}
	}
}

// What went wrong is told first: in the title, to a screen reader, and of the
// fields that are to be looked at again.
func TestTroubleIsTold(t *testing.T) {
	for _, s := range pagestest.Samples() {
		doc := parse(t, s.Page, pages.English)
		trouble := strings.HasPrefix(words(find(doc, "title")[0]), "Error: ")
		alerts, described := 0, 0
		for _, e := range find(doc, "") {
			if attribute(e, "role") == "alert" {
				alerts++
			}
			if attribute(e, "aria-describedby") == "trouble" {
				described++
			}
		}
		wants := s.Name == "login-wrong" || s.Name == "login-wait" || s.Name == "grant-refused"
		if trouble != wants || (alerts == 1) != wants || (described == 2) != wants {
			t.Errorf("%s: in the title %v, %d alerts, %d fields", s.Name, trouble, alerts, described)
		}
	}
}

// Who denies sends no password: that button belongs to a form without one. And
// Enter in a field is not a no.
func TestDenyingGrantSendsNoPassword(t *testing.T) {
	doc := parse(t, sample(t, "grant"), pages.English)
	for _, f := range find(doc, "form") {
		if attribute(f, "id") != "deny" {
			continue
		}
		for _, in := range find(f, "input") {
			if attribute(in, "type") != "hidden" {
				t.Errorf("denying sends %s", attribute(in, "name"))
			}
		}
	}
	for _, b := range find(doc, "button") {
		if (attribute(b, "value") == "deny") != (attribute(b, "form") == "deny") {
			t.Errorf("%s belongs to %q", attribute(b, "value"), attribute(b, "form"))
		}
	}
	if first := find(doc, "button")[0]; attribute(first, "value") != "allow" {
		t.Errorf("Enter is %s", attribute(first, "value"))
	}
}

func sample(t *testing.T, name string) pages.Page {
	t.Helper()
	for _, s := range pagestest.Samples() {
		if s.Name == name {
			return s.Page
		}
	}
	t.Fatalf("no sample %s", name)
	return nil
}

// Where a name is missing there is something else to go by, and no hole.
func TestWithoutNames(t *testing.T) {
	for want, p := range map[string]pages.Page{
		"client_contacts would like to use your Pebblewick account": pages.Consent{Brand: "Pebblewick", AppID: "client_contacts"},
		"client_reports":         pages.Account{Apps: []pages.Allowed{{Client: "client_reports"}}},
		"you go back to the app": pages.Consent{},
		"Something went wrong":   pages.Failure{Fault: "something else"},
		"One moment":             pages.Onward{URL: "javascript:alert(1)"},
	} {
		doc := parse(t, p, pages.English)
		if got := words(find(doc, "main")[0]); !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
		if links := find(doc, "a"); len(links) != 0 {
			t.Errorf("%q: a link leads to %q", want, attribute(links[0], "href"))
		}
	}
}
