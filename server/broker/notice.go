package broker

import "time"

// Topic is what a webhook tells, as Shopify's headers spell it.
type Topic string

// The topics that something is done about.
const (
	AppUninstalled       Topic = "app/uninstalled"
	CustomersMerge       Topic = "customers/merge"
	CustomersRedact      Topic = "customers/redact"
	CustomersDataRequest Topic = "customers/data_request"
	ShopRedact           Topic = "shop/redact"
)

// Notice is a webhook that was taken in and is worked on later. Nothing else of
// it is kept.
type Notice struct {
	Tenant, ID, Shop string
	Topic            Topic
	Customer         string // decimal id; empty: it is about none. Of a merge: the one that is gone
	Kept             string // of a merge: the customer that is kept
	Happened         time.Time
	Received         time.Time
	Due              time.Time // when it is worked on
}

// Inquiry is a customer's wish to know what is held, and what that is.
type Inquiry struct {
	ID       string // the webhook's
	Customer CustomerRef
	Received time.Time
	Ends     time.Time // it is forgotten then
	Profile  Profile   // zero: nothing is held
	Linked   bool      // the profile id is not the derived one
}
