package shopify

import (
	"context"
	"fmt"
	"strings"

	"github.com/shapestoken/shapestoken/server/secret"
)

// The metafield, as themes read it.
const (
	Namespace = "omneo"
	Key       = "id_secret"

	valueType = "single_line_text_field"
)

// Place says whose metafield it is.
type Place uint8

const (
	// OnShop is shop.metafields.omneo.id_secret: every theme and every installed
	// app can read it.
	OnShop Place = iota
	// OnApp is app.metafields.omneo.id_secret: only theme app extensions of the
	// app can read it (app-data metafields).
	OnApp
)

// Metafield is what was read. The zero Metafield was not read and cannot be set.
type Metafield struct {
	Shop    string      // whose it is
	Owner   string      // the global id to write to
	Present bool        // whether there is one
	Value   secret.Text // empty unless Present
	Type    string      // such as single_line_text_field; empty unless Present
	Digest  string      // of the value, for compare-and-set; empty unless Present
}

// Metafield reads the metafield at place. The error is [ErrWrongShop] if the
// token is not of a.Shop, or see error.go.
func (c *Client) Metafield(ctx context.Context, a Access, place Place) (Metafield, error) {
	var got reading
	err := c.call(ctx, a, question{document: place.document(), variables: map[string]any{"namespace": Namespace, "key": Key}}, &got)
	if err != nil {
		return Metafield{}, err
	}
	if got.Shop.MyshopifyDomain != a.Shop {
		return Metafield{}, fmt.Errorf("%w (it is %s that was to be reached)", ErrWrongShop, a.Shop)
	}
	owner, kind := got.Shop.owner, "gid://shopify/Shop/"
	if place == OnApp {
		owner, kind = got.CurrentAppInstallation, "gid://shopify/AppInstallation/"
	}
	if !strings.HasPrefix(owner.ID, kind) {
		return Metafield{}, fmt.Errorf("%w (no global id)", ErrAnswer)
	}
	return owner.metafield(a.Shop)
}

func (p Place) document() string {
	if p == OnApp {
		return readApp
	}
	return readShop
}

const readShop = `query ($namespace: String!, $key: String!) {
  shop { myshopifyDomain id metafield(namespace: $namespace, key: $key) { type value compareDigest } }
}`

const readApp = `query ($namespace: String!, $key: String!) {
  shop { myshopifyDomain }
  currentAppInstallation { id metafield(namespace: $namespace, key: $key) { type value compareDigest } }
}`

type reading struct {
	Shop struct {
		MyshopifyDomain string
		owner
	}
	CurrentAppInstallation owner
}

type owner struct {
	ID        string
	Metafield *stored
}

type stored struct {
	Type          string
	Value         secret.Text
	CompareDigest string
}

func (o owner) metafield(shop string) (Metafield, error) {
	if o.Metafield == nil {
		return Metafield{Shop: shop, Owner: o.ID}, nil
	}
	if o.Metafield.CompareDigest == "" {
		return Metafield{}, fmt.Errorf("%w (a metafield without a digest)", ErrAnswer)
	}
	return Metafield{Shop: shop, Owner: o.ID, Present: true,
		Value: o.Metafield.Value, Type: o.Metafield.Type, Digest: o.Metafield.CompareDigest}, nil
}
