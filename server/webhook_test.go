package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// hook is a webhook on its way.
type hook struct{ tenant, shop, topic, id, body string }

func (p *program) deliver(h hook, change ...string) answer {
	p.t.Helper()
	mac, _ := appKey(p.t).SignWebhook([]byte(h.body))
	header := map[string]string{
		"Content-Type": "application/json", "X-Shopify-Topic": h.topic, "X-Shopify-Shop-Domain": h.shop,
		"X-Shopify-Hmac-Sha256": mac, "X-Shopify-Webhook-Id": h.id, "X-Shopify-API-Version": "2026-07",
		"X-Shopify-Triggered-At": time.Now().UTC().Format(time.RFC3339Nano),
	}
	for i := 0; i+1 < len(change); i += 2 {
		header[change[i]] = change[i+1]
	}
	var list []string
	for name, value := range header {
		list = append(list, name, value)
	}
	return p.do("POST", p.public+"/t/"+h.tenant+"/shopify/webhooks", h.body, list...)
}

// noticeOf is a webhook of acme's shop A about a customer.
func noticeOf(topic, id, customer string) hook {
	body := fmt.Sprintf(`{"shop_id":1,"shop_domain":%q,"customer":{"id":%s,"email":"canary@example.com"},"orders_to_redact":[]}`, shopA, customer)
	switch topic {
	case "customers/data_request":
		body = fmt.Sprintf(`{"shop_id":1,"shop_domain":%q,"orders_requested":[],"customer":{"id":%s,"email":"canary@example.com"},"data_request":{"id":9}}`, shopA, customer)
	case "shop/redact":
		body = fmt.Sprintf(`{"shop_id":1,"shop_domain":%q}`, shopA)
	case "app/uninstalled":
		body = fmt.Sprintf(`{"id":1,"myshopify_domain":%q,"email":"canary@example.com"}`, shopA)
	}
	return hook{tenant: "acme", shop: shopA, topic: topic, id: id, body: body}
}

func mergeHook(id, gone, kept string) hook {
	return hook{tenant: "acme", shop: shopA, topic: "customers/merge", id: id, body: fmt.Sprintf(
		`{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/%s","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/%s","admin_graphql_api_job_id":null,"status":"completed","errors":[]}`, kept, gone)}
}

// database is the program's, opened by the test.
func (p *program) database() *store.Store {
	p.t.Helper()
	s, err := store.Open(p.t.Context(), p.args[1])
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = s.Close() })
	keyring, err := seal.Open(p.args[3])
	if err == nil {
		err = s.Unlock(p.t.Context(), keyring)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *program) granted(s *store.Store, at time.Time) {
	p.t.Helper()
	if err := s.In("acme").SetAdmin(p.t.Context(), shopA, broker.Admin{Holder: broker.HeldByShop, Token: secret.New("shpat_canary"), Granted: at}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) pid(customer string) any {
	return claimsOf(p.t, p.exchange("acme", "", v1(p.t, secretA, customer)).body)["pid"]
}

// Each topic, from Shopify's request to what has become of it.
func TestWebhooks(t *testing.T) {
	p := newApp(t)
	s := p.database()
	took := func(h hook) {
		t.Helper()
		if a := p.deliver(h); a.StatusCode != 200 || a.body != "{}" || a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %s %v", h.topic, a.StatusCode, a.body, a.Header)
		}
	}
	admin := func() bool { _, err := s.In("acme").Admin(t.Context(), shopA); return err == nil }

	gone, kept := p.pid("71"), p.pid("72")
	eventually(t, "both are known", func() bool {
		_, _, a := p.command("", "profile", "show", "acme", gone.(string))
		_, _, b := p.command("", "profile", "show", "acme", kept.(string))
		return a == done && b == done
	})
	took(mergeHook("merge-1", "71", "72"))
	eventually(t, "merged", func() bool { return p.pid("71") == kept && p.pid("72") == kept })

	took(noticeOf("customers/redact", "redact-1", "72"))
	eventually(t, "redacted", func() bool { return p.exchange("acme", "", v1(t, secretA, "72")).StatusCode == 403 })
	if a := p.exchange("acme", "", v1(t, secretA, "71")); a.StatusCode != 200 {
		t.Errorf("another customer: %d", a.StatusCode)
	}

	p.granted(s, time.Now().Add(-time.Hour))
	if a := p.deliver(noticeOf("app/uninstalled", "late", ""), "X-Shopify-Triggered-At", time.Now().Add(-2*time.Hour).UTC().Format(time.RFC3339)); a.StatusCode != 200 {
		t.Error(a.StatusCode)
	}
	eventually(t, "the late one is done", func() bool { return strings.Contains(p.log.String(), `"webhook":"late"`) })
	if !admin() {
		t.Error("an uninstallation from before took the access that was granted since")
	}
	took(noticeOf("app/uninstalled", "in-time", ""))
	eventually(t, "the access is forgotten", func() bool { return !admin() })

	p.granted(s, time.Now().Add(-time.Hour))
	took(noticeOf("shop/redact", "forget-1", ""))
	eventually(t, "forgotten", func() bool { return p.pid("71") == gone && !admin() })
	if a := p.exchange("acme", "", v1(t, secretA, "72")); a.StatusCode != 403 {
		t.Errorf("a blocked customer is let in again: %d", a.StatusCode)
	}
	if log := p.log.String(); strings.Contains(log, "canary") || strings.Contains(log, "gid:") {
		t.Error("the log has what is nobody's concern")
	}
}

