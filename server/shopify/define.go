package shopify

import (
	"context"
	"fmt"
)

const defineDocument = `mutation ($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id }
    userErrors { code message }
  }
}`

// Define gives the shop's metafield a definition, so that the Shopify admin
// shows it with its type, and the Storefront API does not show it at all. One
// that is there already is left as it is, whatever it says.
//
// It does not hide the value from staff and other apps: Shopify lets nobody
// restrict that outside an app's own namespace.
func (c *Client) Define(ctx context.Context, a Access) error {
	definition := map[string]any{
		"namespace": Namespace, "key": Key, "ownerType": "SHOP", "type": valueType,
		"name":        "shapestoken id_secret",
		"description": "Signs the customer's id in the theme. Nothing may print it.",
		"access":      map[string]any{"storefront": "NONE"},
	}
	var answer struct {
		MetafieldDefinitionCreate *struct {
			CreatedDefinition *struct{ ID string }
			UserErrors        []userError
		}
	}
	q := question{document: defineDocument, variables: map[string]any{"definition": definition}}
	if err := c.call(ctx, a, q, &answer); err != nil {
		return err
	}
	made := answer.MetafieldDefinitionCreate
	switch {
	case made == nil:
		return fmt.Errorf("%w (no metafieldDefinitionCreate)", ErrAnswer)
	case len(made.UserErrors) == 1 && made.UserErrors[0].Code == "TAKEN":
		return nil
	case len(made.UserErrors) > 0:
		return q.refusal(a, made.UserErrors, nil)
	case made.CreatedDefinition == nil:
		return fmt.Errorf("%w (no definition)", ErrAnswer)
	}
	return nil
}
