package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// consentView is what OMI's page shows: who asks for what, and a way to sign in.
type consentView struct {
	App     *broker.App
	State   *string // goes along; nil: there is none
	Email   string  // as it was typed before
	Problem string  // what went wrong; empty: nothing
}

const consentStyle = "body{font:16px/1.5 system-ui,sans-serif;max-width:30em;margin:3em auto;padding:0 1em;color-scheme:light dark}" +
	"label,input{display:block;width:100%;box-sizing:border-box}input,button{font:inherit;padding:.6em;margin:.3em 0 1em}"

// consentPage works without script. The form's address is relative, so that it is
// right behind /t/{tenant}, too.
var consentPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.App.Name}}</title><style>` + consentStyle + `</style>
<main><h1>{{.App.Name}} wants to know who you are</h1>
<p>If you allow it, this app may:</p>
<ul>{{range .App.Permissions}}<li>{{.}}</li>{{end}}</ul>
{{with .Problem}}<p role="alert"><strong>{{.}}</strong></p>{{end}}
<form method="post" action="authorize">
<input type="hidden" name="app_id" value="{{.App.ID}}">{{with .State}}<input type="hidden" name="state" value="{{.}}">{{end}}
<label for="email">E-mail address</label><input id="email" name="email" type="email" autocomplete="username" value="{{.Email}}">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password">
<button name="answer" value="allow">Sign in and allow</button>
<button name="answer" value="deny" formnovalidate>Deny</button>
</form></main></html>
`))

// replyConsent shows the page. A browser holds form-action also for where an
// answer sends it on to: so the app's home is on the list.
func replyConsent(ctx *fasthttp.RequestCtx, status int, v consentView) error {
	var b bytes.Buffer
	if err := consentPage.Execute(&b, v); err != nil {
		return err
	}
	replyAs(ctx, status, "text/html; charset=utf-8", b.Bytes())
	h := &ctx.Response.Header
	h.Set(fiber.HeaderReferrerPolicy, "same-origin") // with no-referrer a browser's form would have the origin "null"
	h.Set(fiber.HeaderContentSecurityPolicy, consentPolicy(v.App.HomeURL))
	return nil
}

var consentStyleHash = func() string {
	sum := sha256.Sum256([]byte(consentStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

func consentPolicy(home string) string {
	policy := "default-src 'none'; style-src 'sha256-" + consentStyleHash + "'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	if u, err := url.Parse(home); err == nil && u.Host != "" {
		policy += " " + u.Scheme + "://" + u.Host
	}
	return policy
}
