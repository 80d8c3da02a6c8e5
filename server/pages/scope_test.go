package pages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScopes(t *testing.T) {
	for names, want := range map[string][2]string{
		"openid":         {"Know who you are", "Wissen, wer Sie sind"},
		"email":          {"See your e-mail address", "Ihre E-Mail-Adresse sehen"},
		"offline_access": {"Keep this access while you are away", "Den Zugriff behalten, während Sie nicht da sind"},
		"*":              {"Do everything that you can do yourself (all)", "Alles tun, was Sie selbst tun können (all)"},

		"contacts.read":  {"See contacts", "Kontakte sehen"},
		"read-contacts":  {"See contacts", "Kontakte sehen"},
		"contacts.write": {"Change contacts", "Kontakte ändern"},
		"contacts.*":     {"Contacts: full access", "Kontakte: voller Zugriff"},

		"contacts.write contacts.read":               {"See and change contacts", "Kontakte sehen und ändern"},
		"contacts.read products.read contacts.write": {"See and change contacts|See products", "Kontakte sehen und ändern|Produkte sehen"},
		"contacts.* contacts.read":                   {"Contacts: full access", "Kontakte: voller Zugriff"},
		"write-orders update-orders":                 {"Change orders", "Bestellungen ändern"},
		"delete-orders create-orders read-orders":    {"See, create and delete orders", "Bestellungen sehen, anlegen und löschen"},
		"email-templates.read read-email-templates":  {"See e-mail templates", "E-Mail-Vorlagen sehen"},
		"loyalty.read":                               {"See “loyalty”", "„loyalty“ sehen"},
		"stock.*":                                    {"“stock”: full access", "„stock“: voller Zugriff"},
		"a.b.read":                                   {"See “a.b”", "„a.b“ sehen"},
		"{thing}.read":                               {"See “{thing}”", "„{thing}“ sehen"},
		"read-read-x":                                {"See “read-x”", "„read-x“ sehen"},
		"redeem-strategy":                            {"redeem-strategy (code)", "redeem-strategy (code)"},
		"return":                                     {"return (code)", "return (code)"},
		"contacts.merge":                             {"contacts.merge (code)", "contacts.merge (code)"},
		".read":                                      {".read (code)", ".read (code)"},
		"read-":                                      {"read- (code)", "read- (code)"},
		"-contacts":                                  {"-contacts (code)", "-contacts (code)"},
		"https://example.com/read":                   {"https://example.com/read (code)", "https://example.com/read (code)"},
		"":                                           {"", ""},
	} {
		var scopes []Scope
		for _, name := range strings.Fields(names) {
			scopes = append(scopes, Scope{Name: name})
		}
		got := [2]string{told(lines(&english, scopes)), told(lines(&german, scopes))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", names, diff)
		}
	}
}

func told(lines []line) string {
	var all []string
	for _, l := range lines {
		text := l.Text
		if l.Code {
			text += " (code)"
		}
		if l.All {
			text += " (all)"
		}
		all = append(all, text)
	}
	return strings.Join(all, "|")
}

// What the tenant says of a scope goes before what is known of its form.
func TestOwnText(t *testing.T) {
	got := lines(&english, []Scope{{"*", "Play"}, {"contacts.read", "Look at them"}, {"contacts.write", ""}})
	if diff := cmp.Diff([]line{{Text: "Play"}, {Text: "Look at them"}, {Text: "Change contacts"}}, got); diff != "" {
		t.Error(diff)
	}
}

// Each scope is told of: none is lost among others.
func TestEveryVerbIsSaid(t *testing.T) {
	for _, l := range languages {
		for _, verb := range verbs {
			if got := l.list([]string{verb}); got == "" || got != l.Verbs[verb] {
				t.Errorf("%s: %s is %q", l.Tag, verb, got)
			}
		}
		if len(l.Verbs) != len(verbs) {
			t.Errorf("%s has %d verbs", l.Tag, len(l.Verbs))
		}
	}
}
