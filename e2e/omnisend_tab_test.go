package e2e

import (
	"fmt"
	"testing"
	"time"
)

var engines = []string{"chromium", "firefox", "webkit"}

// installedEngines are the browsers' programs, as browsers/engines wants them.
func installedEngines(t *testing.T) object {
	t.Helper()
	all := programs(t)
	all["chromium"] = chromium(t)
	return all
}

// tab is a person at a real browser.
type tab struct {
	t   *testing.T
	ask library
}

func newTab(t *testing.T, engine string) tab {
	t.Helper()
	return tab{t, script("node", "browsers/remote.mjs")(t, object{"engine": engine, "programs": installedEngines(t)})}
}

func (b tab) open(address string) {
	b.t.Helper()
	if answer := b.ask("goto", object{"url": address}); answer["error"] != nil {
		b.t.Fatalf("%s: %v", address, answer["error"])
	}
}

// shows waits for a condition on the page, across navigations.
func (b tab) shows(condition string) {
	b.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b.ask("evaluate", object{"expression": condition})["value"] == true {
			return
		}
	}
	b.t.Fatalf("not within 15 s: %s, at %v", condition, b.ask("evaluate", object{"expression": "location.href + document.body.innerText"}))
}

// does something to what is found by its selector, when the page has it.
func (b tab) does(selector, something string) {
	b.t.Helper()
	found := fmt.Sprintf(`document.querySelector(%q)`, selector)
	b.shows(`document.readyState === 'complete' && !!` + found)
	b.ask("evaluate", object{"expression": found + something})
}

func (b tab) presses(selector string) {
	b.t.Helper()
	b.does(selector, ".click()")
}

// fills in the field of that name.
func (b tab) fills(name, text string) {
	b.t.Helper()
	b.does("[name="+name+"]", ".value = "+quoted(b.t, text))
}

// signsIn fills in the login page and sends it.
func (b tab) signsIn(name, word string) {
	b.t.Helper()
	b.fills("login", name)
	b.fills("password", word)
	b.presses("form button.main")
}
