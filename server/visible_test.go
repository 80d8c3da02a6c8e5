package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "Ünïcode, 字": "Ünïcode, 字", `quo"te \d`: `quo"te \d`,
		"\x1b[31mred": `\x1b[31mred`, "a\nb\tc\r": `a\nb\tc\r`, "\u009b2J": `\u009b2J`, "\x7f": `\x7f`, "a\u202eb": `a\u202eb`, "\u2028": `\u2028`,
		"\xff": `\xff`, "\u200b": `\u200b`, "\U000e0041": `\U000e0041`, "a\\\n": `a\\\n`,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := table([][]string{{"A", "B"}, {"x\ty", "\x1b[2J"}}); got != "A     B\nx\\ty  \\x1b[2J" {
		t.Errorf("a table: %q", got)
	}
}

// Programs read the same value, and a terminal sees nothing that is not to be seen.
func TestVisibleJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + rapid.SampledFrom([]string{"", "\u009b", "\u202e", "\U000e0041", "\x7f", "\n"}).Draw(t, "end")
		b, _ := json.Marshal(map[string]string{text: text})
		shown := visibleJSON(string(b) + "\n")
		var back map[string]string
		if err := json.Unmarshal([]byte(shown), &back); err != nil || len(back) != 1 || back[text] != text {
			t.Fatalf("%q was read back as %q: %v", text, back, err)
		}
		if strings.ContainsFunc(strings.TrimSuffix(shown, "\n"), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q shows more than it should", shown)
		}
	})
}
