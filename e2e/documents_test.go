package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// The calls of Omneo's and OmniLab's documents, as printed there: testdata has
// their text. Only hosts and credentials are put in.

// Method 1: a login and a password, and a client's id and secret.
func TestOmneoMethod1(t *testing.T) {
	p := newAcme(t)
	who := p.machine()
	p.user()
	issuer := issuerOf(p.serve())
	var got struct{ Access string }
	printed(t, "", filled(t, "omneo-method-1.js", "https://api.[tenant-handle].getomneo.com", issuer,
		"[client-id]", who.id, "[client-secret]", who.secret, "[username]", login, "[password]", password), "{ Access: access_token }", &got)
	isAccessToken(t, got.Access)
	if status := asBearer(t, issuer+"/api/v3/auth/verify", got.Access); status != http.StatusOK {
		t.Errorf("used: %d", status)
	}
}

// Method 2: a token that was made beforehand, with a resource of Omneo's that
// asks the service whether it may be used.
func TestOmneoMethod2(t *testing.T) {
	p := newAcme(t)
	p.user()
	host := newHost(t, p.serve("--base-domain", "getomneo.com"))
	made := p.must("", "token", "create", "acme", "shopify-integration", "--user", login, "--scope", "profiles.*", "--expires", "90d")
	call := filled(t, "omneo-method-2.sh", "[tenant-handle]", "acme")
	if got := host.curl(call, made["accessToken"].(string)); got != `{"data":[]}` {
		t.Errorf("with the token: %s", got)
	}
	if got := host.curl(call, made["accessToken"].(string)+"x"); !strings.Contains(got, `"message":"the token is not good here`) {
		t.Errorf("with another: %s", got)
	}
}

// Method 4: a login and a password by Basic.
func TestOmneoMethod4(t *testing.T) {
	p := newAcme(t)
	p.user()
	issuer := issuerOf(p.serve())
	var got login4
	printed(t, method4(issuer), file(t, "testdata/omneo-method-4.js"), "{ token, expiry }", &got)
	got.check(t)
	if status := asBearer(t, issuer+"/api/v3/auth/verify", got.Token); status != http.StatusOK {
		t.Errorf("used: %d", status)
	}
}

// The same in a page of a listed origin.
func TestOmneoMethod4InABrowser(t *testing.T) {
	s := newStorefront(t)
	s.program.user()
	s.pages["/"] = "<!doctype html><script type=module>" + method4("https://"+omneoHost) + file(t, "testdata/omneo-method-4.js") +
		"Object.assign(window, { got: { token, expiry } }); document.title = 'done'</script>"
	s.open("/")
	got := evaluate[login4](t, s.browser, `window.got`)
	got.check(t)
}

func method4(base string) string {
	return fmt.Sprintf("const PROXY_URL = %q, username = %q, password = %q\n", base, login, password)
}

type login4 struct {
	Token  string `json:"token"`
	Expiry int64  `json:"expiry"`
}

func (l login4) check(t *testing.T) {
	t.Helper()
	isAccessToken(t, l.Token)
	if left := time.Until(time.Unix(l.Expiry, 0)); left < 59*time.Minute || left > time.Hour {
		t.Errorf("it ends in %v", left)
	}
}

// OmniLab's token, which is good for the audience that was asked for.
func TestOmniLabDocument(t *testing.T) {
	p := newAcme(t)
	who := p.machine()
	host := newHost(t, p.serve("--base-domain", "omnilab.example"))
	const apiHost = "api.acme.omnilab.example"
	text := host.curl(filled(t, "omnilab.sh", "<api-host>", apiHost,
		"YOUR_CLIENT_ID", who.id, "YOUR_CLIENT_SECRET", who.secret, "YOUR_AUDIENCE", bookings), "")
	var got struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Type != "Bearer" || got.Expires != 3600 {
		t.Fatalf("%s: %v", text, err)
	}
	claims := goVerifier(oidc.ClientContext(t.Context(), host.client), t, "https://"+apiHost)("verify", object{"token": got.Token, "audience": bookings})
	if claims["client_id"] != who.id {
		t.Errorf("claims %v", claims)
	}
}

// filled is a document's text with what it leaves open put in: pairs of both.
func filled(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	text := file(t, "testdata/"+name)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %s", name, pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// printed runs a document's JavaScript behind what it takes for granted, and
// reads what an expression comes to then.
func printed(t *testing.T, before, text, expression string, out any) {
	t.Helper()
	script := filepath.Join(t.TempDir(), "document.mjs")
	if err := os.WriteFile(script, []byte(before+text+"console.log(JSON.stringify("+expression+"))\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	node(t, script, nil, out)
}

func isAccessToken(t *testing.T, token string) {
	t.Helper()
	if strings.Count(token, ".") != 2 || header(t, token)["typ"] != "at+jwt" {
		t.Fatalf("no access token: %d bytes", len(token))
	}
}

// asBearer is the status of what is answered to a token.
func asBearer(t *testing.T, url, token string) int {
	t.Helper()
	return int(usedByGo(t, object{"url": url, "token": token})["status"].(float64))
}
