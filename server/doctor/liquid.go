package doctor

import (
	"context"
	"regexp"
	"strings"
)

var (
	tag       = regexp.MustCompile(`\{%-?\s*(render|include)\s+['"]shapestoken['"]`)
	complaint = regexp.MustCompile(`Liquid (syntax )?error( \([^)<>]{1,100}\))?(: Could not find asset [\w/.-]{1,80})?`)
)

// unrendered finds the line where nobody runs Liquid.
func unrendered(_ context.Context, v *visit) {
	for _, text := range v.page.prose {
		if tag.MatchString(text) {
			v.fail("liquid-unrendered", "The render line stands in the page as text: no Liquid ran over it.", "Put the line into a .liquid file of the theme, such as layout/theme.liquid. Pages, settings and JSON templates do not run Liquid.")
			return
		}
	}
}

// complaints finds what Liquid writes into a page in place of what it could not
// do, and tells ours from the theme's.
func complaints(_ context.Context, v *visit) {
	theirs := ""
	for _, text := range v.page.texts() {
		for _, found := range complaint.FindAllString(text, -1) {
			switch {
			case strings.Contains(found, "shapestoken") || v.inMarker(text):
				v.fail("liquid-error", "Liquid could not render the snippet, and wrote into the page: "+quote(found)+".", "Copy the snippet anew, whole, as snippets/shapestoken.liquid; if you changed it, hmac_sha256 needs an argument.")
				return
			case theirs == "":
				theirs = quote(found)
			}
		}
	}
	if theirs != "" {
		v.warn("liquid-error-elsewhere", "Liquid wrote into the page, elsewhere in the theme: "+theirs+".", "Mend it: what stands behind such an error may be missing from the page.")
	}
}

func (v *visit) inMarker(text string) bool {
	return v.marker != nil && (text == v.marker.Signature || text == v.marker.ID || text == v.marker.Timestamp)
}

// texts are all texts of the page as a browser understands them.
func (p *Page) texts() []string {
	all := append(append([]string{}, p.prose...), p.inline...)
	for _, e := range p.elements {
		for _, a := range e.attrs {
			all = append(all, a.Val)
		}
	}
	return all
}
