package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
)

func TestHandlerKeepsTheRulesOfSlog(t *testing.T) {
	var p *pipe
	var flush func()
	open := func(*testing.T) slog.Handler {
		var log *slog.Logger
		p = new(pipe)
		log, flush = NewLogger(p, slog.LevelDebug)
		return log.Handler()
	}
	slogtest.Run(t, open, func(t *testing.T) map[string]any {
		flush()
		all := objects(t, p.String())
		if len(all) != 1 {
			t.Fatalf("%d lines, want 1", len(all))
		}
		return all[0]
	})
}

func TestLevel(t *testing.T) {
	var p pipe
	log, flush := NewLogger(&p, slog.LevelWarn)
	log.Debug("debug")
	log.Info("info")
	log.Warn("warn")
	flush()
	got := objects(t, p.String())
	if len(got) != 1 || got[0]["msg"] != "warn" || got[0]["level"] != "WARN" {
		t.Errorf("at level warn these came out: %v", got)
	}
}

// nasty is what a caller could send to forge a line or to command a terminal.
var nasty = map[string]string{
	"CR":                   "a\rb",
	"LF":                   "a\nb",
	"a forged line":        "a\"}\n{\"level\":\"ERROR\",\"msg\":\"b",
	"ESC":                  "\x1b[31mb",
	"the C1 CSI":           "\u009b31mb",
	"NUL":                  "a\x00b",
	"backspace":            "a\bb",
	"DEL":                  "a\x7fb",
	"DEL at the end":       "abcdefgh\x7f",
	"line separator":       "a\u2028b",
	"paragraph separator":  "a\u2029b",
	"right-to-left":        "a\u202eb",
	"isolate":              "a\u2066b",
	"zero width":           "a\u200bb",
	"byte order mark":      "\ufeffb",
	"no-break space":       "a\u00a0b",
	"language tag":         "a\U000e0001b",
	"a lone replacement":   "a\ufffdb",
	"a backslash":          `a\nb`,
	"letters of the world": "Grüße, 你好, שלום 👋",
}

func TestValuesComeOutEscaped(t *testing.T) {
	for name, text := range nasty {
		t.Run(name, func(t *testing.T) { checkEscaped(t, text) })
	}
}

func FuzzValuesComeOutEscaped(f *testing.F) {
	for _, text := range nasty {
		f.Add(text)
	}
	f.Add("\xff\xc2")
	f.Fuzz(checkEscaped)
}

