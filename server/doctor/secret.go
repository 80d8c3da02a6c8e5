package doctor

import (
	"context"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
)

const howMetafield = "Create the shop metafield with namespace omneo, key id_secret and type single line text, spelled so, and paste the secret."

// metafield says whether the theme can read the secret. The marker tells it of
// a guest's page, too; a signature made with the empty key shows it of a
// customer's, and anybody can recognise one.
func metafield(_ context.Context, v *visit) {
	switch {
	case v.marker == nil || v.marker.proxied():
	case v.marker.Secret == "blank":
		v.fail("secret-missing", "The theme cannot read the shop metafield omneo.id_secret: the marker says data-secret=\"blank\".", howMetafield)
	case v.marker.Signature != "" && v.emptyKey():
		v.fail("secret-missing", "The theme signed with an empty key: it cannot read the shop metafield omneo.id_secret.", howMetafield)
	case v.marker.Secret == "present":
		v.ok("secret", "The theme can read the shop metafield omneo.id_secret.")
	}
}

const howPrinted = "Take out what prints it, such as {{ shop.metafields.omneo | json }}, and then replace the secret, because everybody may have it: shapestoken shop rotate TENANT SHOP."

// printed looks for the secret itself, if it is known, and else for something
// that has its name and a value.
func printed(_ context.Context, v *visit) {
	switch {
	case !v.Secret.Empty() && v.page.holds(v.Secret.Reveal()):
		v.fail("secret-printed", "The secret stands in the page, for everybody to read.", howPrinted)
	case v.page.named():
		v.fail("secret-printed", "Something by the name of id_secret stands in the page, with a value.", howPrinted)
	}
}

// holds looks for a text in each way of writing it into a page. A secret's
// white space at its ends would not survive that.
func (p *Page) holds(secret string) bool {
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return false
	}
	raw := string(p.raw)
	plain := html.UnescapeString(raw)
	quoted, _ := json.Marshal(secret) // a string can always be written
	for _, form := range []string{secret, url.QueryEscape(secret), strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"), strings.Trim(string(quoted), `"`)} {
		if strings.Contains(raw, form) || strings.Contains(plain, form) {
			return true
		}
	}
	return false
}

var (
	name  = regexp.MustCompile(`(?i)^(.*[^a-z])?id[_-]?secret$`)
	value = regexp.MustCompile(`(?i)id_?secret\\?["']?\s*[:=]>?\s*(\\?["'][^"'\\]|\{)`)
)

// named finds id_secret with a value: in scripts and texts as a member, in
// markup as an attribute, or an element of that name.
func (p *Page) named() bool {
	for _, text := range p.texts() {
		if value.MatchString(text) {
			return true
		}
	}
	for _, e := range p.elements {
		called, held := false, e.attr("value")+e.attr("content")
		for _, a := range e.attrs {
			called = called || (a.Key == "id" || a.Key == "name" || a.Key == "property" || a.Key == "class") && name.MatchString(a.Val)
			if a.Val != "" && name.MatchString(a.Key) {
				return true
			}
		}
		if called && (held != "" || e.text != "") {
			return true
		}
	}
	return false
}
