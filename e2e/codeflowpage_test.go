package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// app is a page of somebody's that signs people in by oidc-client-ts, in a real
// browser: what it may read across origins, and where forms may lead, is the
// browser's to say.
const app = `<!doctype html><title>An app</title><link rel="icon" href="data:,"><script src="/oidc-client-ts.js"></script>`

// manager is the library, made anew on every page, as an app does. It goes on
// only when it is told, and asks userinfo about everybody.
const manager = `(window.manager ??= new oidc.UserManager({ ...SETTINGS, loadUserInfo: true, automaticSilentRenew: false }))`

const user = `.then(user => ({ sub: user.profile.sub, access: user.access_token, asked: performance.getEntriesByType('resource').map(e => e.name) }))`

// answers is a person at a page of the server's: the first form is filled in,
// and its first button pressed. It is true when the app has them back.
const answers = `(() => {
	if (location.origin === ORIGIN) return location.pathname === '/callback' && !!window.oidc
	const secret = document.querySelector('input[type=password]')
	const form = secret?.form ?? document.querySelector('button[value=allow]')?.form ?? document.querySelector('form')
	if (window.answered || document.readyState !== 'complete' || !form) return false
	window.answered = true
	if (secret) {
		[...form.querySelectorAll('input')].findLast((input, at, all) => at < all.indexOf(secret) && /text|email/.test(input.type)).value = LOGIN
		secret.value = PASSWORD
	}
	(form.querySelector('[value=allow]') ?? form.querySelector('[type=submit], button')).click()
	return false
})()`

// A page signs a person in, asks who it is, and goes on without them.
func TestCodeFlowPage(t *testing.T) {
	for _, s := range described {
		if !s.there {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			site := newSite(t)
			site.serve("/", "text/html", app)
			site.serve("/oidc-client-ts.js", "text/javascript", file(t, "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"))
			redirect := site.origin + "/callback"
			server := s.start(t, object{"redirects": []string{redirect}})
			pageFlow(t, server, site.origin, redirect)
		})
	}
}

// signedIn is what a page knows of who signed in.
type signedIn struct {
	Sub, Access string
	Asked       []string
}

func pageFlow(t *testing.T, server object, origin, redirect string) {
	t.Helper()
	client, account := server["clients"].(object)["page"].(object), server["account"].(object)
	settings := quoted(t, object{"authority": server["issuer"], "client_id": client["id"], "redirect_uri": redirect, "scope": server["scopes"].(object)["narrow"]})
	put := strings.NewReplacer("SETTINGS", settings, "ORIGIN", quoted(t, origin), "LOGIN", quoted(t, account["login"]), "PASSWORD", quoted(t, account["password"]))
	browser := newBrowser(t)
	do(t, browser, chromedp.Navigate(origin), chromedp.Evaluate[chromedp.Void](put.Replace(manager+`.signinRedirect().catch(error => document.title = error), undefined`)))
	until(t, browser, put.Replace(answers))
	first := evaluate[signedIn](t, browser, put.Replace(manager+`.signinCallback()`+user))
	second := evaluate[signedIn](t, browser, put.Replace(manager+`.signinSilent()`+user))
	if first.Sub == "" || second.Sub != first.Sub || second.Access == first.Access || second.Access == "" {
		t.Errorf("signed in as %q, later as %q; another token: %v", first.Sub, second.Sub, second.Access != first.Access)
	}
	metadata := evaluate[object](t, browser, `manager.metadataService.getMetadata()`)
	for _, name := range []string{"token_endpoint", "userinfo_endpoint"} {
		if asked := strings.Count(strings.Join(second.Asked, " ")+" ", metadata[name].(string)+" "); asked < 2 {
			t.Errorf("the page asked the %s %d times, want 2", name, asked)
		}
	}
}

// quoted is a value in a script.
func quoted(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
