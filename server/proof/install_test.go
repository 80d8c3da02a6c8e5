package proof_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
)

// merchants is a tenant of apps() that can make states.
func merchants(t testing.TB, pseudonyms string) *broker.Tenant {
	tenant := apps(t)
	tenant.Pseudonyms = key(t, pseudonyms)
	return tenant
}

// opened is a query with which Shopify opens the app for shop.
func opened(t testing.TB, secret, shop string, more ...string) string {
	t.Helper()
	query := fmt.Sprintf("shop=%s&timestamp=%d", shop, int64(now))
	for _, parameter := range more {
		query += "&" + parameter
	}
	signature, result := key(t, secret).SignOAuth(query)
	if result != hmac.Valid {
		t.Fatal(result)
	}
	return query + "&hmac=" + signature
}

func visit(t *testing.T, tenant *broker.Tenant, unix int64, v broker.Visit) (broker.Identity, error) {
	t.Helper()
	return proof.Install{Now: at(unix)}.Prove(context.Background(), tenant, &broker.Request{Visit: v})
}

var theApp = broker.Subject{Kind: broker.ShopApp, ID: clientID}

func TestInstall(t *testing.T) {
	rows := []struct {
		name, query string
		at          int64
		code        broker.Code
	}{
		{"opened", opened(t, newApp, shopA), now, ""},
		{"with more that is signed", opened(t, newApp, shopA, "host=YWRtaW4uc2hvcGlmeS5jb20", "session=00ff"), now, ""},
		{"the former secret", opened(t, oldApp, shopA), now, ""},
		{"90 seconds old", opened(t, newApp, shopA), now + 90, ""},
		{"91 seconds old", opened(t, newApp, shopA), now + 91, broker.SignatureExpired},
		{"91 seconds ahead", opened(t, newApp, shopA), now - 91, broker.SignatureExpired},
		{"another secret", opened(t, "no-app-of-this-shop-0123456789abcdef", shopA), now, broker.InvalidSignature},
		{"a shop without an app", opened(t, newApp, shopB), now, broker.InvalidSignature},
		{"a shop we don't know", opened(t, newApp, "unknown.myshopify.com"), now, broker.InvalidSignature},
		{"another shop", strings.Replace(opened(t, newApp, shopB), shopB, shopA, 1), now, broker.InvalidSignature},
		{"a parameter more", opened(t, newApp, shopA) + "&extra=1", now, broker.InvalidSignature},
		{"a parameter twice", opened(t, newApp, shopA) + "&shop=" + shopA, now, broker.InvalidRequest},
		{"another host", strings.Replace(opened(t, newApp, shopA), shopA, "evil.example", 1), now, broker.InvalidRequest},
		{"no hmac", fmt.Sprintf("shop=%s&timestamp=%d", shopA, int64(now)), now, broker.InvalidRequest},
		{"no timestamp", "shop=" + shopA + "&hmac=" + strings.Repeat("0", 64), now, broker.InvalidRequest},
		{"nothing", "", now, broker.InvalidRequest},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := visit(t, apps(t), row.at, broker.Visit{Query: row.query})
			judge(t, got, err, theApp, broker.Visited, row.code)
			if err == nil && got.Shop.Name != shopA {
				t.Errorf("shop %s", got.Shop.Name)
			}
		})
	}
}

func TestReturn(t *testing.T) {
	tenant, other := merchants(t, "the pseudonym key of this tenant"), merchants(t, "the pseudonym key of another one")
	tenant.Shops[shopB].App = tenant.Shops[shopA].App
	began := proof.Install{Now: at(now - 540)}
	state := began.State(tenant, shopA)
	ofB, elsewhere := began.State(tenant, shopB), began.State(other, shopA)
	back := func(state string, more ...string) string {
		return opened(t, newApp, shopA, append(more, "state="+state)...)
	}
	rows := []struct {
		name, query, given string
		at                 int64
		code               broker.Code
	}{
		{"nine minutes later", back(state, "code=c0de"), state, now, ""},
		{"just in time", back(state, "code=c0de"), state, now + 59, ""},
		{"after ten minutes", back(state, "code=c0de"), state, now + 60, broker.AccessDenied},
		{"91 seconds after it was signed", back(state, "code=c0de"), state, now + 91, broker.SignatureExpired},
		{"91 seconds before", back(state, "code=c0de"), state, now - 91, broker.SignatureExpired},
		{"no code", back(state), state, now, broker.InvalidRequest},
		{"no state", opened(t, newApp, shopA, "code=c0de"), state, now, broker.AccessDenied},
		{"no cookie", back(state, "code=c0de"), "", now, broker.AccessDenied},
		{"neither", opened(t, newApp, shopA, "code=c0de"), "", now, broker.AccessDenied},
		{"another browser's", back(state, "code=c0de"), began.State(tenant, shopA), now, broker.AccessDenied},
		{"another shop's", back(ofB, "code=c0de"), ofB, now, broker.AccessDenied},
		{"another tenant's", back(elsewhere, "code=c0de"), elsewhere, now, broker.AccessDenied},
		{"of nobody's making", back("abc", "code=c0de"), "abc", now, broker.AccessDenied},
		{"with another end", back(later(state), "code=c0de"), later(state), now, broker.AccessDenied},
		{"not signed", "shop=" + shopA + "&code=c0de&state=" + state, state, now, broker.InvalidRequest},
		{"another secret", opened(t, newA, shopA, "code=c0de", "state="+state), state, now, broker.InvalidSignature},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := visit(t, tenant, row.at, broker.Visit{Query: row.query, Returned: true, State: row.given})
			judge(t, got, err, theApp, broker.Visited, row.code)
			if err != nil && strings.Contains(err.Error(), state) {
				t.Error("the error quotes the state")
			}
		})
	}
}

// later is a state whose end was moved by somebody without the key.
func later(state string) string {
	parts := strings.Split(state, ".")
	return parts[0] + ".1795209999." + parts[2]
}

// A state is another each time, and fit for a signed query and a cookie.
func TestState(t *testing.T) {
	tenant := merchants(t, "the pseudonym key of this tenant")
	p := proof.Install{Now: func() time.Time { return time.Unix(now, 0) }}
	a, b := p.State(tenant, shopA), p.State(tenant, shopA)
	if a == b || !regexp.MustCompile(`^[A-Z2-7]{26}\.1795200600\.[A-Za-z0-9_-]{43}$`).MatchString(a) {
		t.Errorf("%s, %s", a, b)
	}
}
