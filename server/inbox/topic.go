package inbox

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// payload is what is read of webhooks' bodies, whatever their topic.
type payload struct {
	Domain string `json:"myshopify_domain"` // of app/uninstalled, whose body is a shop
	Shop   string `json:"shop_domain"`      // of the compliance topics

	Customer        *struct{ ID json.Number } `json:"customer"`
	DataRequest     json.RawMessage           `json:"data_request"`
	OrdersRequested json.RawMessage           `json:"orders_requested"`
	OrdersToRedact  json.RawMessage           `json:"orders_to_redact"`

	Kept   string `json:"admin_graphql_api_customer_kept_id"`
	Gone   string `json:"admin_graphql_api_customer_deleted_id"`
	Status string `json:"status"`
}

// A shape tells whether a body is one of its topic and shop, and fills in whom it
// is about. wanted is false where nothing is to be done.
type shape func(p *payload, shop string, n *broker.Notice) (wanted, fits bool)

// shapes are the topics that something is done about. The topic is a claim that
// nobody has signed, so no body may fit two of them (shopify.dev, "Privacy law
// compliance" and the samples of the webhook reference).
var shapes = map[broker.Topic]shape{
	broker.AppUninstalled:       uninstalled,
	broker.CustomersMerge:       merged,
	broker.CustomersRedact:      redacted,
	broker.CustomersDataRequest: asked,
	broker.ShopRedact:           forgotten,
}

func uninstalled(p *payload, shop string, _ *broker.Notice) (wanted, fits bool) {
	return true, p.Domain == shop && p.Shop == ""
}

// merged names no shop. A merge that has failed, or has only begun, is nothing to do.
func merged(p *payload, _ string, n *broker.Notice) (wanted, fits bool) {
	if p.Status != "" && !strings.EqualFold(p.Status, "completed") {
		return false, true
	}
	n.Customer, n.Kept = strings.TrimPrefix(p.Gone, customerGID), strings.TrimPrefix(p.Kept, customerGID)
	gids := p.Gone == customerGID+n.Customer && p.Kept == customerGID+n.Kept
	return true, p.Status != "" && gids && hmac.ValidID(n.Customer) && hmac.ValidID(n.Kept) && n.Customer != n.Kept
}

const customerGID = "gid://shopify/Customer/"

func redacted(p *payload, shop string, n *broker.Notice) (wanted, fits bool) {
	return true, p.Shop == shop && p.DataRequest == nil && p.OrdersRequested == nil && p.customer(n)
}

// asked is kept for the operator, who has to answer, and ends by itself.
func asked(p *payload, shop string, n *broker.Notice) (wanted, fits bool) {
	n.Due = n.Received.Add(inquiryLife)
	return true, p.Shop == shop && (p.DataRequest != nil || p.OrdersRequested != nil) && p.OrdersToRedact == nil && p.customer(n)
}

const inquiryLife = 30 * 24 * time.Hour

func forgotten(p *payload, shop string, _ *broker.Notice) (wanted, fits bool) {
	return true, p.Shop == shop && p.Customer == nil && p.DataRequest == nil
}

func (p *payload) customer(n *broker.Notice) bool {
	if p.Customer != nil {
		n.Customer = p.Customer.ID.String()
	}
	return hmac.ValidID(n.Customer)
}

var (
	errHeaders = broker.Refuse(broker.InvalidRequest,
		"X-Shopify-Topic, X-Shopify-Webhook-Id or X-Shopify-Triggered-At is missing or malformed: pass Shopify's headers on as they are")
	errNotJSON = broker.Refuse(broker.InvalidRequest,
		"the body is not JSON: subscribe to this topic with the format JSON")
	errShape = broker.Refuse(broker.InvalidRequest,
		"the body is not that of its topic and shop: pass Shopify's headers on as they are, and subscribe to the topic with all its fields")
)

// plausible is what Shopify's ids look like, with room for other kinds.
var plausible = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// read makes of a webhook what is kept. wanted is false where nothing is to be
// done: of an unknown topic nothing is looked at but whether it is JSON.
func read(shop string, d broker.Delivery, now time.Time) (n broker.Notice, wanted bool, err error) {
	fit, known := shapes[broker.Topic(d.Topic)]
	switch {
	case d.Topic == "":
		return n, false, errHeaders
	case !json.Valid(d.Body):
		return n, false, errNotJSON
	case !known:
		return n, false, nil
	}
	happened, dated := moment(d.Triggered, now)
	if !dated || !plausible.MatchString(d.ID) {
		return n, false, errHeaders
	}
	n = broker.Notice{ID: d.ID, Shop: shop, Topic: broker.Topic(d.Topic), Happened: happened, Received: now, Due: now}
	var p payload
	if json.Unmarshal(d.Body, &p) != nil {
		return n, false, errShape // without the cause, which quotes the body
	}
	wanted, fits := fit(&p, shop, &n)
	if !fits {
		return n, false, errShape
	}
	return n, wanted, nil
}

// moment is when it happened: now at the latest, for a time to come would reach
// what is granted until then.
func moment(triggered string, now time.Time) (t time.Time, ok bool) {
	if triggered == "" {
		return now, true
	}
	t, err := time.Parse(time.RFC3339, triggered)
	if err != nil || t.After(now) {
		return now, err == nil
	}
	return t, true
}
