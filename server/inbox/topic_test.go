package inbox

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const shop = "acme-dev.myshopify.com"

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// The samples are those of Shopify's documents, shortened.
const (
	uninstallBody = `{"id":548380009,"name":"Super Toys","email":"super@supertoys.com","domain":null,"myshopify_domain":"acme-dev.myshopify.com","plan_name":"enterprise"}`
	mergeBody     = `{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/2","admin_graphql_api_job_id":null,"status":"completed","errors":[]}`
	failedBody    = `{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/2","admin_graphql_api_job_id":null,"status":"failed","errors":[{"customer_ids":[1],"field":"merge_in_progress","message":"John Doe is currently being merged."}]}`
	redactBody    = `{"shop_id":954889,"shop_domain":"acme-dev.myshopify.com","customer":{"id":191167,"email":"john@example.com","phone":"555-625-1199"},"orders_to_redact":[299938,280263]}`
	requestBody   = `{"shop_id":954889,"shop_domain":"acme-dev.myshopify.com","orders_requested":[299938],"customer":{"id":191167,"email":"john@example.com","phone":"555-625-1199"},"data_request":{"id":9999}}`
	forgetBody    = `{"shop_id":954889,"shop_domain":"acme-dev.myshopify.com"}`
)

var bodies = map[broker.Topic]string{
	broker.AppUninstalled: uninstallBody, broker.CustomersMerge: mergeBody, broker.CustomersRedact: redactBody,
	broker.CustomersDataRequest: requestBody, broker.ShopRedact: forgetBody,
}

func delivery(topic broker.Topic, body string) broker.Delivery {
	return broker.Delivery{Topic: string(topic), ID: "w-1", Triggered: "2026-11-21T11:59:30.516267807Z", Body: []byte(body), Shop: shop}
}

func TestTopics(t *testing.T) {
	for topic, want := range map[broker.Topic]broker.Notice{
		broker.AppUninstalled:       {},
		broker.CustomersMerge:       {Customer: "2", Kept: "1"},
		broker.CustomersRedact:      {Customer: "191167"},
		broker.CustomersDataRequest: {Customer: "191167", Due: noon.Add(30 * 24 * time.Hour)},
		broker.ShopRedact:           {},
	} {
		want.ID, want.Shop, want.Topic, want.Received = "w-1", shop, topic, noon
		want.Happened = time.Date(2026, 11, 21, 11, 59, 30, 516267807, time.UTC)
		if want.Due.IsZero() {
			want.Due = noon
		}
		got, wanted, err := read(shop, delivery(topic, bodies[topic]), noon)
		if diff := cmp.Diff(want, got); diff != "" || !wanted || err != nil {
			t.Errorf("%s: wanted %t, %v\n%s", topic, wanted, err, diff)
		}
	}
}

// The topic is a claim that nobody has signed: no body is good for two of them.
func TestNoBodyFitsTwoTopics(t *testing.T) {
	for topic := range bodies {
		for other, body := range bodies {
			if _, _, err := read(shop, delivery(topic, body), noon); (err == nil) != (topic == other) {
				t.Errorf("the body of %s as %s: %v", other, topic, err)
			}
		}
	}
}

func TestNothingToDo(t *testing.T) {
	for name, d := range map[string]broker.Delivery{
		"an unknown topic":        delivery("orders/create", `{"id":1,"shop_domain":"another.myshopify.com"}`),
		"a topic of the events":   delivery("Customer", `[1,2]`),
		"in other letters":        delivery("Shop/Redact", forgetBody),
		"a merge that has failed": delivery(broker.CustomersMerge, failedBody),
		"a merge that has begun":  delivery(broker.CustomersMerge, strings.Replace(mergeBody, "completed", "in_progress", 1)),
	} {
		if n, wanted, err := read(shop, d, noon); wanted || err != nil {
			t.Errorf("%s: %+v, wanted %t, %v", name, n, wanted, err)
		}
	}
	if _, wanted, err := read(shop, delivery(broker.CustomersMerge, strings.Replace(mergeBody, "completed", "COMPLETED", 1)), noon); !wanted || err != nil {
		t.Errorf("as the Admin API writes it: wanted %t, %v", wanted, err)
	}
}

