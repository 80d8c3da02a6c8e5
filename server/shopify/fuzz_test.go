package shopify_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
)

// oracle answers everything with the same.
type oracle struct {
	status int
	body   string
	asked  int
}

func (o *oracle) Do(*http.Request) (*http.Response, error) {
	o.asked++
	return &http.Response{StatusCode: o.status, Header: http.Header{}, Body: readAll(o.body)}, nil
}

// FuzzAnswer answers every question with the same bytes: nothing panics, nothing
// goes on for ever, no error quotes what was secret, and an access or a written
// metafield is never made up.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Shop/1","metafield":null}}}`,
		`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Shop/1","metafield":{"type":"t","value":"v","compareDigest":"d"}}}}`,
		`{"data":{"metafieldsSet":{"metafields":[{"value":"canary-value-93ab17","compareDigest":"d"}],"userErrors":[]}}}`,
		`{"data":{"metafieldsSet":{"metafields":null,"userErrors":[{"code":"STALE_OBJECT","message":"m"}]}}}`,
		`{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":1,"throttleStatus":{"maximumAvailable":1,"currentlyAvailable":0,"restoreRate":1}}}}`,
		`{"access_token":"a","scope":"s","expires_in":3600,"refresh_token":"r","refresh_token_expires_in":7776000}`,
		`{"error":"invalid_grant","error_description":"no"}`, `{"errors":"[API] Invalid"}`, `null`, ``,
	} {
		for _, status := range []int{200, 400, 429, 503} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		o := &oracle{status: status, body: body}
		c := &shopify.Client{HTTP: o, Pause: never}
		a := shopify.Access{Shop: acme, Token: secret.New(tokenCanary)}
		value, code := secret.New(valueCanary), secret.New(codeCanary)
		_, read := c.Metafield(t.Context(), a, shopify.OnShop)
		changed, replaced := c.Replace(t.Context(), a, shopify.OnApp, value, func(secret.Text) bool { return true })
		defined := c.Define(t.Context(), a)
		subscribed := c.Subscribe(t.Context(), a, "https://id.example.com/hook", shopify.AppUninstalled)
		got, exchanged := c.Exchange(t.Context(), acme, "app", secret.New(secretCanary), code)
		for _, err := range []error{read, replaced, defined, subscribed, exchanged} {
			if err != nil && strings.Contains(err.Error(), "canary") && !strings.Contains(body, "canary") {
				t.Fatalf("an error says %v", err)
			}
		}
		if changed && !strings.Contains(body, `"metafieldsSet"`) {
			t.Fatal("it was not said that the metafield is set")
		}
		if exchanged == nil && got.Token.Empty() {
			t.Fatal("an access without a token")
		}
		if o.asked > 200 {
			t.Fatalf("asked %d times", o.asked)
		}
	})
}

// never waits.
func never(ctx context.Context, _ time.Duration) error { return ctx.Err() }
