package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
)

const howProxy = "In the app's settings, set up the app proxy at this path, with the tenant's address and /shopify/proxy as its URL, and install the app in this shop."

// plainPath is what the script takes for one, and no browser for another host.
var plainPath = regexp.MustCompile(`^(/[\w-]+)+/*$`)

// proxy asks the shop's app proxy as the script of a guest would. The answer is
// a token of nobody, which is not shown.
func proxy(ctx context.Context, v *visit) {
	path := v.proxyPath()
	switch {
	case path == "":
		return
	case !plainPath.MatchString(path):
		v.missing("proxy-malformed", "The path of the app proxy is none that the script takes.", "Give the render line the path where the shop has the app proxy, such as proxy: '/apps/shapestoken'.")
		return
	case v.address == nil:
		return
	}
	a, err := v.ask.once(ctx, http.MethodGet, v.resolve(path).JoinPath("token"), nil, nil)
	if err != nil {
		v.missing("proxy-unreachable", "The shop's app proxy does not answer: "+reason(err)+".", "Try again, and look whether the service that the app proxy leads to is up.")
		return
	}
	v.relayed(a)
}

// proxyPath is empty where the script asks no app proxy.
func (v *visit) proxyPath() string {
	switch {
	case v.marker == nil:
		return ""
	case v.marker.proxied() && v.marker.Proxy == "":
		return "/apps/shapestoken" // as the script does
	}
	return v.marker.Proxy
}

func (v *visit) relayed(a answer) {
	var says struct {
		Token string `json:"token"`
	}
	if json.Unmarshal(a.body, &says) != nil {
		says.Token = ""
	}
	switch {
	case says.Token == "" && a.refusal() == refusal{}:
		v.missing("proxy-missing", fmt.Sprintf("There is no app proxy at %s: the shop answers with a page of its own (status %d).", quote(v.proxyPath()), a.status), howProxy)
	case a.status != http.StatusOK || says.Token == "":
		v.missing("proxy-refused", fmt.Sprintf("The service refuses what Shopify's app proxy asks (%d)%s.", a.status, a.words()), "Register the app whose proxy it is, with its present client secret: shapestoken shop app TENANT SHOP --client-id ID --client-secret-stdin.")
	default:
		v.renews = true
		v.ok("proxy", "The app proxy answers, with a token for a guest%s.", tokenOf(says.Token).life())
	}
}

// missing tells of an app proxy that gives no token. Where there is an endpoint
// too, only guests miss it, and pages that stay open sign anew by the section.
func (v *visit) missing(code, seen, fix string) {
	if v.marker.proxied() {
		v.add(Finding{code, Error, seen, fix})
		return
	}
	v.warn("proxy-unused", seen, fix)
}
