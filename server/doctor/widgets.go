package doctor

import (
	"context"
	"strings"
)

// others leave traces of those who write the same key of localStorage.
var others = []struct{ trace, says string }{
	{"omneo-shapes-shopify", "Omneo's rewards widget is in the page, too"},
	{"shapes:omneo:shapestoken", "Another script of the page uses the key under which the token is stored"},
	{tokenPath, "Another script of the page asks for tokens by itself"},
}

// widgets finds scripts beside ours that do the same.
func widgets(_ context.Context, v *visit) {
	texts := append([]string{}, v.page.inline...)
	for _, e := range v.page.elements {
		if e.name == "script" {
			texts = append(texts, e.attr("src"))
		}
	}
	all := strings.Join(texts, "\n")
	for _, o := range others {
		if strings.Contains(all, o.trace) {
			v.note("other-widget", o.says+".", "Nothing at once: each uses what the other has stored. When all of the theme asks shapestoken.token(), take the other one out, so that one exchange is made and not two.")
			return
		}
	}
}