// Whoever cannot sign gets one and the same answer.
func TestWebhookRefusals(t *testing.T) {
	p := newApp(t)
	good := noticeOf("customers/redact", "w1", custom)
	sum := appKey(t).Sum([]byte(good.body))
	mac, _ := appKey(t).SignWebhook([]byte(good.body))
	other, err := hmac.NewKey([]byte("canary-client-secret-of-nobody-01234567"))
	if err != nil {
		t.Fatal(err)
	}
	wrong, _ := other.SignWebhook([]byte(good.body))
	anew, shopless := good, good
	anew.body = strings.ReplaceAll(good.body, ":", ": ")
	shopless.shop = shopB
	bodies := map[string]string{}
	for name, a := range map[string]answer{
		"another secret":      p.deliver(good, "X-Shopify-Hmac-Sha256", wrong),
		"none":                p.deliver(good, "X-Shopify-Hmac-Sha256", ""),
		"hex":                 p.deliver(good, "X-Shopify-Hmac-Sha256", hex.EncodeToString(sum[:])),
		"no padding":          p.deliver(good, "X-Shopify-Hmac-Sha256", strings.TrimRight(mac, "=")),
		"written anew":        p.deliver(anew, "X-Shopify-Hmac-Sha256", mac),
		"an unknown shop":     p.deliver(good, "X-Shopify-Shop-Domain", "unknown.myshopify.com"),
		"a shop without one":  p.deliver(shopless),
		"no shop":             p.deliver(good, "X-Shopify-Shop-Domain", ""),
		"two topics":          p.deliver(good, "shopify-topic", "shop/redact"),
		"two hmacs":           p.deliver(good, "shopify-hmac-sha256", wrong),
		"no body":             p.deliver(hook{tenant: "acme", shop: shopA, topic: "shop/redact", id: "w1"}),
		"another tenant":      p.deliver(hook{tenant: "umbra", shop: shopA, topic: good.topic, id: "w1", body: good.body}),
		"another tenant, too": p.deliver(hook{tenant: "umbra", shop: shopB, topic: good.topic, id: "w1", body: good.body}),
	} {
		mustRefuse(t, a, 401, "invalid_signature", "")
		bodies[strings.Replace(a.body, a.Header.Get("X-Request-Id"), "", 1)] = name
	}
	if len(bodies) != 1 {
		t.Errorf("they are told apart: %v", bodies)
	}
	elsewhere := good
	elsewhere.body = strings.Replace(good.body, shopA, shopB, 1)
	form := good
	form.body = "shop_domain=" + shopA
	for name, row := range map[string]struct {
		a      answer
		status int
		code   string
	}{
		"another shop's body":    {p.deliver(elsewhere), 400, "invalid_request"},
		"another topic's body":   {p.deliver(good, "X-Shopify-Topic", "shop/redact"), 400, "invalid_request"},
		"no JSON":                {p.deliver(form), 400, "invalid_request"},
		"no id":                  {p.deliver(good, "X-Shopify-Webhook-Id", ""), 400, "invalid_request"},
		"an id that is none":     {p.deliver(good, "X-Shopify-Webhook-Id", "a b"), 400, "invalid_request"},
		"no topic":               {p.deliver(good, "X-Shopify-Topic", ""), 400, "invalid_request"},
		"a GET":                  {p.do("GET", p.public+"/t/acme/shopify/webhooks", ""), 405, "invalid_request"},
		"a preflight":            {p.do("OPTIONS", p.public+"/t/acme/shopify/webhooks", "", "Origin", page, "Access-Control-Request-Method", "POST"), 405, "invalid_request"},
		"a tenant there is none": {p.deliver(hook{tenant: "nobody", shop: shopA, topic: good.topic, id: "w1", body: good.body}), 404, "invalid_request"},
	} {
		if row.a.StatusCode != row.status || !strings.Contains(row.a.body, `"error":"`+row.code+`"`) || row.a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %s", name, row.a.StatusCode, row.a.body)
		}
	}
	if due, err := p.database().DueWebhooks(t.Context(), time.Now().Add(time.Hour), 10); err != nil || len(due) > 0 {
		t.Errorf("kept: %v %v", due, err)
	}
	if a := p.exchange("acme", "", v1(t, secretA, custom)); a.StatusCode != 200 {
		t.Errorf("the customer: %d", a.StatusCode)
	}
	if log := p.log.String(); strings.Contains(log, mac) || strings.Contains(log, "canary@") {
		t.Error("the log has a signature or a body")
	}
}

