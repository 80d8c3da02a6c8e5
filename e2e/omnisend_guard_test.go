package e2e

import (
	"net/http"
	"net/url"
	"os"
	"strings"
)

// question is a browser that the program has sent to ask something.
func (a *connected) question() (*http.Client, url.Values) {
	a.t.Helper()
	b := aBrowser()
	status, _, header := a.asks(b, "GET", "/connect")
	to, err := url.Parse(header.Get("Location"))
	if err != nil || status != http.StatusSeeOther || !strings.HasPrefix(to.String(), a.door.issuer+"/oauth2/authorize?") {
		a.t.Fatalf("%d to %q: %v", status, header.Get("Location"), err)
	}
	if cookie := header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		a.t.Errorf("the cookie is %q", cookie)
	}
	return b, to.Query()
}

// isOnItsGuard: what is not an answer to its question is refused before anything
// else is done with it.
func (a *connected) isOnItsGuard() {
	a.t.Helper()
	a.runs()
	const notOurs, stranger, said = "not an answer", "from somebody else", "not connected: access_denied"
	for name, row := range map[string]struct {
		change func(v url.Values)
		cookie bool
		want   string
	}{
		"another state":      {func(v url.Values) { v.Set("state", v.Get("state")+"x") }, true, notOurs},
		"no state":           {func(v url.Values) { v.Del("state") }, true, notOurs},
		"another browser":    {func(url.Values) {}, false, notOurs},
		"another issuer":     {func(v url.Values) { v.Set("iss", "https://evil.example") }, true, stranger},
		"no issuer":          {func(v url.Values) { v.Del("iss") }, true, stranger},
		"a no":               {func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }, true, said},
		"a code of nobody's": {func(url.Values) {}, true, "the person has to connect again"},
	} {
		b, q := a.question()
		answer := url.Values{"state": q["state"], "iss": {a.door.issuer}, "code": {"shc_none"}}
		row.change(answer)
		if !row.cookie {
			b = aBrowser()
		}
		before, _ := a.door.seen()
		if status, text, _ := a.asks(b, "GET", "/callback?"+answer.Encode()); status != http.StatusInternalServerError || !strings.Contains(text, row.want) {
			a.t.Errorf("%s: %d %s", name, status, text)
		}
		after, _ := a.door.seen()
		if asked := after["authorization_code"] - before["authorization_code"]; asked != map[bool]int{true: 1}[name == "a code of nobody's"] {
			a.t.Errorf("%s: asked for %d tokens", name, asked)
		}
		answer.Set("state", q.Get("state"))
		if status, text, _ := a.asks(b, "GET", "/callback?"+answer.Encode()); status != http.StatusInternalServerError || !strings.Contains(text, notOurs) {
			a.t.Errorf("%s, and again: %d %s", name, status, text)
		}
	}
	a.says("the person has to connect again")
}

// says is what the program tells who wants contacts, when it has none.
func (a *connected) says(want string) {
	a.t.Helper()
	if status, text, _ := a.asks(aBrowser(), "GET", "/contacts"); status != http.StatusInternalServerError || text != want {
		a.t.Errorf("contacts: %d %s, want %s", status, text, want)
	}
	if _, err := os.Stat(a.tokensFile()); err == nil {
		a.t.Error("there is a file of tokens")
	}
}
