package demo

import (
	"context"
	"regexp"
	"strings"

	"github.com/osteele/liquid"

	"github.com/shapestoken/shapestoken/server/secret"
)

// scene is how the snippet is rendered: the line in the theme, and the shop
// around it.
type scene struct {
	engine    *liquid.Engine // of the page: its clock says when that was made
	endpoint  string
	proxied   bool   // whether tokens come by the app proxy alone
	app       string // whose app proxy the page names; empty: none
	version   string
	consent   string // what the token's keeping waits for; empty: nothing
	debug     bool
	script    string // service that the script comes from; empty: the endpoint
	section   bool   // whether the theme has the section
	secret    func(context.Context) (secret.Text, error)
	metafield func(secret.Text) any
}

// scene sets the scene for a state, fault or trial included.
func (s *site) scene(st state) scene {
	sc := scene{
		engine: s.fresh, endpoint: s.config.Endpoint, version: st.version, debug: st.debug == "on",
		section: true, secret: s.config.Secret, metafield: Typed,
	}
	if st.source == "proxy" {
		sc.proxied, sc.app = true, usualApp
	}
	if st.metafield == "bare" {
		sc.metafield = Bare
	}
	for _, t := range []*twist{twistOf(faults, st.fault), twistOf(trials, st.trial)} {
		if t != nil && t.rig != nil {
			t.rig(s, &sc)
		}
	}
	return sc
}

// mounted has the page ask another app proxy, if it asks any.
func (sc *scene) mounted(app string) {
	if sc.app != "" {
		sc.app = app
	}
}

// path is where the page finds the app proxy; empty if it names none.
func (sc scene) path() string {
	if sc.app == "" {
		return ""
	}
	return proxies + sc.app
}

// line is what a theme developer pastes, and what is rendered.
func (sc scene) line() string {
	line := "{% render 'shapestoken', endpoint: '" + sc.endpoint + "'"
	if sc.proxied {
		line += ", source: 'proxy'"
	}
	if sc.app != "" && !(sc.proxied && sc.app == usualApp) {
		line += ", proxy: '" + sc.path() + "'"
	}
	if sc.version != options["version"][0] && !sc.proxied {
		line += ", version: '" + sc.version + "'"
	}
	if sc.consent != "" {
		line += ", consent: '" + sc.consent + "'"
	}
	if sc.debug {
		line += ", debug: true"
	}
	return line + " %}"
}

// key is the secret in the shop's metafield. A shop whose tokens come by the app
// proxy has none, so that nothing could read it.
func (sc scene) key(ctx context.Context) (secret.Text, error) {
	if sc.proxied {
		return secret.Text{}, nil
	}
	return sc.secret(ctx)
}

// render returns what Liquid made of a source for a customer. Its error may
// quote the key.
func (sc scene) render(source, shop string, customer int64, key secret.Text) (string, error) {
	page := Globals{Shop: shop, Customer: customer}
	if !sc.proxied {
		page.Metafield = sc.metafield(key)
	}
	made, err := sc.engine.ParseAndRenderString(source, page.Bindings())
	if err != nil {
		return "", err
	}
	if sc.script != "" {
		made = strings.Replace(made, sc.endpoint+"/sdk/", sc.script+"/sdk/", 1)
	}
	return strings.TrimSpace(made), nil
}

var long = regexp.MustCompile(`\b[0-9a-f]{64}\b|\bsha384-[\w+/=]{64}`)

// readable lays out what Liquid made for people: one attribute a line, and
// nothing that could be copied and replayed.
func readable(made string) string {
	short := long.ReplaceAllStringFunc(made, func(s string) string {
		if digest, ok := strings.CutPrefix(s, "sha384-"); ok {
			return "sha384-" + digest[:6] + "…"
		}
		return s[:6] + "…" + s[len(s)-4:]
	})
	line := strings.Join(strings.Fields(short), " ")
	return strings.NewReplacer(" data-", "\n  data-", " <script src", "\n<script\n  src", " integrity", "\n  integrity", " crossorigin", "\n  crossorigin", " >", ">").Replace(line)
}
