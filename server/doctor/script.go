package doctor

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const howScript = "Copy the service's own snippet, which it serves as /sdk/0/shapestoken.liquid: then both are of one version. With tenant or asset, copy shapestoken.js into the theme's assets."

// scriptOf fetches the script as the browser would.
func scriptOf(ctx context.Context, v *visit) {
	if len(v.page.scripts) == 0 {
		return
	}
	e := v.page.scripts[0]
	u := v.resolve(e.attr("src"))
	switch {
	case strings.Contains(e.attr("src"), "_files/"):
		v.note("script-rewritten", "The browser rewrote the page while saving it, so where the script comes from cannot be told.", "Save the source instead: Ctrl+U, then Ctrl+S; or choose \"HTML only\".")
		return
	case u == nil || u.User != nil:
		return
	case v.mixed(u):
		v.fail("mixed-content", "The page is https, and the script's address is http: browsers load no such script.", "Give the render line an endpoint with https://.")
		return
	}
	a, err := v.ask.get(ctx, u, v.from())
	switch {
	case err != nil:
		v.fail("script-unreachable", "The script cannot be loaded from "+u.Host+": "+reason(err)+".", "Check the endpoint in the render line, and whether the service is up.")
	case a.status != http.StatusOK || strings.HasPrefix(a.header.Get("Content-Type"), "text/html"):
		v.fail("script-unreachable", fmt.Sprintf("There is no script at %s (status %d).", show(u), a.status), howScript)
	case e.has("integrity") && !intact(e.attr("integrity"), a.body):
		v.fail("script-integrity", "The script is not the one whose checksum (integrity) the page names: browsers do not run it.", howScript)
	default:
		v.shared(e, u, a)
	}
}

// shared judges what the element has to say for a script of another host, whose
// checksum a browser may only take if it may read it (HTML standard, CORS
// settings attributes).
func (v *visit) shared(e element, u *url.URL, a answer) {
	mode, asked := e.find("crossorigin")
	switch strange := v.origin() == "" || originOf(u) != v.origin(); {
	case strange && e.has("integrity") && !asked:
		v.fail("script-crossorigin", "The script element has integrity but no crossorigin, and the script comes from another host: browsers do not run it.", "Add crossorigin=\"anonymous\", as the snippet does.")
	case strange && strings.EqualFold(mode, "use-credentials"):
		v.fail("script-crossorigin", "The script element says crossorigin=\"use-credentials\", and the service takes none: browsers do not run it.", "Write crossorigin=\"anonymous\", as the snippet does.")
	case strange && asked && v.origin() != "" && !a.allows("Allow-Origin", v.origin()):
		v.fail("script-crossorigin", "The script's host does not let other pages read it (Access-Control-Allow-Origin): browsers do not run it.", "Have whoever runs the service look at the proxy in front of it, or take crossorigin and integrity from the element.")
	default:
		v.ok("script", "The script loads from %s.", u.Host)
	}
}

// intact compares with the strongest checksums that integrity names, as a
// browser does (Subresource Integrity section 3.3). Without one it knows,
// anything will do.
func intact(integrity string, body []byte) bool {
	s256, s384, s512 := sha256.Sum256(body), sha512.Sum384(body), sha512.Sum512(body)
	named := strings.Fields(integrity)
	for _, kind := range []struct {
		prefix string
		sum    []byte
	}{{"sha512-", s512[:]}, {"sha384-", s384[:]}, {"sha256-", s256[:]}} {
		isKind := func(token string) bool { return strings.HasPrefix(token, kind.prefix) }
		if !slices.ContainsFunc(named, isKind) {
			continue
		}
		want := kind.prefix + base64.StdEncoding.EncodeToString(kind.sum)
		return slices.ContainsFunc(named, func(token string) bool {
			digest, _, _ := strings.Cut(token, "?") // options, of which there are none yet
			return digest == want
		})
	}
	return true
}