func TestRefused(t *testing.T) {
	edit := func(topic broker.Topic, old, new string) broker.Delivery {
		if !strings.Contains(bodies[topic], old) {
			t.Fatalf("%s has no %s", topic, old)
		}
		return delivery(topic, strings.Replace(bodies[topic], old, new, 1))
	}
	claim := func(change func(*broker.Delivery)) broker.Delivery {
		d := delivery(broker.CustomersRedact, redactBody)
		change(&d)
		return d
	}
	rows := []struct {
		name string
		d    broker.Delivery
	}{
		{"no topic", claim(func(d *broker.Delivery) { d.Topic = "" })},
		{"no id", claim(func(d *broker.Delivery) { d.ID = "" })},
		{"an id with a space", claim(func(d *broker.Delivery) { d.ID = "a b" })},
		{"an id that never ends", claim(func(d *broker.Delivery) { d.ID = strings.Repeat("a", 129) })},
		{"a time that is none", claim(func(d *broker.Delivery) { d.Triggered = "yesterday" })},
		{"a time in seconds", claim(func(d *broker.Delivery) { d.Triggered = "1795200000" })},
		{"no JSON", delivery(broker.ShopRedact, "shop_domain=acme-dev.myshopify.com")},
		{"XML, of a topic we don't know", delivery("orders/create", "<order/>")},
		{"half of it", delivery(broker.ShopRedact, forgetBody[:40])},
		{"text after it", delivery(broker.ShopRedact, forgetBody+"x")},
		{"an array", delivery(broker.ShopRedact, "["+forgetBody+"]")},
		{"null", delivery(broker.ShopRedact, "null")},
		{"another shop's end", edit(broker.ShopRedact, shop, "other.myshopify.com")},
		{"another shop's uninstallation", edit(broker.AppUninstalled, shop, "other.myshopify.com")},
		{"another shop's customer", edit(broker.CustomersRedact, shop, "other.myshopify.com")},
		{"another shop's request", edit(broker.CustomersDataRequest, shop, "other.myshopify.com")},
		{"a redaction of nobody", edit(broker.CustomersRedact, `"id":191167,`, "")},
		{"a redaction of no number", edit(broker.CustomersRedact, "191167", `"x"`)},
		{"a redaction of a fraction", edit(broker.CustomersRedact, "191167", "1.5")},
		{"a redaction of a power", edit(broker.CustomersRedact, "191167", "1e3")},
		{"a redaction of nothing", edit(broker.CustomersRedact, "191167", "0")},
		{"a request of nobody", edit(broker.CustomersDataRequest, `"id":191167,`, "")},
		{"a customer that is text", edit(broker.CustomersRedact, `{"id":191167,"email":"john@example.com","phone":"555-625-1199"}`, `"191167"`)},
		{"a request that redacts, too", edit(broker.CustomersDataRequest, `"data_request"`, `"orders_to_redact":[],"data_request"`)},
		{"a request without what is asked for", delivery(broker.CustomersDataRequest, `{"shop_domain":"acme-dev.myshopify.com","customer":{"id":191167}}`)},
		{"a redaction with a request", edit(broker.CustomersRedact, `"orders_to_redact"`, `"data_request":{"id":1},"orders_to_redact"`)},
		{"a member that is something else", edit(broker.CustomersRedact, `"shop_id"`, `"status":[],"shop_id"`)},
		{"a redaction that also asks", edit(broker.CustomersRedact, `"orders_to_redact"`, `"orders_requested":[],"orders_to_redact"`)},
		{"a shop's end with a customer", edit(broker.ShopRedact, `"shop_id"`, `"customer":{},"shop_id"`)},
		{"a shop's end with a request", edit(broker.ShopRedact, `"shop_id"`, `"data_request":{},"shop_id"`)},
		{"an uninstallation that names two shops", edit(broker.AppUninstalled, `"id"`, `"shop_domain":"acme-dev.myshopify.com","id"`)},
		{"a merge with itself", edit(broker.CustomersMerge, "Customer/2", "Customer/1")},
		{"a merge without a status", edit(broker.CustomersMerge, `"status":"completed",`, "")},
		{"a merge of nobody", edit(broker.CustomersMerge, "gid://shopify/Customer/2", "")},
		{"a merge into nobody", edit(broker.CustomersMerge, "gid://shopify/Customer/1", "")},
		{"a merge of orders", edit(broker.CustomersMerge, "Customer/2", "Order/2")},
		{"a merge into an order", edit(broker.CustomersMerge, "Customer/1", "Order/1")},
		{"a merge of bare ids", edit(broker.CustomersMerge, "gid://shopify/Customer/2", "2")},
		{"a merge into a bare id", edit(broker.CustomersMerge, "gid://shopify/Customer/1", "1")},
		{"a merge of no number", edit(broker.CustomersMerge, "Customer/2", "Customer/0x2")},
		{"a merge into no number", edit(broker.CustomersMerge, "Customer/1", "Customer/01")},
	}
	for _, row := range rows {
		n, wanted, err := read(shop, row.d, noon)
		if err == nil || broker.AsError(err).Code != broker.InvalidRequest || wanted {
			t.Errorf("%s: %+v, wanted %t, %v", row.name, n, wanted, err)
		}
		if err != nil && (strings.Contains(err.Error(), "191167") || strings.Contains(err.Error(), "gid:")) {
			t.Errorf("%s: the error quotes the body", row.name)
		}
	}
}

// A time to come counts as now: else it would reach what is granted until then.
func TestWhenItHappened(t *testing.T) {
	for triggered, want := range map[string]time.Time{
		"":                          noon,
		"2026-11-21T12:00:00Z":      noon,
		"2026-11-21T12:00:01Z":      noon,
		"2030-01-01T00:00:00Z":      noon,
		"2026-11-21T13:59:00+02:00": noon.Add(-time.Minute),
	} {
		d := delivery(broker.ShopRedact, forgetBody)
		d.Triggered = triggered
		n, _, err := read(shop, d, noon)
		if err != nil || !n.Happened.Equal(want) {
			t.Errorf("%q: %s, %v", triggered, n.Happened, err)
		}
	}
}
