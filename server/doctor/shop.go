package doctor

import (
	"context"
	"fmt"
	"regexp"

	"github.com/shapestoken/shapestoken/hmac"
)

// Shopify writes both into the head of every storefront page, with
// content_for_header. The second may hold the shop's own domain instead.
var (
	global   = regexp.MustCompile(`Shopify\.shop\s*=\s*["']([^"']{1,100})["']`)
	features = regexp.MustCompile(`"domain"\s*:\s*"([^"]{1,100})"`)
)

// shopIn is empty for a script that names no shop.
func shopIn(script element) string {
	pattern := global
	if script.attr("id") == "shopify-features" {
		pattern = features
	}
	if found := pattern.FindStringSubmatch(script.text); found != nil && hmac.ValidShop(found[1]) {
		return found[1]
	}
	return ""
}

// shopOf compares the marker's shop with the one whose page it is.
func shopOf(_ context.Context, v *visit) {
	if v.marker == nil {
		return
	}
	shop := v.marker.Shop
	switch {
	case shop == "" && v.marker.Timestamp == "": // v1, guests and the app proxy do without
	case !hmac.ValidShop(shop):
		v.fail("shop-malformed", "The marker's shop is no permanent domain, such as acme-dev.myshopify.com.", "Leave data-shop as the snippet writes it, from shop.permanent_domain; shop.domain is another.")
	case len(v.page.shops) == 0:
	case v.page.shops[0] != shop:
		v.fail("shop-differs", fmt.Sprintf("The marker names %s, but the page is of %s.", shop, v.page.shops[0]), "Leave data-shop as the snippet writes it, from shop.permanent_domain, and use the secret of "+v.page.shops[0]+".")
	default:
		v.ok("shop", "The marker names the shop whose page it is, %s.", shop)
	}
}
