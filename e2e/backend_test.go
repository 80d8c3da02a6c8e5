package e2e

import (
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const backendPage = "../docs/backend.md"

var times = regexp.MustCompile(`\b\d{10}\b`) // Unix seconds

// The page's checks of access tokens take those that are for this service, and
// nothing else.
func TestBackendAccess(t *testing.T) {
	p := newAcme(t)
	who := p.machine()
	p.must("", "tenant", "create", "umbra")
	made := p.must("", "client", "create", "umbra", "integration", "--scope", "profiles.*")
	stranger := registered{made["client_id"].(string), made["client_secret"].(string)}
	issuer := issuerOf(p.serve())
	token := func(who registered, issuer string, parameters object) string {
		return goOAuth2(t, who.at(issuer))("token", parameters)["access_token"].(string)
	}
	good := token(who, issuer, object{})
	_, answer := post(t, issuer+"/shopify/api/v1/auth/token", object{"id": customer, "signature": signV1})
	refused := object{"refused": true}
	rows := []struct {
		name, token, needs string
		want               object
	}{
		{"a family", good, "profiles.read", object{"client": who.id, "covers": true}},
		{"a name", good, "read-transactions", object{"client": who.id, "covers": true}},
		{"not granted", good, "orders.read", object{"client": who.id, "covers": false}},
		{"of another family", good, "profilesx.read", object{"client": who.id, "covers": false}},
		{"all", token(who, issuer, object{"scope": "*"}), "profiles.x", object{"client": who.id, "covers": true}},
		{"named", token(who, issuer, object{"scope": "profiles.x"}), "profiles.read", object{"client": who.id, "covers": false}},
		{"for somebody else", token(who, issuer, object{"audience": bookings}), "profiles.read", refused},
		{"an IDToken", answer["token"].(string), "profiles.read", refused},
		{"another tenant's", token(stranger, strings.Replace(issuer, "acme", "umbra", 1), object{}), "profiles.read", refused},
		{"cut", good[:len(good)-1], "profiles.read", refused},
		{"none", "", "profiles.read", refused},
	}
	for language, say := range accessPrograms(t, issuer) {
		for _, row := range rows {
			got := object{}
			if said(t, say, object{"token": row.token, "needs": row.needs}, &got); !reflect.DeepEqual(got, row.want) {
				t.Errorf("%s, %s: %v, want %v", language, row.name, got, row.want)
			}
		}
	}
}

// accessPrograms are the page's code, each in a program that is asked about tokens.
func accessPrograms(t *testing.T, issuer string) map[string]func([]byte) []byte {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	for name, text := range files(t, backendPage) {
		p.write(name, text)
	}
	for _, name := range []string{"main.ts", "main.go"} {
		p.write(name, file(t, "testdata/backend/"+name))
	}
	p.write("go.mod", strings.Replace(file(t, "go.mod"), "module github.com/shapestoken/shapestoken/e2e", "module example.com/yours", 1))
	p.write("go.sum", file(t, "go.sum"))
	p.link("@types/node", "jose")
	p.tsc("bundler", "--types", "node", "access.ts", "main.ts")
	programs := map[string]func([]byte) []byte{}
	for _, language := range []string{"TypeScript", "Go"} {
		args := languages[language](p, "main")
		c := exec.Command(args[0], args[1:]...)
		c.Dir, c.Env = p.dir, append(os.Environ(), "ISSUER="+issuer, "AUDIENCE="+issuer)
		programs[language] = converse(t, c)
	}
	return programs
}

// The page's discovery document and its introspection are what the service says.
func TestBackendPage(t *testing.T) {
	p := newAcme(t)
	who := p.machine()
	api := credentials(t, p.follow(t, backendPage, "shapestoken client"))
	issuer := issuerOf(p.serve())
	document := transcripts(t, backendPage, "/.well-known/openid-configuration")[0]
	const shown = "http://127.0.0.1:8080/t/acme"
	if got := strings.ReplaceAll(p.shell(strings.ReplaceAll(document.command, shown, issuer)), issuer, shown); got != document.prints {
		t.Errorf("discovery is\n%s\nand on the page\n%s", got, document.prints)
	}

	token := goOAuth2(t, who.at(issuer))("token", object{"scope": "profiles.*"})
	text := p.shell(pieces(t, backendPage, "sh")[0], "ISSUER="+issuer, "TOKEN="+token["access_token"].(string), "CLIENT_ID="+api.id, "CLIENT_SECRET="+api.secret)
	pages := pieces(t, backendPage, "json")
	said := times.ReplaceAllString(drawn.ReplaceAllString(strings.ReplaceAll(text, issuer, "https://id.example.com/t/acme"), "…"), "0")
	want := times.ReplaceAllString(drawn.ReplaceAllString(pages[len(pages)-1], "…"), "0")
	if said != strings.TrimSpace(want) {
		t.Errorf("introspection is\n%s\nand on the page\n%s", said, want)
	}
}
