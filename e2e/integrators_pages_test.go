package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	index        = "../docs/integrators.md"
	omneoPage    = "../docs/integrators/omneo.md"
	omnilabPage  = "../docs/integrators/omnilab.md"
	exchangePage = "../docs/integrators/exchange.md"
	omnisendPage = "../docs/integrators/omnisend.md"
	listed       = `{"data":[]}` // what the API answers
)

// The commands of Omneo's page make what its calls need.
func TestOmneoPage(t *testing.T) {
	p := newAcme(t)
	api := p.client("--scope", "tokens.introspect")
	printed := p.follow(t, omneoPage, "")
	who := credentials(t, printed)
	g := newGate(t, p.serve(), api)
	tokens := regexp.MustCompile(`shp_\w+`).FindAllString(printed, -1) // for the API, and for the ID API
	env := []string{
		"SHAPESTOKEN_URL=" + g.url, "CLIENT_ID=" + who.id, "CLIENT_SECRET=" + who.secret, "MACHINE_USER=shopify-integration@acme.example",
		"MACHINE_PASSWORD=" + strings.TrimSpace(file(t, p.dir+"/password.txt")), "API_TOKEN=" + tokens[0],
	}
	if status, _ := post(t, g.url+"/shopify/api/v1/auth/token", object{"id": customer, "signature": signV1}); status != http.StatusOK {
		t.Fatalf("the customer's own exchange: %d", status)
	}
	calls := pieces(t, omneoPage, "sh")
	if len(calls) != 4 {
		t.Fatalf("the page has %d calls", len(calls))
	}
	for i, want := range []string{listed, listed, `{"token":"…",`} {
		if got := drawn.ReplaceAllString(p.shell(calls[i], env...), "…"); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nanswers %s", calls[i], got)
		}
	}
	within(t, "the customer's profile is known", func() bool {
		return strings.HasPrefix(drawn.ReplaceAllString(p.shell(calls[3], append(env, "API_TOKEN="+tokens[1])...), "…"), `{"data":{"token":"…","exp":`)
	})
	shown(t, g, "/api/v3/auth/token", omneoPage, url.Values{"grant_type": {"client_credentials"}, "scope": {"*"}, "client_id": {who.id},
		"client_secret": {who.secret}, "username": {"shopify-integration@acme.example"}, "password": {strings.TrimSpace(file(t, p.dir+"/password.txt"))}})
}

func TestOmniLabPage(t *testing.T) {
	p := newAcme(t)
	api := p.client("--scope", "tokens.introspect")
	who := credentials(t, p.follow(t, omnilabPage, ""))
	g := newGate(t, p.serve(), api)
	env := []string{"SHAPESTOKEN_URL=" + g.url, "CLIENT_ID=" + who.id, "CLIENT_SECRET=" + who.secret, "AUDIENCE=" + bookings}
	calls := pieces(t, omnilabPage, "sh")
	if len(calls) != 1 {
		t.Fatalf("the page has %d calls", len(calls))
	}
	if got := strings.TrimSpace(p.shell(calls[0], env...)); got != listed {
		t.Errorf("%s\nanswers %s", calls[0], got)
	}
	shown(t, g, "/v1/oauth:token", omnilabPage, url.Values{"grant_type": {"client_credentials"}, "audience": {bookings}, "client_id": {who.id}, "client_secret": {who.secret}})
}

// Whoever follows the page gets a token for a storefront's IDToken.
func TestExchangePage(t *testing.T) {
	p := newAcme(t)
	who := credentials(t, p.follow(t, exchangePage, ""))
	issuer := issuerOf(p.serve())
	_, answer := post(t, issuer+"/shopify/api/v1/auth/token", object{"id": customer, "signature": signV1})
	env := []string{"SHAPESTOKEN_URL=" + issuer, "CLIENT_ID=" + who.id, "CLIENT_SECRET=" + who.secret, "AUDIENCE=" + bookings, "TOKEN=" + answer["token"].(string)}
	calls := pieces(t, exchangePage, "sh")
	if len(calls) != 1 {
		t.Fatalf("the page has %d calls", len(calls))
	}
	got := p.shell(calls[0], env...)
	constant := func(text string) string {
		return strings.TrimSpace(untimed.ReplaceAllString(drawn.ReplaceAllString(text, "…"), ""))
	}
	if page := pieces(t, exchangePage, "json")[0]; constant(page) != constant(got) {
		t.Errorf("the page shows %s, and not %s", page, constant(got))
	}
	var told struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(got), &told); err != nil {
		t.Fatal(err)
	}
	claims := joseVerifier(t, object{"issuer": issuer})("verify", object{"token": told.Token, "audience": bookings})
	if pid, err := jose(t, issuer)(answer["token"].(string)); err != nil || claims["sub"] != pid || claims["client_id"] != who.id {
		t.Errorf("%v, of the profile %s, %v", claims, pid, err)
	}
}

