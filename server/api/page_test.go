package api

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// Whatever a page is given, it is text; and its policy allows its style and
// nothing else.
func TestPage(t *testing.T) {
	var ctx fasthttp.RequestCtx
	nasty := `<script>alert("x")</script>`
	replyPage(&ctx, 403, page{title: nasty, text: nasty, shop: nasty, id: nasty})
	text := string(ctx.Response.Body())
	if strings.Contains(text, "<script") || strings.Contains(text, `"x"`) || strings.Count(text, "&lt;script") != 5 {
		t.Errorf("not escaped: %s", text)
	}
	style := regexp.MustCompile(`<style>(.*)</style>`).FindStringSubmatch(text)
	sum := sha256.Sum256([]byte(style[1]))
	policy := string(ctx.Response.Header.Peek("Content-Security-Policy"))
	for _, want := range []string{"default-src 'none';", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if got := string(ctx.Response.Header.Peek(name)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if short := (page{title: "a", text: "b"}).html(); strings.Contains(short, "href") || strings.Contains(short, "Request") {
		t.Errorf("what is empty is shown: %s", short)
	}
}
