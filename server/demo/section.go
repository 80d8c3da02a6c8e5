package demo

import (
	"net/http"
	"net/url"
)

// section answers as Shopify's Section Rendering API does: with the section
// alone, rendered at this moment for whoever is logged in now, or 404 if the
// theme has no such section.
//
// The script asks at an address relative to the page, which takes the place of
// the page's own query. So it is the Referer that tells how the page is.
func (s *site) section(w http.ResponseWriter, r *http.Request) {
	page, err := url.Parse(r.Referer())
	if err != nil {
		page = new(url.URL)
	}
	st := stateAt(r, page)
	sc := s.scene(st)
	if r.URL.Query().Get("section_id") != "shapestoken" || !sc.section {
		http.NotFound(w, r)
		return
	}
	sc.engine = s.fresh // however old the page is
	if made, ok := s.make(w, r, sc, s.config.Section, st.customer); ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<div id="shopify-section-shapestoken" class="shopify-section">` + made + "</div>\n")) // who went away needs no answer
	}
}
