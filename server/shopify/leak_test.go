package shopify_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const (
	tokenCanary  = "canary-token-61d0e2"
	valueCanary  = "canary-value-93ab17"
	knownCanary  = "canary-known-28fc40"
	codeCanary   = "canary-code-b8e1d5"
	secretCanary = "canary-secret-04c9aa"
)

// parrot answers everything with what it was sent.
type parrot struct {
	status int
	wrap   func(heard string) string
}

func (p parrot) Do(r *http.Request) (*http.Response, error) {
	var heard strings.Builder
	fmt.Fprint(&heard, r.Header, " ", r.URL)
	if body, err := r.GetBody(); err == nil {
		_, _ = fmt.Fprint(&heard, " ")
		b := make([]byte, 4096)
		n, _ := body.Read(b)
		heard.Write(b[:n])
	}
	if p.status == 0 {
		return nil, errors.New("no route to the host")
	}
	answer := &http.Response{StatusCode: p.status, Header: http.Header{}, Body: readAll(p.wrap(heard.String()))}
	return answer, nil
}

// Whatever Shopify answers, and be it all that it was told, no error says a
// token, a code, a secret or a value.
func TestErrorsQuoteNoSecret(t *testing.T) {
	says := map[string]func(string) string{
		"plain":   func(heard string) string { return heard },
		"message": func(heard string) string { return fmt.Sprintf(`{"errors":[{"message":%q}]}`, heard) },
		"code": func(heard string) string {
			return fmt.Sprintf(`{"errors":[{"message":"m","extensions":{"code":%q}}]}`, heard)
		},
		"denied": func(heard string) string {
			return fmt.Sprintf(`{"errors":[{"message":%q,"extensions":{"code":"ACCESS_DENIED"}}]}`, heard)
		},
		"oauth": func(heard string) string {
			return fmt.Sprintf(`{"error":"invalid_grant","error_description":%q}`, heard)
		},
		"oauth too": func(heard string) string { return fmt.Sprintf(`{"error":%q}`, heard) },
		"user error": func(heard string) string {
			e := fmt.Sprintf(`"userErrors":[{"code":"INVALID_VALUE","message":%q}]`, heard)
			return `{"data":{"metafieldsSet":{` + e + `},"metafieldDefinitionCreate":{` + e + `},"webhookSubscriptionCreate":{` + e + `}}}`
		},
		"as data": func(heard string) string {
			return fmt.Sprintf(`{"data":{"shop":{"myshopifyDomain":%q},"metafieldsSet":{"metafields":[{"value":%q,"compareDigest":"d"}]}}}`, heard, heard)
		},
		"as a number": func(string) string { return `{"data":{"shop":{"metafield":{"value":93}}},"access_token":93}` },
	}
	for name, wrap := range says {
		for _, status := range []int{0, 200, 302, 400, 401, 403, 404, 429, 500} {
			c := &shopify.Client{HTTP: parrot{status, wrap}, Pause: (&store{clock: &clock{}}).pause}
			for _, err := range everything(t, c) {
				if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "canary-") {
					t.Errorf("%s with %d: %v", name, status, err)
				}
			}
		}
	}
}

func everything(t *testing.T, c *shopify.Client) []error {
	a := shopify.Access{Shop: acme, Token: secret.New(tokenCanary)}
	read := shopify.Metafield{Shop: acme, Owner: "gid://shopify/Shop/1", Present: true, Value: secret.New(knownCanary), Digest: "d"}
	_, reading := c.Metafield(t.Context(), a, shopify.OnShop)
	_, replacing := c.Replace(t.Context(), a, shopify.OnApp, secret.New(valueCanary), is(knownCanary))
	_, exchanging := c.Exchange(t.Context(), acme, "id", secret.New(secretCanary), secret.New(codeCanary))
	_, refreshing := c.Refresh(t.Context(), acme, "id", secret.New(secretCanary), secret.New(codeCanary))
	return []error{
		reading, replacing, exchanging, refreshing,
		c.SetMetafield(t.Context(), a, secret.New(valueCanary), read),
		c.Define(t.Context(), a),
		c.Subscribe(t.Context(), a, "https://id.example.com/", shopify.AppUninstalled),
	}
}

// A value that is refused is in Shopify's own words, or a part of it, or what was
// there before; ours leave such words out, and say the code.
func TestRefusedValue(t *testing.T) {
	for _, quoted := range []string{valueCanary, valueCanary[:12], valueCanary[9:], knownCanary, tokenCanary} {
		s := open(t)
		s.Set(acme, shopifytest.OnShop, knownCanary)
		s.access.Token = secret.New(tokenCanary)
		s.Accept(acme, tokenCanary)
		s.Break(acme, shopifytest.Pass, shopifytest.Answers(`{"data":{"metafieldsSet":{"metafields":null,"userErrors":[{"code":"INVALID_VALUE","message":"Value `+quoted+` is odd"}]}}}`))
		_, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New(valueCanary), is(knownCanary))
		if err == nil || strings.Contains(err.Error(), quoted) || !strings.Contains(err.Error(), "INVALID_VALUE") || !strings.Contains(err.Error(), "left out") {
			t.Errorf("%s: %v", quoted, err)
		}
	}
}

func TestRefusedToken(t *testing.T) {
	for _, quoted := range []string{codeCanary, secretCanary} {
		s := open(t)
		s.Break(acme, shopifytest.Refuses("invalid_grant", "Not good: "+quoted))
		_, err := s.Refresh(t.Context(), acme, "id", secret.New(secretCanary), secret.New(codeCanary))
		if !errors.Is(err, shopify.ErrAccess) || strings.Contains(err.Error(), quoted) || !strings.Contains(err.Error(), "invalid_grant") {
			t.Error(err)
		}
	}
}

func TestPrintedAccess(t *testing.T) {
	a := shopify.Access{Shop: acme, Token: secret.New(tokenCanary), Refresh: secret.New(codeCanary)}
	m := shopify.Metafield{Shop: acme, Value: secret.New(valueCanary)}
	if text := fmt.Sprintf("%v %+v %#v %v %+v %#v", a, a, a, m, m, m); strings.Contains(text, "canary-") {
		t.Error(text)
	}
}
