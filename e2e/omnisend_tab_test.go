package e2e

import (
	"fmt"
	"strings"
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

// presses the button that is found by its selector, when the page has it.
func (b tab) presses(selector string) {
	b.t.Helper()
	button := fmt.Sprintf(`document.querySelector(%q)`, selector)
	b.shows(`document.readyState === 'complete' && !!` + button)
	b.ask("evaluate", object{"expression": button + ".click()"})
}

// signsIn fills in the login page and sends it.
func (b tab) signsIn(name, word string) {
	b.t.Helper()
	b.shows(`document.readyState === 'complete' && !!document.querySelector('#password')`)
	b.ask("evaluate", object{"expression": strings.NewReplacer("NAME", quoted(b.t, name), "WORD", quoted(b.t, word)).Replace(
		`(document.querySelector('#login').value = NAME, document.querySelector('#password').value = WORD, true)`)})
	b.presses("form button.main")
}
