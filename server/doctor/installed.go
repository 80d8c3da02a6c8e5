package doctor

import (
	"context"
	"fmt"
	"path"
	"strings"
)

const render = "{% render 'shapestoken', endpoint: 'https://id.example.com/t/acme' %}"

// ours tells whether a script element loads the script.
func (e element) ours() bool {
	src, _, _ := strings.Cut(e.attr("src"), "?")
	name := path.Base(src)
	return e.name == "script" && (name == "shapestoken.js" || name == "shapestoken.mjs")
}

// installed asks for the two elements that the snippet renders.
func installed(_ context.Context, v *visit) {
	markers, scripts := len(v.page.markers), len(v.page.scripts)
	switch {
	case markers+scripts == 0:
		v.fail("not-installed", "There is no marker and no script of shapestoken in the page.", "Copy the snippet into the theme's snippets/, and put "+render+" into layout/theme.liquid, before </head>.")
	case markers == 0:
		v.fail("marker-missing", "The script is there, but no marker that tells it who is logged in.", "Render the snippet as a whole: "+render+"; or put the marker's attributes on the script element.")
	case v.marker == nil:
		v.note("design-page", "The page is the theme editor's, where nothing is signed, asked or stored.", "Look at the storefront itself.")
	case scripts == 0 && (v.marker.Endpoint != "" || v.marker.proxied()): // without them the snippet names no script either
		v.fail("script-missing", "The marker is there, but no script element with shapestoken.js.", "Use the snippet as it is. If your own bundle has the script in it, there is nothing to do.")
	default:
		v.ok("installed", "The snippet is in the page.")
	}
	v.twice()
}

// twice compares what a page has more of than it needs.
func (v *visit) twice() {
	differ := false
	for _, m := range v.page.markers {
		differ = differ || v.marker != nil && m.State != "design" && m != *v.marker
	}
	if n := len(v.page.markers); n > 1 && differ {
		v.warn("markers-differ", fmt.Sprintf("There are %d markers, which do not say the same.", n), "Render the snippet once. Of several markers the first one counts, so the others mislead whoever reads the page.")
		return
	}
	if n := max(len(v.page.markers), len(v.page.scripts)); n > 1 {
		v.note("installed-twice", fmt.Sprintf("The snippet is in the page %d times.", n), "Render it once. It does no harm: the first one counts.")
	}
}
