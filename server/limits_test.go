package main

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// One client address may ask only so often; another is not held up by it.
func TestLimitByAddress(t *testing.T) {
	p := newAcme(t, "--ip-rate", "1", "--trusted-proxy", "127.0.0.0/8")
	ask := func(client string, customer int) answer {
		return p.do("POST", p.public+"/t/acme"+tokenPath, v1(t, secretA, strconv.Itoa(customer)),
			"Content-Type", "application/json", "Origin", page, "X-Forwarded-For", client)
	}
	limited := func(client string) (last answer) {
		for i := range 20 {
			if last = ask(client, i+1); last.StatusCode != 200 {
				return last
			}
		}
		return last
	}
	for _, spoofed := range []string{"192.0.2.1", "203.0.113.9, 192.0.2.2", "2001:db8:1:2::1"} {
		a := limited(spoofed)
		mustRefuse(t, a, 429, "rate_limited", "")
		if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || n < 1 {
			t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
		}
		if a.Header.Get("Access-Control-Allow-Origin") != page || !strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("the page cannot read it: %v", a.Header)
		}
	}
	if a := ask("198.51.100.7, 192.0.2.2", 99); a.StatusCode != 429 {
		t.Errorf("another left-most address gets around the limit: %d", a.StatusCode)
	}
	if a := ask("2001:db8:1:2:ffff::9", 99); a.StatusCode != 429 {
		t.Errorf("a neighbour in the same /64: %d", a.StatusCode)
	}
	for _, other := range []string{"192.0.2.3", "2001:db8:1:3::1"} {
		if a := ask(other, 99); a.StatusCode != 200 {
			t.Errorf("%s is held up: %d %s", other, a.StatusCode, a.body)
		}
	}
}

// A proxy that nobody has configured must not make all shoppers share one
// limit; an operator is told.
func TestForgottenProxy(t *testing.T) {
	p := newAcme(t, "--ip-rate", "1")
	for i := range 30 {
		a := p.do("POST", p.public+"/t/acme"+tokenPath, v1(t, secretA, strconv.Itoa(i+1)), "Content-Type", "application/json", "X-Forwarded-For", "192.0.2.1")
		if a.StatusCode != 200 {
			t.Fatalf("request %d: %d %s", i, a.StatusCode, a.body)
		}
	}
	if metrics := p.do("GET", p.ops+"/metrics", "").body; !strings.Contains(metrics, "shapestoken_unconfigured_proxy_requests_total 30") {
		t.Error("no metric tells")
	}
	eventually(t, "a warning tells", func() bool { return strings.Contains(p.log.String(), "--trusted-proxy") })
}

// A captured signature does not mint without bound.
func TestReplayLimit(t *testing.T) {
	p := newAcme(t, "--ip-rate", "1000")
	body, statuses := v1(t, secretA, custom), map[int]int{}
	for range 60 {
		statuses[p.exchange("acme", "", body).StatusCode]++
	}
	if statuses[429] == 0 || statuses[200] < 30 {
		t.Errorf("statuses %v", statuses)
	}
	if a := p.exchange("acme", "", v1(t, secretA, "2")); a.StatusCode != 200 {
		t.Errorf("another customer is held up: %d", a.StatusCode)
	}
}

// Operations are on their own listener, and count what was asked.
func TestOperations(t *testing.T) {
	p := newAcme(t)
	p.exchange("acme", "", v1(t, secretA, custom))
	p.exchange("acme", "", v1(t, "canary-secret-of-nobody-0123456789abcdefgh", custom))
	metrics := p.do("GET", p.ops+"/metrics", "").body
	for _, line := range []string{
		`shapestoken_exchanges_total{grant="storefront",outcome="ok"} 1`,
		`shapestoken_exchanges_total{grant="storefront",outcome="invalid_signature"} 1`,
		`shapestoken_shop_exchanges_total{shop="` + shopA + `",signature="v1",tenant="acme"} 1`,
		`shapestoken_shop_secret_total{secret="newer",shop="` + shopA + `",tenant="acme"} 1`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s", line)
		}
	}
	mustNotSay(t, "metrics", metrics, "canary", custom)
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 404, "/debug/pprof/": 404, "/t/acme" + tokenPath: 404} {
		if a := p.do("GET", p.ops+path, ""); a.StatusCode != status {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if a := p.do("GET", p.public+path, ""); a.StatusCode != 421 {
			t.Errorf("the public listener answers %s: %d", path, a.StatusCode)
		}
	}
}

// What is refused before it is a request of ours is counted and logged too.
func TestMalformedIsSeen(t *testing.T) {
	p := newProgram(t)
	p.serve()
	for name, raw := range map[string]string{
		"by the edge":   "GET /canary HTTP/1.1\r\nHost: bad host\r\n\r\n",
		"by the parser": "canary\r\n\r\n",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.public, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, raw); err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(c)
		c.Close()
		_, id, _ := strings.Cut(string(answer), "X-Request-Id: ")
		id, _, _ = strings.Cut(id, "\r\n")
		if !strings.HasPrefix(string(answer), "HTTP/1.1 400") || !strings.Contains(string(answer), `"request_id":"`+id+`"`) {
			t.Errorf("%s: %s", name, answer)
		}
		eventually(t, name+", a line of log", func() bool { return strings.Contains(p.log.String(), `"request_id":"`+id+`"`) })
	}
	mustNotSay(t, "the log", p.log.String(), "canary")
	if !strings.Contains(p.do("GET", p.ops+"/metrics", "").body, `status="4xx"} 2`) {
		t.Error("not counted")
	}
}
