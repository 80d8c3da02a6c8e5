package proof_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Whichever client, and whatever secret: one fast hash, and the same refusal.
func TestClientSecrets(t *testing.T) {
	newer, older := hash.NewSecret(hash.ClientSecret), hash.NewSecret(hash.ClientSecret)
	text := func(s string) secret.Text { return secret.New(s) }
	tenant := &broker.Tenant{Clients: map[string]*broker.Client{
		"two":    {ID: "two", Sums: []broker.Digest{hash.Sum(newer), hash.Sum(older)}},
		"one":    {ID: "one", Sums: []broker.Digest{hash.Sum(newer)}},
		"none":   {ID: "none"},
		"off":    {ID: "off", Disabled: true, Sums: []broker.Digest{hash.Sum(newer)}},
		"public": {ID: "public", Public: true},
		"shut":   {ID: "shut", Public: true, Disabled: true},
	}}
	sums := 0
	p := proof.Clients{Sum: func(s secret.Text) broker.Digest { sums++; return hash.Sum(s) }}
	for _, row := range []struct {
		name string
		broker.Credentials
		in, registered bool // with a secret, and as it is registered
	}{
		{"the newer", broker.Credentials{ID: "two", Secret: newer}, true, true},
		{"the older", broker.Credentials{ID: "two", Secret: older}, true, true},
		{"the only one", broker.Credentials{ID: "one", Secret: newer}, true, true},
		{"one that was retired", broker.Credentials{ID: "one", Secret: older}, false, false},
		{"wrong", broker.Credentials{ID: "two", Secret: text("shpc_x")}, false, false},
		{"cut", broker.Credentials{ID: "two", Secret: text(newer.Reveal()[:53])}, false, false},
		{"empty", broker.Credentials{ID: "two"}, false, false},
		{"1,024 bytes", broker.Credentials{ID: "two", Secret: text(strings.Repeat("p", 1024))}, false, false},
		{"a client without secrets", broker.Credentials{ID: "none", Secret: newer}, false, false},
		{"a client without secrets, and none", broker.Credentials{ID: "none"}, false, false},
		{"disabled", broker.Credentials{ID: "off", Secret: newer}, false, false},
		{"unknown", broker.Credentials{ID: "eve", Secret: newer}, false, false},
		{"nobody", broker.Credentials{}, false, false},
		{"a public one", broker.Credentials{ID: "public"}, false, true},
		{"a public one with a secret", broker.Credentials{ID: "public", Secret: newer}, false, false},
		{"a disabled public one", broker.Credentials{ID: "shut"}, false, false},
	} {
		for how, in := range map[broker.ClientAuth]bool{broker.Confidential: row.in, broker.AsRegistered: row.registered} {
			sums = 0
			got, err := p.Authenticate(t.Context(), tenant, row.Credentials, how)
			switch {
			case sums != 1:
				t.Errorf("%s: hashed %d times", row.name, sums)
			case in && (err != nil || got.ID != row.ID):
				t.Errorf("%s: %v", row.name, err)
			case !in && (err != error(broker.ErrClient) || got != nil):
				t.Errorf("%s: let in, or told %v", row.name, err)
			}
		}
	}
	// No secret has a sum of zeros, and a client with one secret has it in its second place.
	zeros := proof.Clients{Sum: func(secret.Text) broker.Digest { return broker.Digest{} }}
	if _, err := zeros.Authenticate(t.Context(), tenant, broker.Credentials{ID: "none"}, broker.Confidential); err == nil {
		t.Error("an empty secret matched no secret")
	}
}

func TestClientAssertions(t *testing.T) {
	tenant := &broker.Tenant{Clients: map[string]*broker.Client{
		"signs": {ID: "signs", JWKSURL: "https://signs.example/jwks"},
		"off":   {ID: "off", JWKSURL: "https://off.example/jwks", Disabled: true},
		"none":  {ID: "none"},
		"open":  {ID: "open", JWKSURL: "https://open.example/jwks", Public: true},
	}}
	away := errors.New("away")
	for _, row := range []struct {
		name, id, named string
		verified        error
		in, asked       bool
	}{
		{"right", "signs", "signs", nil, true, true},
		{"right, and named by the JWT alone", "", "signs", nil, true, true},
		{"wrong", "signs", "signs", broker.ErrClient, false, true},
		{"keys away", "signs", "signs", away, false, true},
		{"of another client", "none", "signs", nil, false, false},
		{"of a client without keys", "none", "none", nil, false, false},
		{"of a disabled client", "off", "off", nil, false, false},
		{"of a public client", "open", "open", nil, false, false},
		{"of nobody", "", "", nil, false, false},
		{"of an unknown client", "eve", "eve", nil, false, false},
	} {
		var asked []string
		p := proof.Clients{
			Named: func(secret.Text) string { return row.named },
			Assertion: func(_ context.Context, _ *broker.Tenant, c *broker.Client, _ secret.Text) error {
				asked = append(asked, c.ID)
				return row.verified
			},
		}
		_, err := p.Authenticate(t.Context(), tenant, broker.Credentials{ID: row.id, Assertion: secret.New("a.b.c")}, broker.Confidential)
		if (err == nil) != row.in || row.asked != (len(asked) == 1) {
			t.Errorf("%s: %v, asked %v", row.name, err, asked)
		}
		if want := row.verified; !row.in && row.asked && err != want {
			t.Errorf("%s: %v, want %v", row.name, err, want)
		}
	}
}

func TestClientSpeaksForItself(t *testing.T) {
	tenant := &broker.Tenant{Clients: map[string]*broker.Client{"c": {ID: "c", Scopes: broker.Scopes{"x"}}}}
	for method, with := range map[broker.Method]broker.Credentials{
		broker.ClientSecret: {ID: "c", Secret: secret.New("s")}, broker.ClientJWT: {ID: "c", Assertion: secret.New("a")},
	} {
		got, err := proof.Client{}.Prove(t.Context(), tenant, &broker.Request{Client: with})
		want := broker.Identity{Subject: broker.Subject{Kind: broker.Program, ID: "c"}, Method: method, Scopes: broker.Scopes{"x"}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", method, err, diff)
		}
	}
	if _, err := (proof.Client{}).Prove(t.Context(), tenant, &broker.Request{Client: broker.Credentials{ID: "eve"}}); broker.AsError(err).Code != broker.InvalidClient {
		t.Errorf("unknown: %v", err)
	}
}
