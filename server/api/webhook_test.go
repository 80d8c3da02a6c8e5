package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestDelivery(t *testing.T) {
	full := broker.Delivery{Body: []byte("{}"), HMAC: "h", Shop: "s", Topic: "t", ID: "w", Triggered: "now"}
	const classic = "X-Shopify-Hmac-Sha256: h\nX-Shopify-Shop-Domain: s\nX-Shopify-Topic: t\nX-Shopify-Webhook-Id: w\nX-Shopify-Triggered-At: now\n"
	const events = "shopify-hmac-sha256: h\nshopify-shop-domain: s\nshopify-topic: t\nshopify-event-id: w\nshopify-triggered-at: now\n"
	for name, row := range map[string]struct {
		head string
		want broker.Delivery
	}{
		"as webhooks have it":           {classic, full},
		"as events have it":             {events, full},
		"both, and they agree":          {classic + events, full},
		"both have an id of their own":  {classic + strings.Replace(events, "event-id: w", "event-id: e", 1), full},
		"two hmacs":                     {classic + strings.Replace(events, "256: h", "256: x", 1), broker.Delivery{}},
		"two shops":                     {classic + strings.Replace(events, "domain: s", "domain: x", 1), broker.Delivery{}},
		"two topics":                    {classic + strings.Replace(events, "topic: t", "topic: x", 1), broker.Delivery{}},
		"two times":                     {classic + strings.Replace(events, "at: now", "at: x", 1), broker.Delivery{}},
		"one name, two hmacs":           {classic + "X-Shopify-Hmac-Sha256: x\n", broker.Delivery{}},
		"one name, two shops":           {classic + "X-Shopify-Shop-Domain: x\n", broker.Delivery{}},
		"one name, two ids":             {classic + "X-Shopify-Webhook-Id: x\n", broker.Delivery{}},
		"one name, an empty shop":       {classic + "X-Shopify-Shop-Domain:\n", broker.Delivery{}},
		"one name, an empty shop first": {"X-Shopify-Shop-Domain:\n" + classic, broker.Delivery{}},
		"none":                          {"", broker.Delivery{Body: []byte("{}")}},
	} {
		var r fasthttp.Request
		readHead(t, &r.Header, "POST /shopify/webhooks HTTP/1.1\r\nHost: a\r\n"+strings.ReplaceAll(row.head, "\n", "\r\n")+"\r\n")
		r.SetBodyString("{}")
		if diff := cmp.Diff(row.want, delivery(&r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Large bodies are for webhooks alone.
func TestBodyLimits(t *testing.T) {
	const two = 2 << 20
	for _, row := range []struct {
		name, target string
		size         int
		chunked      bool
		want         string
	}{
		{"elsewhere", "/sink", 64 << 10, false, "65536 bytes"},
		{"elsewhere, a byte more", "/sink", 64<<10 + 1, false, "HTTP/1.1 413 "},
		{"elsewhere, in chunks", "/sink", 64<<10 + 1, true, "HTTP/1.1 413 "},
		{"a webhook", "/shopify/webhooks", two, false, "2097152 bytes"},
		{"a webhook of a tenant", "/t/acme/shopify/webhooks?x=1", two, false, "2097152 bytes"},
		{"a webhook, a byte more", "/shopify/webhooks", two + 1, false, "HTTP/1.1 413 "},
		{"a webhook in chunks", "/shopify/webhooks", two, true, "2097152 bytes"},
		{"a webhook in chunks, a byte more", "/shopify/webhooks", two + 1, true, "HTTP/1.1 413 "},
		{"another path that begins so", "/shopify/webhooks/x", 64<<10 + 1, false, "HTTP/1.1 413 "},
		{"a path that is no tenant's", "/t/A/shopify/webhooks", 64<<10 + 1, false, "HTTP/1.1 413 "},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStand(t, nil)
			length := fmt.Sprintf("Content-Length: %d\r\n\r\n", row.size)
			body := strings.Repeat("a", row.size)
			if row.chunked {
				length, body = "Transfer-Encoding: chunked\r\n\r\n", inChunks(body)
			}
			m := malformed{raw: "POST " + row.target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + length + body, partial: true}
			if got := string(m.send(t, s.addr)); !strings.Contains(got, row.want) {
				t.Errorf("%.200s", got)
			}
		})
	}
}

func inChunks(body string) string {
	const size = 32 << 10
	var b strings.Builder
	for ; len(body) > size; body = body[size:] {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", size, body[:size])
	}
	fmt.Fprintf(&b, "%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	return b.String()
}

// Who asks before sending is answered by the same limits.
func TestExpectedBodyLimits(t *testing.T) {
	for _, row := range []struct {
		target string
		size   int
		want   string
	}{
		{"/shopify/webhooks", 2<<20 + 1, "HTTP/1.1 413 "},
		{"/sink", 64<<10 + 1, "HTTP/1.1 413 "},
		{"/shopify/webhooks", 64<<10 + 1, "HTTP/1.1 100 "},
	} {
		s := newStand(t, nil)
		m := malformed{hangsUp: true, raw: fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", row.target, row.size)}
		if got := string(m.send(t, s.addr)); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s, %d bytes: %.100s", row.target, row.size, got)
		}
	}
}

// fasthttp makes room for a body as soon as somebody says that one is coming.
func TestBurst(t *testing.T) {
	var b burst
	began := time.Unix(1795200000, 0)
	for i := range largeAtOnce {
		if !b.allow(began.Add(time.Duration(i)*time.Millisecond), time.Second) {
			t.Fatalf("only %d at once", i)
		}
	}
	for _, row := range []struct {
		after time.Duration
		want  bool
	}{{999 * time.Millisecond, false}, {time.Second, true}, {time.Second, false}, {time.Second + time.Millisecond, true}, {time.Second + time.Millisecond, false}} {
		if got := b.allow(began.Add(row.after), time.Second); got != row.want {
			t.Errorf("after %s: %t", row.after, got)
		}
	}
}

// A burst of large webhooks is over when it is over, and small ones never are.
func TestTooManyLargeWebhooks(t *testing.T) {
	s := newStand(t, nil)
	post := func(size int) string {
		m := malformed{partial: true, raw: fmt.Sprintf("POST /shopify/webhooks HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("a", size))}
		return string(m.send(t, s.addr))
	}
	for range largeAtOnce {
		post(1)
	}
	for i := range largeAtOnce {
		if got := post(64<<10 + 1); !strings.Contains(got, "65537 bytes") {
			t.Fatalf("%d: %.100s", i, got)
		}
	}
	if got := post(64<<10 + 1); !strings.HasPrefix(got, "HTTP/1.1 413 ") {
		t.Errorf("one more: %.100s", got)
	}
	if got := post(64 << 10); !strings.Contains(got, "65536 bytes") {
		t.Errorf("a small one: %.100s", got)
	}
}
