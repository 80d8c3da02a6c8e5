package doctor

import (
	"context"
	"fmt"
	"net/http"
)

// section asks for what a page that stays open signs anew with: the section of
// the same name, as Shopify's Section Rendering API gives it to a guest.
func section(ctx context.Context, v *visit) {
	if v.marker == nil || v.address == nil || v.renews || !v.marker.dates() {
		return
	}
	page, u := *v.address, *v.address
	page.Fragment, u.Fragment, u.RawQuery = "", "", "section_id=shapestoken"
	a, err := v.ask.once(ctx, http.MethodGet, &u, http.Header{"Referer": {page.String()}}, nil)
	switch {
	case err != nil || a.redirects(): // what keeps the page from us has been said, or is the shop's door
	case a.status == http.StatusOK && len(Parse(a.body).markers) > 0:
		v.ok("section", "The theme has the section that signs anew on pages that stay open.")
	default:
		v.warn("section-missing", fmt.Sprintf("The theme has no sections/shapestoken.liquid (status %d), so a page that stays open for more than 20 minutes gets no new token.", a.status), "Copy the section into the theme's sections/; no template needs to show it. With version: 'v1' in the render line, nothing.")
	}
}