var untimed = regexp.MustCompile(`"expires_in":\d+`) // at most what is left of the IDToken

// shown compares the service's answer with the one on the page.
func shown(t *testing.T, g *gate, path, page string, form url.Values) {
	t.Helper()
	res, err := http.PostForm(g.url+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := drawn.ReplaceAllString(string(text), "…")
	want := strings.TrimSpace(pieces(t, page, "json")[0])
	if got != drawn.ReplaceAllString(want, "…") {
		t.Errorf("%s answers\n%s\nand on the page\n%s", path, got, want)
	}
}

// The tables of errors say what happens, each line of them but for the faults of
// ours, which nobody can ask for.
func TestIntegratorsErrors(t *testing.T) {
	p := newAcme(t)
	p.user()
	both, alone, guessed := p.machine(), p.client("--grant", "password"), p.machine()
	people := p.client("--grant", "authorization_code", "--grant", "refresh_token", "--redirect-uri", "https://app.example/callback")
	p.must("", "tenant", "create", "asleep")
	p.must("", "tenant", "suspend", "asleep")
	base := "http://" + p.serve() + "/t/"
	const omneo, lab = "acme/api/v3/auth/token", "acme/v1/oauth:token"
	form := func(who registered, pairs ...string) url.Values {
		v := url.Values{"client_id": {who.id}, "client_secret": {who.secret}, "grant_type": {"client_credentials"}, "audience": {bookings}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	guess := form(registered{guessed.id, both.secret})
	for range 25 {
		refusal(t, base+omneo, guess)
	}
	said := map[string][]string{index: {"500 server_error", "503 server_error"}}
	for _, row := range []struct {
		page, want, path string
		form             url.Values
	}{
		{index, "400 invalid_request", omneo, form(both, "grant_type", "")},
		{index, "400 invalid_grant", omneo, form(both, "username", login, "password", "no")},
		{index, "400 invalid_scope", omneo, form(both, "scope", "orders.read")},
		{index, "400 invalid_target", omneo, form(both, "audience", stock)},
		{index, "400 unauthorized_client", omneo, form(alone)},
		{index, "400 unsupported_grant_type", omneo, form(both, "grant_type", "implicit")},
		{index, "401 invalid_client", omneo, form(registered{both.id, alone.secret})},
		{index, "403 access_denied", "asleep/api/v3/auth/token", form(both)},
		{index, "415 invalid_request", omneo, nil},
		{index, "429 rate_limited", omneo, guess},
		{omnilabPage, "400 invalid_request", lab, form(both, "audience", "")},
		{omnilabPage, "401 access_denied", lab, form(registered{"client_nobody", alone.secret})},
		{omnilabPage, "403 access_denied", lab, form(both, "audience", stock)},
		{omnilabPage, "403 unauthorized_client", lab, form(alone)},
		{omnisendPage, "400 invalid_grant", "acme/oauth2/token", form(people, "grant_type", "refresh_token", "refresh_token", "shpr_none", "audience", "")},
	} {
		said[row.page] = append(said[row.page], row.want)
		if got := refusal(t, base+row.path, row.form); got != row.want {
			t.Errorf("%s: %s, and the page says %s", row.path, got, row.want)
		}
	}
	for page, rows := range said {
		slices.Sort(rows)
		if listed := errorsOf(t, page); !slices.Equal(listed, rows) {
			t.Errorf("%s lists %v, and the test has %v", page, listed, rows)
		}
	}
}

// refusal is the status and the code of what is answered to a form; to a text for nil.
func refusal(t *testing.T, address string, form url.Values) string {
	t.Helper()
	kind := map[bool]string{true: "application/x-www-form-urlencoded", false: "text/plain"}[form != nil]
	res, err := http.Post(address, kind, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var says struct{ Error string }
	if err := json.NewDecoder(res.Body).Decode(&says); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(res.StatusCode, " ", says.Error)
}

var errorRow = regexp.MustCompile("(?m)^\\| ([0-9, ]+) \\| `(\\w+)` \\|")

// errorsOf are the lines of a page's table: status and code.
func errorsOf(t *testing.T, page string) (rows []string) {
	t.Helper()
	for _, row := range errorRow.FindAllStringSubmatch(file(t, page), -1) {
		for status := range strings.SplitSeq(row[1], ", ") {
			rows = append(rows, status+" "+row[2])
		}
	}
	slices.Sort(rows)
	return rows
}
