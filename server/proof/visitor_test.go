package proof_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	clientID = "0123456789abcdef0123456789abcdef"
	newApp   = "shpss_newer-client-secret-0123456789"
	oldApp   = "shpss_former-client-secret-012345678"
)

// apps is the tenant of tenant(), whose shop A is in the middle of a rotation of
// its app's client secret, too; the former one counts for an hour more.
func apps(t testing.TB) *broker.Tenant {
	tenant := tenant(t)
	tenant.Shops[shopA].App = &broker.ShopifyApp{ClientID: clientID, Secrets: []broker.AppSecret{
		{Text: secret.New(newApp), Key: key(t, newApp)},
		{Text: secret.New(oldApp), Key: key(t, oldApp), Until: time.Unix(now+3600, 0)},
	}}
	return tenant
}

func at(unix int64) func() time.Time { return func() time.Time { return time.Unix(unix, 0) } }

// proxied is a query as Shopify's app proxy makes it.
func proxied(t testing.TB, secret, shop, customer string, extra ...string) string {
	t.Helper()
	query := strings.Join(append([]string{
		"shop=" + shop, "logged_in_customer_id=" + customer, "path_prefix=%2Fapps%2Fshapestoken", "timestamp=" + strconv.Itoa(now),
	}, extra...), "&")
	signature, result := key(t, secret).SignProxy(query)
	if result != hmac.Valid {
		t.Fatal(result)
	}
	return query + "&signature=" + signature
}

func TestAppProxy(t *testing.T) {
	rows := []struct {
		name, query string
		at          int64
		subject     broker.Subject
		older       bool
		code        broker.Code
	}{
		{"a customer", proxied(t, newApp, shopA, id), now, broker.Subject{Kind: broker.Customer, ID: id}, false, ""},
		{"a guest", proxied(t, newApp, shopA, ""), now, broker.Subject{Kind: broker.Guest}, false, ""},
		{"the former secret", proxied(t, oldApp, shopA, id), now, broker.Subject{Kind: broker.Customer, ID: id}, true, ""},
		{"90 seconds old", proxied(t, newApp, shopA, id), now + 90, broker.Subject{Kind: broker.Customer, ID: id}, false, ""},
		{"91 seconds old", proxied(t, newApp, shopA, id), now + 91, broker.Subject{}, false, broker.SignatureExpired},
		{"91 seconds ahead", proxied(t, newApp, shopA, id), now - 91, broker.Subject{}, false, broker.SignatureExpired},
		{"another secret", proxied(t, "no-app-of-this-shop-0123456789abcdef", shopA, id), now, broker.Subject{}, false, broker.InvalidSignature},
		{"the theme's secret", proxied(t, newA, shopA, id), now, broker.Subject{}, false, broker.InvalidSignature},
		{"a shop without an app", proxied(t, newApp, shopB, id), now, broker.Subject{}, false, broker.InvalidSignature},
		{"a shop we don't know", proxied(t, newApp, "unknown.myshopify.com", id), now, broker.Subject{}, false, broker.InvalidSignature},
		{"another customer", strings.Replace(proxied(t, newApp, shopA, id), id, "7210381803721", 1), now, broker.Subject{}, false, broker.InvalidSignature},
		{"a parameter more", proxied(t, newApp, shopA, id, "extra=1"), now, broker.Subject{}, false, broker.InvalidRequest},
		{"the customer twice", proxied(t, newApp, shopA, id, "logged_in_customer_id=2"), now, broker.Subject{}, false, broker.InvalidRequest},
		{"nothing", "", now, broker.Subject{}, false, broker.InvalidRequest},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := proof.AppProxy{Now: at(row.at)}.Prove(context.Background(), apps(t), &broker.Request{Query: row.query})
			judge(t, got, err, row.subject, broker.Proxied, row.code)
			if err == nil && (got.Older != row.older || got.Shop.Name != shopA) {
				t.Errorf("older %t, shop %s", got.Older, got.Shop.Name)
			}
		})
	}
}