// What nothing is done about is answered and forgotten, however large it is.
func TestUnknownTopics(t *testing.T) {
	p := newApp(t)
	large := `{"shop_domain":"` + shopB + `","x":"` + strings.Repeat("a", 2<<20-200) + `"}`
	for topic, body := range map[string]string{"orders/create": large, "Customer": `{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}`} {
		if a := p.deliver(hook{tenant: "acme", shop: shopA, topic: topic, body: body}); a.StatusCode != 200 {
			t.Errorf("%s: %d %s", topic, a.StatusCode, a.body)
		}
	}
	tooLarge := hook{tenant: "acme", shop: shopA, topic: "orders/create", id: "w1", body: large + strings.Repeat(" ", 400)}
	if status := p.postLarge(tooLarge); status != 413 {
		t.Errorf("over 2 MiB: %d", status)
	}
	if due, err := p.database().DueWebhooks(t.Context(), time.Now().Add(time.Hour), 10); err != nil || len(due) > 0 {
		t.Errorf("kept: %v %v", due, err)
	}
}

// postLarge is for what the server refuses before all is sent.
func (p *program) postLarge(h hook) int {
	p.t.Helper()
	r, err := http.NewRequest("POST", p.public+"/t/"+h.tenant+"/shopify/webhooks", bytes.NewReader([]byte(h.body)))
	if err != nil {
		p.t.Fatal(err)
	}
	mac, _ := appKey(p.t).SignWebhook([]byte(h.body))
	r.Header.Set("X-Shopify-Hmac-Sha256", mac)
	r.Header.Set("X-Shopify-Shop-Domain", h.shop)
	r.Header.Set("Expect", "100-continue")
	transport := &http.Transport{ExpectContinueTimeout: 10 * time.Second}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// The same webhook counts once, suspended tenants are told too, and a deleted
// one is not there.
func TestWebhookTwiceAndSuspended(t *testing.T) {
	p := newApp(t)
	redact := noticeOf("customers/redact", "w1", custom)
	p.deliver(redact)
	status := func() int { return p.exchange("acme", "", v1(t, secretA, custom)).StatusCode }
	eventually(t, "redacted", func() bool { return status() == 403 })
	p.must("", "profile", "unblock", "acme", shopA, custom)
	eventually(t, "let in again", func() bool { return status() == 200 })
	if a := p.deliver(redact); a.StatusCode != 200 {
		t.Errorf("the same again: %d", a.StatusCode)
	}
	p.deliver(noticeOf("customers/redact", "w2", "99"))
	eventually(t, "a later one is done", func() bool { return strings.Contains(p.log.String(), `"webhook":"w2"`) })
	if status() != 200 {
		t.Error("the same webhook was worked on twice")
	}
	p.must("", "tenant", "suspend", "acme")
	eventually(t, "suspended", func() bool { return status() == 403 })
	if a := p.deliver(noticeOf("customers/redact", "w3", "98")); a.StatusCode != 200 {
		t.Errorf("suspended: %d %s", a.StatusCode, a.body)
	}
	p.must("", "tenant", "resume", "acme")
	eventually(t, "the suspended tenant's customer is blocked", func() bool { return p.exchange("acme", "", v1(t, secretA, "98")).StatusCode == 403 })
	p.must("", "tenant", "set", "acme", "--deny", "webhook")
	eventually(t, "denied", func() bool { return p.deliver(noticeOf("customers/redact", "w4", "97")).StatusCode == 403 })
	p.must("", "tenant", "delete", "acme", "--yes")
	eventually(t, "deleted", func() bool { return p.deliver(redact).StatusCode == 404 })
}

// What one server has taken in and not done, another does, on either database.
func TestWebhookAfterAKill(t *testing.T) {
	for name, fresh := range engines {
		t.Run(name, func(t *testing.T) {
			p := onDatabase(t, fresh(t), t.TempDir()+"/test.key")
			p.must("", "tenant", "create", "acme")
			p.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
			now := time.Now()
			n := broker.Notice{Tenant: "acme", ID: "w1", Shop: shopA, Topic: broker.CustomersRedact, Customer: custom, Happened: now, Received: now, Due: now}
			if fresh, err := p.database().ReceiveWebhook(t.Context(), n); err != nil || !fresh {
				t.Fatal(fresh, err)
			}
			p.serve("--ip-rate", "0")
			eventually(t, "worked on", func() bool { return p.exchange("acme", "", v1(t, secretA, custom)).StatusCode == 403 })
		})
	}
}

// While the database is away Shopify is asked to come again.
func TestWebhookWithoutDatabase(t *testing.T) {
	p, cut, mend := onFailingSQLite(t)
	p.must(appSecret+"\n", "shop", "app", "warm", shopA, "--client-id", appID, "--client-secret-stdin")
	h := noticeOf("customers/redact", "w1", custom)
	h.tenant = "warm"
	unknown := hook{tenant: "warm", shop: shopA, topic: "orders/create", body: "{}"}
	eventually(t, "the app is known", func() bool { return p.deliver(unknown).StatusCode == 200 })
	cut()
	a := p.deliver(h)
	mustRefuse(t, a, 503, "server_error", "")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	mend()
	eventually(t, "taken in", func() bool { return p.deliver(h).StatusCode == 200 })
	eventually(t, "and worked on", func() bool { return p.exchange("warm", "", v1(t, secretA, custom)).StatusCode == 403 })
}

// Who wants to know what is held is kept for the operator.
func TestRequestsForData(t *testing.T) {
	p := newApp(t)
	pid := p.pid(custom)
	eventually(t, "known", func() bool { _, _, code := p.command("", "profile", "show", "acme", pid.(string)); return code == done })
	for id, customer := range map[string]string{"ask-1": custom, "ask-2": "99"} {
		if a := p.deliver(noticeOf("customers/data_request", id, customer)); a.StatusCode != 200 {
			t.Fatal(a.StatusCode, a.body)
		}
	}
	held := map[any]any{}
	for _, row := range p.list("profile", "requests", "acme") {
		held[row["request"]] = row["held"]
		if row["shop"] != shopA || row["received"] == "" || row["ends"] == "" {
			t.Errorf("%v", row)
		}
	}
	if h, _ := held["ask-1"].(map[string]any); len(held) != 2 || h["pid"] != pid || h["linked"] != false || held["ask-2"] != nil {
		t.Errorf("%v", held)
	}
	p.must("", "profile", "requests", "acme", "--done", "ask-2")
	out, _, _ := p.command("", "profile", "requests", "acme")
	if !strings.Contains(out, custom) || strings.Contains(out, "ask-2") || !strings.Contains(out, pid.(string)) {
		t.Errorf("%s", out)
	}
	for _, args := range [][]string{{"profile", "requests", "acme", "--done", "ask-2"}, {"profile", "requests", "nobody"}, {"profile", "requests", "nobody", "--done", "ask-1"}} {
		if _, _, code := p.command("", args...); code != refused {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	p.must("", "profile", "block", "acme", shopA, custom)
	if rows := p.list("profile", "requests", "acme"); len(rows) != 0 {
		t.Errorf("a blocked customer's request stays: %v", rows)
	}
}
