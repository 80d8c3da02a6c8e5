package demo

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"
)

// Engine returns a Liquid engine with what Shopify's has beyond the open one,
// as far as the snippets need it: the filters hmac_sha256 and asset_url, 'now'
// by the given clock, the tags doc and schema, and the tag render, which finds
// the given snippets by name. It fails if a snippet does not parse. The engine may be
// used by many goroutines at once.
//
// A rendered snippet has a scope of its own: it sees Shopify's global objects
// (see [Globals]) and the tag's arguments, and nothing it assigns gets out.
func Engine(now func() time.Time, snippets map[string]string) (*liquid.Engine, error) {
	engine := liquid.NewEngine()
	engine.RegisterFilter("hmac_sha256", sign)
	engine.RegisterFilter("asset_url", func(name string) string { return "/assets/" + name })
	engine.RegisterFilter("date", date(now))
	for _, silent := range []string{"doc", "schema"} {
		engine.RegisterBlock(silent, func(render.Context) (string, error) { return "", nil })
	}
	templates := make(map[string]*liquid.Template, len(snippets))
	engine.RegisterTag("render", isolated(templates))
	for name, source := range snippets {
		template, err := engine.ParseString(source)
		if err != nil {
			return nil, fmt.Errorf("snippet %s: %w", name, err)
		}
		templates[name] = template
	}
	return engine, nil
}

// sign is the filter hmac_sha256. Like Shopify's it takes numbers for their
// digits and nothing at all for the empty text, in message and key alike.
func sign(message, key any) string {
	mac := hmac.New(sha256.New, []byte(text(key)))
	mac.Write([]byte(text(message)))
	return hex.EncodeToString(mac.Sum(nil))
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// date is the library's own filter, but for what time it is.
func date(now func() time.Time) func(value any, format string) (string, error) {
	plain := liquid.NewEngine()
	return func(value any, format string) (string, error) {
		if value == "now" {
			value = now()
		}
		return plain.ParseAndRenderString("{{ value | date: format }}", liquid.Bindings{"value": value, "format": format})
	}
}
