package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// segment decodes one segment of a token.
func segment(t rapid.TB, token string, n int) string {
	t.Helper()
	text, err := base64.RawURLEncoding.Strict().DecodeString(strings.Split(token, ".")[n])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var jtiValue = regexp.MustCompile(`"jti":"[A-Za-z0-9_-]{22}"`)

func TestSignExactly(t *testing.T) {
	guestless := want()
	guestless.Identity.Shop = nil
	const rest = `"sub":"7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11","pid":"7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11",` +
		`"customer_id":"6940095564132","iat":1795262400,"exp":1795263300,"jti":"?"}`
	for _, tt := range []struct {
		name     string
		audience []string
		want     broker.Want
		payload  string
	}{
		{"default audience", nil, want(),
			`{"iss":"https://api.acme.example","aud":"https://api.acme.example","shop":"acme.myshopify.com","amr":["hmac2"],` + rest},
		{"one audience", []string{"https://acme.example"}, want(),
			`{"iss":"https://api.acme.example","aud":"https://acme.example","shop":"acme.myshopify.com","amr":["hmac2"],` + rest},
		{"two audiences", []string{"a", "b"}, want(),
			`{"iss":"https://api.acme.example","aud":["a","b"],"shop":"acme.myshopify.com","amr":["hmac2"],` + rest},
		{"no shop", nil, guestless,
			`{"iss":"https://api.acme.example","aud":"https://api.acme.example","amr":["hmac2"],` + rest},
		{"escapes", []string{"\"\\\n é€😀<"}, guestless,
			`{"iss":"https://api.acme.example","aud":"\"\\\u000a \u00e9\u20ac\ud83d\ude00<","amr":["hmac2"],` + rest},
	} {
		c := house(t)
		c.Audience = tt.audience
		token := sign(t, newMint(t, c), tt.want)
		header := `{"alg":"ES256","kid":"` + c.Keys[2].KID + `","typ":"JWT"}`
		if diff := cmp.Diff(header, segment(t, token, 0)); diff != "" {
			t.Errorf("%s: header: %s", tt.name, diff)
		}
		got := jtiValue.ReplaceAllString(segment(t, token, 1), `"jti":"?"`)
		if diff := cmp.Diff(tt.payload, got); diff != "" {
			t.Errorf("%s: payload: %s", tt.name, diff)
		}
	}
}

// A guest is told from all others by the token's own id alone.
func TestSignForAGuest(t *testing.T) {
	guest := want()
	guest.Identity.Subject, guest.Identity.PID, guest.Identity.Method = broker.Subject{Kind: broker.Guest}, "", broker.Proxied
	payload := segment(t, sign(t, newMint(t, house(t)), guest), 1)
	jti := jtiValue.FindString(payload)
	want := `{"iss":"https://api.acme.example","aud":"https://api.acme.example","shop":"acme.myshopify.com","amr":["app_proxy"],` +
		`"sub":"anon:` + strings.Trim(strings.TrimPrefix(jti, `"jti":`), `"`) + `","pid":"null","iat":1795262400,"exp":1795263300,` + jti + `}`
	if diff := cmp.Diff(want, payload); diff != "" || jti == "" {
		t.Error(diff)
	}
}

func TestSignRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*broker.Want)
		err    error
	}{
		{"nobody", func(w *broker.Want) { w.Identity.Subject.Kind = broker.Nobody }, errNobody},
		{"a guest with a profile", func(w *broker.Want) { w.Identity.Subject = broker.Subject{Kind: broker.Guest} }, errNobody},
		{"a guest with an id", func(w *broker.Want) { w.Identity.Subject.Kind, w.Identity.PID = broker.Guest, "" }, errNobody},
		{"no customer", func(w *broker.Want) { w.Identity.Subject.ID = "" }, errNobody},
		{"no profile", func(w *broker.Want) { w.Identity.PID = "" }, errNobody},
		{"no method", func(w *broker.Want) { w.Identity.Method = "" }, errNobody},
		{"customer not UTF-8", func(w *broker.Want) { w.Identity.Subject.ID = "1\xff" }, errNobody},
		{"profile not UTF-8", func(w *broker.Want) { w.Identity.PID = "1\xff" }, errNobody},
		{"shop not UTF-8", func(w *broker.Want) { w.Identity.Shop = &broker.Shop{Name: "\xff"} }, errNobody},
		{"no life", func(w *broker.Want) { w.ExpiresAt = w.IssuedAt }, errLife},
		{"no times", func(w *broker.Want) { w.IssuedAt, w.ExpiresAt = time.Time{}, time.Time{} }, errLife},
		{"a second over the day", func(w *broker.Want) { w.ExpiresAt = w.IssuedAt.Add(24*time.Hour + time.Second) }, errLife},
	} {
		w := want()
		tt.change(&w)
		token, err := mint(t, broker.EdDSA).Sign(w)
		if !errors.Is(err, tt.err) || token != "" {
			t.Errorf("%s: token of %d bytes, error %v", tt.name, len(token), err)
		}
	}
	day := want()
	day.ExpiresAt = day.IssuedAt.Add(24 * time.Hour)
	sign(t, mint(t, broker.EdDSA), day)
}

func TestSignFails(t *testing.T) {
	m, broken := mint(t, broker.EdDSA), errors.New("broken")
	m.active.sign = func(string) ([]byte, error) { return nil, broken }
	if token, err := m.Sign(want()); !errors.Is(err, broken) || token != "" {
		t.Errorf("token of %d bytes, error %v", len(token), err)
	}
}

func TestNoTwoAlike(t *testing.T) {
	m, seen := mint(t, broker.EdDSA), map[string]bool{}
	for range 1000 {
		c, err := m.Verify(sign(t, m, want()))
		if err != nil || seen[c.ID] {
			t.Fatalf("jti seen before (%v) or error %v", seen[c.ID], err)
		}
		seen[c.ID] = true
	}
}

// Tokens of many shops made at once: each names its own shop, though the
// templates are made and kept without a lock.
func TestSignConcurrently(t *testing.T) {
	m := mint(t, broker.EdDSA)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 64 {
				w := want()
				name := fmt.Sprintf("shop-%d.myshopify.com", (i+j)%8)
				w.Identity.Shop = &broker.Shop{Name: name}
				c, err := m.Verify(sign(t, m, w))
				if err != nil || c.Shop != name {
					t.Errorf("%s: %q, %v", name, c.Shop, err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(*m.templates.made.Load()); n > 8 {
		t.Errorf("%d templates for 8 shops", n)
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	m := mint(t, broker.EdDSA)
	for i := range most + 2 {
		m.templates.find(fmt.Sprint(i), broker.HMAC)
	}
	if n := len(*m.templates.made.Load()); n != most {
		t.Errorf("%d templates kept", n)
	}
	w := want()
	w.Identity.Shop = &broker.Shop{Name: "one.more"}
	if c, err := m.Verify(sign(t, m, w)); err != nil || c.Shop != "one.more" {
		t.Errorf("beyond the bound: %q, %v", c.Shop, err)
	}
}
