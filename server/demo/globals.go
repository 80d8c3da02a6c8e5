package demo

import (
	"github.com/osteele/liquid"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Globals are the objects that Shopify gives every template and every snippet.
type Globals struct {
	Shop      string // shop.permanent_domain
	Customer  int64  // customer.id; 0 if nobody is logged in
	Metafield any    // shop.metafields.omneo.id_secret, made by Typed or Bare; nil if there is none
	Design    bool   // request.design_mode: the theme editor
}

// globals are their names.
var globals = [...]string{"shop", "customer", "request"}

// Bindings returns the objects under their Liquid names. They hold the secret
// in the clear, as Shopify's do.
func (g Globals) Bindings() liquid.Bindings {
	omneo := map[string]any{}
	if g.Metafield != nil {
		omneo["id_secret"] = g.Metafield
	}
	b := liquid.Bindings{
		"shop":    map[string]any{"permanent_domain": g.Shop, "metafields": map[string]any{"omneo": omneo}},
		"request": map[string]any{"design_mode": g.Design},
	}
	if g.Customer != 0 {
		b["customer"] = map[string]any{"id": g.Customer}
	}
	return b
}

// Typed returns a metafield as it is made today: its text is in .value, and it
// prints and signs as that text too.
func Typed(s secret.Text) any { return metafield{Value: s.Reveal()} }

// Bare returns a metafield of the old kind, which has no type and no .value:
// it is the text.
func Bare(s secret.Text) any { return s.Reveal() }

type metafield struct {
	Value string `liquid:"value"`
}

func (m metafield) String() string { return m.Value }