// checkEscaped logs text in every place there is and reads it back.
func checkEscaped(t *testing.T, text string) {
	var p pipe
	log, flush := NewLogger(&p, slog.LevelInfo)
	log.With("with", text).WithGroup("g").LogAttrs(context.Background(), slog.LevelInfo, text,
		slog.String("string", text), slog.Any("error", errors.New(text)),
		slog.Any("struct", struct{ Text string }{text}), slog.Int("x"+text, 1))
	flush()

	line, rest, _ := strings.Cut(p.String(), "\n")
	if rest != "" {
		t.Fatalf("more than one line: %q", p.String())
	}
	for _, r := range line {
		if !unicode.IsPrint(r) {
			t.Fatalf("%U stands in the open: %q", r, line)
		}
	}
	if !utf8.ValidString(text) {
		return // how many replacements a broken sequence gives is encoding/json's affair
	}
	got := objects(t, line)[0]
	delete(got, "time")
	if diff := cmp.Diff(map[string]any{
		"level": "INFO", "msg": text, "with": text,
		"g": map[string]any{"string": text, "error": text, "struct": map[string]any{"Text": text}, "x" + text: 1.0},
	}, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// TestEscapeLooksAtEveryByte puts each byte that isn't plain at each place of a
// line, valid UTF-8 or not.
func TestEscapeLooksAtEveryByte(t *testing.T) {
	for b := 0x7f; b <= 0xff; b++ {
		for at := range 20 {
			line := []byte(strings.Repeat("x", 20) + "\n")
			line[at] = byte(b)
			want := strings.Repeat("x", at) + `\ufffd` + strings.Repeat("x", 19-at) + "\n"
			if b == 0x7f {
				want = strings.ReplaceAll(want, "fffd", "007f")
			}
			if diff := cmp.Diff(want, string(escape(line))); diff != "" {
				t.Fatalf("byte %#x at %d (-want +got):\n%s", b, at, diff)
			}
		}
	}
}

// lazy hides its names until it is logged.
type lazy struct{ slog.Value }

func (l lazy) LogValue() slog.Value { return l.Value }

func TestTellingNamesAreRedacted(t *testing.T) {
	const canary = "canary-4711"
	for _, name := range []string{
		"secret", "id_secret", "clientSecret", "SECRETS", "token", "accessToken", "refresh_token",
		"signature", "X-Signature", "password", "PASSWORDS", "authorization", "Authorization", "cookie", "Set-Cookie",
	} {
		value := slog.String(name, canary)
		inner := slog.String("value", canary)
		for place, text := range map[string]string{
			"attribute":          logged(t, value),
			"after five others":  logged(t, slog.Int("a", 1), slog.Int("b", 1), slog.Int("c", 1), slog.Int("d", 1), slog.Int("e", 1), value),
			"not a string":       logged(t, slog.Any(name, []string{canary})),
			"in a group":         logged(t, slog.Group("g", value)),
			"in a nameless one":  logged(t, slog.Group("", value)),
			"deep":               logged(t, slog.Group("g", slog.Group("h", value))),
			"under a group":      logged(t, slog.Group(name, inner)),
			"deep under a group": logged(t, slog.Group(name, slog.Group("h", inner))),
			"a lazy group":       logged(t, slog.Any("g", lazy{slog.GroupValue(value)})),
			"With":               with(func(l *slog.Logger) { l.With(name, canary).Info("m") }),
			"With a group":       with(func(l *slog.Logger) { l.With(slog.Group(name, inner)).Info("m") }),
			"WithGroup":          with(func(l *slog.Logger) { l.WithGroup(name).Info("m", "value", canary) }),
			"WithGroup, With":    with(func(l *slog.Logger) { l.WithGroup(name).With("value", canary).Info("m") }),
			"WithGroup twice":    with(func(l *slog.Logger) { l.WithGroup(name).WithGroup("h").Info("m", "value", canary) }),
		} {
			if strings.Contains(text, canary) || !strings.Contains(text, `"[redacted]"`) {
				t.Errorf("%s, %s: %s", name, place, text)
			}
		}
	}
}

func TestOtherNamesAreNotRedacted(t *testing.T) {
	for _, name := range []string{"tenant", "shop", "request_id", "outcome", "cause", "key", "pass", "author", "sign", "toke", "cook", ""} {
		if text := logged(t, slog.String(name, "value")); !strings.Contains(text, `"value"`) {
			t.Errorf("%q: %s", name, text)
		}
	}
	text := with(func(l *slog.Logger) {
		l.WithGroup("shop").With("token", "canary").Info("m", "name", "acme")
	})
	if strings.Contains(text, "canary") || !strings.Contains(text, "acme") {
		t.Errorf("a telling name beside another in a group: %s", text)
	}
}

// with is what is written when use has logged.
func with(use func(*slog.Logger)) string {
	var p pipe
	log, flush := NewLogger(&p, slog.LevelDebug)
	use(log)
	flush()
	return p.String()
}

// TestSecretTextCannotBeLogged is the first net: a secret under an innocent name.
func TestSecretTextCannotBeLogged(t *testing.T) {
	const canary = "canary-0123456789abcdef0123456789abcdef"
	text := secret.New(canary)
	out := logged(t, slog.Any("a", text), slog.Any("b", &text), slog.Any("c", struct{ T secret.Text }{text}),
		slog.String("d", fmt.Sprintf("%v %+v %#v %s %q %x", text, text, text, text, text, text)),
		slog.Group("e", slog.Any("f", []secret.Text{text})))
	if strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
		t.Errorf("a secret came out: %s", out)
	}
}

func TestDroppedOfAnotherLogger(t *testing.T) {
	if n := Dropped(slog.New(slog.DiscardHandler)); n != 0 {
		t.Errorf("a logger of another kind has dropped %d", n)
	}
}
