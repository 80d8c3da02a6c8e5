package shopifytest

import (
	"regexp"
	"slices"
	"strings"
)

// object is a value with fields; a field that takes arguments is a func.
type object map[string]any

// roots are the fields of QueryRoot and Mutation that are played.
func (s *Server) roots(h *shop, f Fault) object {
	domain := h.domain
	if f.domain != "" {
		domain = f.domain
	}
	return object{
		"shop":                      object{"id": h.gid("Shop"), "myshopifyDomain": domain, "name": domain, "metafield": h.metafield(OnShop)},
		"currentAppInstallation":    object{"id": h.gid("AppInstallation"), "metafield": h.metafield(OnApp)},
		"metafieldsSet":             func(args map[string]any) any { return s.set(h, args) },
		"metafieldDefinitionCreate": func(args map[string]any) any { return s.define(h, args) },
		"webhookSubscriptionCreate": func(args map[string]any) any { return s.subscribe(h, args) },
	}
}

func (h *shop) metafield(p Place) func(map[string]any) any {
	return func(args map[string]any) any {
		m, ok := h.metafields[name(h.owner(p), text(args, "namespace"), text(args, "key"))]
		if !ok {
			return nil
		}
		return m.object(text(args, "namespace"), text(args, "key"))
	}
}

func (m metafield) object(namespace, key string) object {
	return object{"id": "gid://shopify/Metafield/1", "namespace": namespace, "key": key, "type": m.kind, "value": m.value, "compareDigest": m.digest}
}

// set is metafieldsSet: all of them or none.
func (s *Server) set(h *shop, args map[string]any) any {
	list := inputs(args["metafields"])
	for i, in := range list {
		if code, message := h.against(in); code != "" {
			return object{"metafields": nil, "userErrors": []object{{"code": code, "message": message, "field": []any{"metafields", i}, "elementIndex": nil}}}
		}
	}
	var made []object
	for _, in := range list {
		m := s.write(h, name(text(in, "ownerId"), text(in, "namespace"), text(in, "key")), text(in, "type"), text(in, "value"))
		made = append(made, m.object(text(in, "namespace"), text(in, "key")))
	}
	return object{"metafields": made, "userErrors": []object{}}
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// against says what Shopify has against one input. Without a compareDigest it
// writes over anything; with null, over nothing.
func (h *shop) against(in map[string]any) (code, message string) {
	owner, value := text(in, "ownerId"), text(in, "value")
	stored := h.metafields[name(owner, text(in, "namespace"), text(in, "key"))] // without one, its digest is empty, and so is null
	digest, asked := in["compareDigest"]
	given, _ := digest.(string)
	switch {
	case owner != h.owner(OnShop) && owner != h.owner(OnApp):
		return "INVALID", "Owner does not exist."
	case value == "":
		return "BLANK", "Value can't be blank."
	case text(in, "type") != "single_line_text_field":
		return "INVALID_TYPE", "Type must be consistent with the definition."
	case strings.Contains(value, "\n"):
		return "INVALID_VALUE", "Value must be a single line text string: " + value
	case given != "" && !digestForm.MatchString(given):
		return "INVALID_COMPARE_DIGEST", "The compareDigest is invalid."
	case asked && given != stored.digest:
		return "STALE_OBJECT", "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."
	}
	return "", ""
}

func (s *Server) define(h *shop, args map[string]any) any {
	in := args["definition"].(map[string]any)
	at := text(in, "ownerType") + " " + text(in, "namespace") + "." + text(in, "key")
	switch access, _ := in["access"].(map[string]any); {
	case access["admin"] != nil:
		return fails("createdDefinition", "ADMIN_ACCESS_INPUT_NOT_ALLOWED", "Setting this access control is not permitted.")
	case h.defined[at]:
		return fails("createdDefinition", "TAKEN", "Key is in use for Shop metafields on the 'omneo' namespace.")
	}
	h.defined[at] = true
	return object{"createdDefinition": object{"id": "gid://shopify/MetafieldDefinition/1"}, "userErrors": []object{}}
}

func (s *Server) subscribe(h *shop, args map[string]any) any {
	in := args["webhookSubscription"].(map[string]any)
	entry := text(args, "topic") + " " + text(in, "uri")
	switch {
	case !strings.HasPrefix(text(in, "uri"), "https://"):
		return fails("webhookSubscription", "", "Address protocol http:// is not supported")
	case slices.Contains(h.webhooks, entry):
		return fails("webhookSubscription", "", "Address for this topic has already been taken")
	}
	h.webhooks = append(h.webhooks, entry)
	return object{"webhookSubscription": object{"id": "gid://shopify/WebhookSubscription/1"}, "userErrors": []object{}}
}

func fails(result, code, message string) object {
	return object{result: nil, "userErrors": []object{{"code": code, "message": message, "field": nil}}}
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func inputs(value any) (list []map[string]any) {
	for _, one := range value.([]any) {
		list = append(list, one.(map[string]any))
	}
	return list
}
