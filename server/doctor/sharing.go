package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// sharing asks for leave as a browser would, for each origin that the theme is
// seen at (Fetch standard, CORS protocol).
func sharing(ctx context.Context, v *visit) {
	if v.endpoint == nil || !v.answers {
		return
	}
	origins := v.Origins
	if o := v.origin(); o != "" {
		origins = append([]string{o}, origins...)
	}
	slices.Sort(origins)
	for _, o := range slices.Compact(origins) {
		v.leave(ctx, o)
	}
}

func (v *visit) leave(ctx context.Context, origin string) {
	a, err := v.ask.once(ctx, http.MethodOptions, v.endpoint.JoinPath(tokenPath), http.Header{
		"Origin":                         {origin},
		"Access-Control-Request-Method":  {http.MethodPost},
		"Access-Control-Request-Headers": {"content-type"},
	}, nil)
	switch {
	case err != nil:
		v.silent(err)
	case a.status < 200 || a.status > 299:
		v.fail("preflight-refused", fmt.Sprintf("The service answers the browser's question, whether pages of %s may ask, with status %d.", origin, a.status), "Have whoever runs the service look at the proxy in front of it: OPTIONS has to reach it.")
	case !a.allows("Allow-Origin", origin):
		v.fail("origin-not-listed", fmt.Sprintf("Pages of %s may not use the service.", origin), "Have exactly this origin listed: shapestoken origin add "+tenantOf(v.endpoint)+" "+origin)
	case !a.allows("Allow-Headers", "content-type"):
		v.fail("preflight-refused", fmt.Sprintf("Pages of %s may ask, but may not send JSON.", origin), "Have whoever runs the service look at the proxy in front of it: it must not replace the service's Access-Control headers.")
	default:
		v.ok("origin", "Pages of %s may use the service.", origin)
	}
}

// allows reads one of the Access-Control headers. There are no credentials, so
// "*" is all.
func (a answer) allows(header, what string) bool {
	for each := range strings.SplitSeq(strings.Join(a.header.Values("Access-Control-"+header), ","), ",") {
		if each = strings.TrimSpace(each); each == "*" || strings.EqualFold(each, what) {
			return true
		}
	}
	return false
}
