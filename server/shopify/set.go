package shopify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/secret"
)

const maxValue = 1024

const setDocument = `mutation ($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { value compareDigest }
    userErrors { code message }
  }
}`

// SetMetafield writes value where read was read, if what is there is still what
// was read (metafieldsSet with compareDigest): else the error is [ErrStale] and
// nothing was written. After [ErrUnavailable] nobody knows; read again.
func (c *Client) SetMetafield(ctx context.Context, a Access, value secret.Text, read Metafield) error {
	if err := settable(a, value, read); err != nil {
		return err
	}
	var answer struct {
		MetafieldsSet *struct {
			Metafields []stored
			UserErrors []userError
		}
	}
	q := question{document: setDocument, variables: map[string]any{"metafields": []any{input(value, read)}}, secrets: []secret.Text{value, read.Value}, once: true}
	if err := c.call(ctx, a, q, &answer); err != nil {
		return err
	}
	set := answer.MetafieldsSet
	if set == nil {
		return fmt.Errorf("%w (no metafieldsSet)", ErrAnswer)
	}
	if len(set.UserErrors) > 0 {
		return q.refusal(a, set.UserErrors, stale)
	}
	if len(set.Metafields) != 1 || !set.Metafields[0].Value.Equal(value) || set.Metafields[0].CompareDigest == "" {
		return fmt.Errorf("%w (what was stored is not what was sent; read it again)", ErrAnswer)
	}
	return nil
}

// settable refuses before anything goes out.
func settable(a Access, value secret.Text, read Metafield) error {
	switch {
	case !oneLine(value.Reveal()):
		return ErrValue
	case read.Owner == "" || read.Present && read.Digest == "":
		return errors.New("shopify: a metafield is read before it is set")
	case read.Shop != a.Shop:
		return ErrWrongShop
	}
	return nil
}

// oneLine keeps to what Shopify stores as it is: it trims, and a line feed is
// refused in a single line.
func oneLine(value string) bool {
	return value != "" && len(value) <= maxValue && !strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' })
}

// input always has a compareDigest: null says that there must be none, and
// leaving it out would write over anything.
func input(value secret.Text, read Metafield) map[string]any {
	in := map[string]any{"ownerId": read.Owner, "namespace": Namespace, "key": Key, "type": valueType, "value": value.Reveal(), "compareDigest": nil}
	if read.Present {
		in["compareDigest"] = read.Digest
	}
	return in
}

// stale are the codes that a fresh read mends.
func stale(e userError) error {
	if slices.Contains([]string{"STALE_OBJECT", "INVALID_COMPARE_DIGEST", "TAKEN"}, e.Code) {
		return ErrStale
	}
	return nil
}
