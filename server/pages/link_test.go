package pages

import "testing"

func TestLinks(t *testing.T) {
	for address, want := range map[string]struct{ link, external string }{
		"https://shop.example.com/a?b=c#d": {"https://shop.example.com/a?b=c#d", "https://shop.example.com/a?b=c#d"},
		"http://localhost:6000/":           {"http://localhost:6000/", "http://localhost:6000/"},
		"http://[::1]:6000/":               {"http://[::1]:6000/", "http://[::1]:6000/"},
		"/t/acme/oauth2/login":             {"/t/acme/oauth2/login", ""},
		"/a?b=https://x":                   {"/a?b=https://x", ""},
		"com.example.app:/back?code=1":     {"", "com.example.app:/back?code=1"},
		"myapp://back":                     {"", "myapp://back"},
		"":                                 {},
		"word":                             {},
		"a/b":                              {},
		"?a=b":                             {},
		"#a":                               {},
		"//evil.example/":                  {},
		"///evil.example/":                 {},
		`/\evil.example/`:                  {},
		`\/evil.example/`:                  {},
		"/\t/evil.example/":                {},
		"https:evil.example":               {},
		"https:///evil.example":            {},
		"https://":                         {},
		"javascript:alert(1)":              {},
		"JavaScript:alert(1)":              {},
		"java\nscript:alert(1)":            {},
		" javascript:alert(1)":             {},
		"javascript://https://x.example/":  {},
		"data:text/html,x":                 {},
		"vbscript:x":                       {},
		"blob:https://x.example/1":         {},
		"filesystem:https://x.example/1":   {},
		"file:///etc/passwd":               {},
		"about:blank":                      {},
		"view-source:https://x.example/":   {},
		"mailto:a@example.com":             {},
		"%zz":                              {},
		"https://a b/":                     {},
	} {
		if got := link(address); got != want.link {
			t.Errorf("link(%q) = %q", address, got)
		}
		if got := external(address); string(got) != want.external {
			t.Errorf("external(%q) = %q", address, got)
		}
	}
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"Acme": "Acme",
		"Zoë Åström 北京 שלום مرحبا": "Zoë Åström 北京 שלום مرحبا",
		"\u202egnp.exe\u202c":      "gnp.exe",
		"\u2066a\u2069\u2067b":     "ab",
		"a\u2028b\u2029c\nd\te":    "a b c d e",
		"a\x00b\x7f\u0085":         "a b  ",
		"👩\u200d👩 \u200ea":         "👩\u200d👩 \u200ea", // an emoji and a mark that change nothing else
		"\xffa":                    "\ufffda",
	} {
		if got := clean(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestInitial(t *testing.T) {
	for name, want := range map[string]string{"pebblewick": "P", "  «ädn»": "Ä", "3 Hats": "3", "北京": "北", "🚀": "•", "": "•", "<b>": "B", "ßeta": "ß"} {
		if got := initial(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