// Who is refused is told what is wrong with the query, and nothing that it says.
func TestAppProxyNamesTheReason(t *testing.T) {
	for query, want := range map[string]string{
		proxied(t, newApp, shopA, id, "canary=1"): "(parameter that is not allowed)",
		proxied(t, newApp, "canary.example", id):  "(malformed shop)",
		proxied(t, newApp, shopA, "canary"):       "(malformed logged_in_customer_id)",
		"canary=%zz":                              "(malformed query)",
	} {
		_, err := proof.AppProxy{Now: at(now)}.Prove(context.Background(), apps(t), &broker.Request{Query: query})
		if err == nil || !strings.HasSuffix(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The former client secret ends by itself.
func TestFormerClientSecretEnds(t *testing.T) {
	tenant := apps(t)
	tenant.Shops[shopA].App.Secrets[1].Until = time.Unix(now-1, 0)
	_, err := proof.AppProxy{Now: at(now)}.Prove(context.Background(), tenant, &broker.Request{Query: proxied(t, oldApp, shopA, id)})
	judge(t, broker.Identity{}, err, broker.Subject{}, "", broker.InvalidSignature)
	_, err = proof.Session{Now: at(now)}.Prove(context.Background(), tenant, &broker.Request{Bearer: session(t, oldApp, nil, nil)})
	judge(t, broker.Identity{}, err, broker.Subject{}, "", broker.InvalidSignature)
}

func judge(t *testing.T, got broker.Identity, err error, subject broker.Subject, method broker.Method, code broker.Code) {
	t.Helper()
	if code != "" {
		if err == nil || broker.AsError(err).Code != code {
			t.Errorf("got %v, want %s", err, code)
		}
		return
	}
	if diff := cmp.Diff(subject, got.Subject); err != nil || diff != "" || got.Method != method {
		t.Errorf("%v, method %s\n%s", err, got.Method, diff)
	}
}

type object = map[string]any

// session is a token as Shopify gives it to an extension; nil takes a claim away.
func session(t testing.TB, secretText string, claims, header object) secret.Text {
	t.Helper()
	payload := object{"dest": shopA, "aud": clientID, "exp": now + 300, "nbf": now, "iat": now, "jti": "6c992878-dbaf", "sub": "gid://shopify/Customer/" + id}
	head := object{"alg": "HS256", "typ": "JWT"}
	text := encode(t, merge(head, header)) + "." + encode(t, merge(payload, claims))
	mac := key(t, secretText).Sum([]byte(text))
	return secret.New(text + "." + base64.RawURLEncoding.EncodeToString(mac[:]))
}

func merge(to, from object) object {
	for name, value := range from {
		to[name] = value
		if value == nil {
			delete(to, name)
		}
	}
	return to
}

func encode(t testing.TB, part object) string {
	t.Helper()
	text, err := json.Marshal(part)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func TestSessionTokens(t *testing.T) {
	customer, guest := broker.Subject{Kind: broker.Customer, ID: id}, broker.Subject{Kind: broker.Guest}
	rows := []struct {
		name    string
		claims  object
		subject broker.Subject
		code    broker.Code
	}{
		{"of an extension", nil, customer, ""},
		{"of a guest", object{"sub": nil}, guest, ""},
		{"with a scheme, and an issuer of the same shop", object{"dest": "https://" + shopA, "iss": "https://" + shopA + "/admin"}, customer, ""},
		{"9 seconds late", object{"exp": now - 9}, customer, ""},
		{"11 seconds late", object{"exp": now - 11}, guest, broker.InvalidSignature},
		{"no expiry", object{"exp": nil}, guest, broker.InvalidSignature},
		{"not yet", object{"nbf": now + 11}, guest, broker.InvalidSignature},
		{"made in the future", object{"iat": now + 11}, guest, broker.InvalidSignature},
		{"made at no time", object{"iat": nil}, guest, broker.InvalidSignature},
		{"another app", object{"aud": "another"}, guest, broker.InvalidSignature},
		{"two apps", object{"aud": []string{clientID, "another"}}, guest, broker.InvalidSignature},
		{"no app", object{"aud": nil}, guest, broker.InvalidSignature},
		{"another shop's issuer", object{"iss": "https://" + shopB + "/admin"}, guest, broker.InvalidSignature},
		{"a shop without an app", object{"dest": shopB}, guest, broker.InvalidSignature},
		{"a shop we don't know", object{"dest": "unknown.myshopify.com"}, guest, broker.InvalidSignature},
		{"no shop", object{"dest": nil}, guest, broker.InvalidSignature},
		{"a member of staff", object{"sub": "42"}, guest, broker.InvalidSignature},
		{"a customer of no number", object{"sub": "gid://shopify/Customer/0x1"}, guest, broker.InvalidSignature},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := proof.Session{Now: at(now)}.Prove(context.Background(), apps(t), &broker.Request{Bearer: session(t, newApp, row.claims, nil)})
			judge(t, got, err, row.subject, broker.Extension, row.code)
		})
	}
}

func TestForgedSessionTokens(t *testing.T) {
	good := session(t, newApp, nil, nil).Reveal()
	parts := strings.Split(good, ".")
	for name, bearer := range map[string]secret.Text{
		"another secret":    session(t, "no-app-of-this-shop-0123456789abcdef", nil, nil),
		"the theme's":       session(t, newA, nil, nil),
		"no algorithm":      session(t, newApp, nil, object{"alg": "none"}),
		"another algorithm": session(t, newApp, nil, object{"alg": "HS512"}),
		"no signature":      secret.New(parts[0] + "." + parts[1] + "."),
		"two parts":         secret.New(parts[0] + "." + parts[1]),
		"four parts":        secret.New(good + ".x"),
		"too long":          session(t, newApp, object{"jti": strings.Repeat("a", 5000)}, nil),
		"nothing":           {},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proof.Session{Now: at(now)}.Prove(context.Background(), apps(t), &broker.Request{Bearer: bearer})
			judge(t, broker.Identity{}, err, broker.Subject{}, "", broker.InvalidSignature)
			if err != nil && bearer.Len() > 0 && strings.Contains(err.Error(), parts[1]) {
				t.Error("the error quotes the token")
			}
		})
	}
	_, err := proof.Session{Now: at(now)}.Prove(context.Background(), apps(t), &broker.Request{Bearer: session(t, oldApp, nil, nil)})
	if err != nil {
		t.Errorf("the former secret: %v", err)
	}
}
