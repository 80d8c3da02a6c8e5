package e2e

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// firstLook is Omnisend's page followed by hand: the client and the person that
// its commands make, and its two calls.
type firstLook struct {
	t     *testing.T
	p     *program
	door  *door
	who   registered
	env   []string
	calls []string
	word  string // Ann's
}

const lookedAt = "http://localhost:8090/callback"

func newFirstLook(t *testing.T) firstLook {
	t.Helper()
	p := newAcme(t)
	who := credentials(t, p.follow(t, omnisendPage, ""))
	l := firstLook{t: t, p: p, who: who, door: newDoor(t, p), calls: pieces(t, omnisendPage, "sh"), word: strings.TrimSpace(file(t, p.dir+"/password.txt"))}
	l.env = []string{"SHAPESTOKEN_URL=" + l.door.issuer, "CLIENT_ID=" + who.id, "CLIENT_SECRET=" + who.secret, "REDIRECT_URI=" + lookedAt, "API_URL=" + l.door.url}
	if len(l.calls) != 2 {
		t.Fatalf("the page has %d calls", len(l.calls))
	}
	return l
}

// ann is the person that the page makes, in a new browser.
func (l firstLook) ann() library {
	return script("node", "conformance/person.mjs")(l.t, object{"login": "ann@acme.example", "password": l.word})
}

// visits is a person who opens the address that the page's first call prints, with
// these pairs in it instead; and what their browser brings back.
func (l firstLook) visits(person library, pairs ...string) url.Values {
	l.t.Helper()
	at, err := url.Parse(strings.TrimSpace(l.p.shell(l.calls[0], l.env...)))
	if err != nil {
		l.t.Fatal(err)
	}
	question := at.Query()
	for i := 0; i < len(pairs); i += 2 {
		question.Set(pairs[i], pairs[i+1])
	}
	if len(pairs) > 0 {
		at.RawQuery = question.Encode()
	}
	address, _ := person("visit", object{"url": at.String(), "stop": lookedAt + "?"})["url"].(string)
	to, err := url.Parse(address)
	if err != nil || to.Query().Get("state") != "a-first-look" || to.Query().Get("iss") != l.door.issuer {
		l.t.Fatalf("the person ends at %s, %v", to.Path, err)
	}
	return to.Query()
}

// redeems is the answer to the first half of the page's second call.
func (l firstLook) redeems(code string) string {
	l.t.Helper()
	asks, _, _ := strings.Cut(l.calls[1], " | jq -r .access_token)")
	return l.p.shell(strings.Replace(asks, "token=$(", "", 1), append(l.env, "CODE="+code)...)
}

var given = regexp.MustCompile(`sh[a-z]{1,2}_[^"]*`) // another one each time

// The commands of the page make what its calls need, and a person what is in between.
func TestOmnisendPage(t *testing.T) {
	l := newFirstLook(t)
	ann := l.ann()
	if got := strings.TrimSpace(l.p.shell(l.calls[1], append(l.env, "CODE="+l.visits(ann).Get("code"))...)); got != listed {
		t.Errorf("%s\nanswers %s", l.calls[1], got)
	}
	answer := l.redeems(l.visits(ann).Get("code"))
	want := strings.TrimSpace(pieces(t, omnisendPage, "json")[0])
	if got := given.ReplaceAllString(answer, "…"); got != given.ReplaceAllString(want, "…") {
		t.Errorf("the service answers\n%s\nand on the page\n%s", got, want)
	}
}

// What a person has allowed is remembered when the app gives its tokens back.
func TestOmnisendRemembers(t *testing.T) {
	l := newFirstLook(t)
	ann := l.ann()
	var said struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(l.redeems(l.visits(ann).Get("code"))), &said); err != nil {
		t.Fatal(err)
	}
	l.door.post("/oauth2/revoke", l.who, said.Token, &object{})
	if back := l.visits(ann, "prompt", "none"); back.Get("code") == "" {
		t.Errorf("afterwards: %s", back.Get("error"))
	}
}

var onReturn = regexp.MustCompile("(?m)^\\| (`[a-z_`, ]+`) \\| [^|]+ \\|$")

// What comes back in place of a code is what the page lists.
func TestOmnisendErrors(t *testing.T) {
	l := newFirstLook(t)
	stranger, ann := l.ann(), l.ann()
	account := l.door.issuer + "/account"
	ann("visit", object{"url": account, "stop": account})
	said := []string{
		"access_denied",                           // the person's, in TestOmnisendDocument
		"temporarily_unavailable", "server_error", // which nobody can ask for
	}
	for _, row := range []struct {
		person            library
		name, value, want string
	}{
		{stranger, "response_mode", "fragment", "invalid_request"},
		{stranger, "scope", "contacts.write", "invalid_scope"},
		{stranger, "prompt", "none", "login_required"},
		{ann, "prompt", "none", "consent_required"},
	} {
		said = append(said, row.want)
		if back := l.visits(row.person, row.name, row.value); back.Get("error") != row.want || back.Get("error_description") == "" {
			t.Errorf("%s=%s: %s, want %s", row.name, row.value, back.Get("error"), row.want)
		}
	}
	var listed []string
	for _, row := range onReturn.FindAllStringSubmatch(file(t, omnisendPage), -1) {
		listed = append(listed, strings.Split(strings.ReplaceAll(row[1], "`", ""), ", ")...)
	}
	slices.Sort(said)
	slices.Sort(listed)
	if !slices.Equal(listed, said) {
		t.Errorf("the page lists %v, and the test has %v", listed, said)
	}
}
