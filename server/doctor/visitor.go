package doctor

import "context"

const howToSave = "To have a signature checked, log in as a customer, save the page's source (Ctrl+U, then Ctrl+S), run shapestoken doctor --html FILE, and delete the file: the signature in it is a credential."

// visitor says whose page it is. A guest that is shown a customer's page is
// that customer, to the service as to Shopify.
func visitor(_ context.Context, v *visit) {
	switch {
	case v.marker == nil:
	case v.fetched() && v.marker.customer():
		v.fail("customer-page-kept", "A guest was given the page of a customer who is logged in.", "Leave pages of logged-in customers out of every cache: a CDN in front of the shop, a service worker, an app that prefetches. Whoever was given such a page could act as that customer.")
	case v.marker.customer() || v.marker.proxied():
	case v.fetched():
		v.note("guest-page", "A guest's page shows no signature.", howToSave)
	default:
		v.note("guest-page", "The saved page is a guest's: it shows no signature.", howToSave)
	}
}
