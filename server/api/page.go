package api

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// page is the little that a merchant's browser is shown: constant texts, and the
// name of a shop that was proved.
type page struct {
	title, text string
	shop        string // empty: no way back to its admin is shown
	id          string // of the request; empty: it is not shown
}

const pageStyle = "body{font:16px/1.5 system-ui,sans-serif;max-width:38em;margin:4em auto;padding:0 1em}"

// pagePolicy allows the style above, and nothing else.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

func replyPage(ctx *fasthttp.RequestCtx, status int, p page) {
	replyAs(ctx, status, "text/html; charset=utf-8", []byte(p.html()))
	ctx.Response.Header.Set(fiber.HeaderContentSecurityPolicy, pagePolicy)
}

func (p page) html() string {
	text := `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		"<title>" + html.EscapeString(p.title) + "</title><style>" + pageStyle + "</style>" +
		"<h1>" + html.EscapeString(p.title) + "</h1><p>" + html.EscapeString(p.text) + "</p>"
	if p.shop != "" {
		text += `<p><a href="https://` + html.EscapeString(p.shop) + `/admin">Back to the Shopify admin</a></p>`
	}
	if p.id != "" {
		text += "<p><small>Request " + html.EscapeString(p.id) + "</small></p>"
	}
	return text
}

// sentence is a message as a person reads it. Messages are ASCII.
func sentence(message string) string {
	return strings.ToUpper(message[:1]) + strings.TrimSuffix(message[1:], ".") + "."
}
