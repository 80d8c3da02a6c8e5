package proof_test

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

func TestAssertions(t *testing.T) {
	by := func(method jwt.SigningMethod, kid string) secret.Text {
		return assertedBy(t, method, signers()[kid], object{"kid": kid}, nil)
	}
	for name, assertion := range map[string]secret.Text{
		"ES256":                         by(jwt.SigningMethodES256, "p256"),
		"ES384":                         by(jwt.SigningMethodES384, "p384"),
		"ES512":                         by(jwt.SigningMethodES512, "p521"),
		"EdDSA":                         by(jwt.SigningMethodEdDSA, "ed"),
		"RS256":                         by(jwt.SigningMethodRS256, "rsa"),
		"PS256":                         by(jwt.SigningMethodPS256, "rsa"),
		"without a kid, one such key":   asserted(t, object{"kid": nil}, nil),
		"without typ":                   asserted(t, object{"typ": nil}, nil),
		"of its own type":               asserted(t, object{"typ": "client-authentication+jwt"}, nil),
		"with fingerprints":             asserted(t, object{"x5t": "abc", "x5t#S256": "abc"}, nil),
		"for the issuer":                asserted(t, nil, object{"aud": issuer}),
		"for one in a list":             asserted(t, nil, object{"aud": []string{"https://elsewhere.example", endpoint}}),
		"for an hour":                   asserted(t, nil, object{"exp": now + 3600}),
		"for a second":                  asserted(t, nil, object{"exp": now + 1}),
		"without iat":                   asserted(t, nil, object{"iat": nil}),
		"made 60 seconds ahead":         asserted(t, nil, object{"iat": now + 60}),
		"good 60 seconds ahead":         asserted(t, nil, object{"nbf": now + 60}),
		"with a jti of 256 bytes":       asserted(t, nil, object{"jti": strings.Repeat("j", 256)}),
		"of almost 8 KiB":               padded(t, 8<<10-3),
		"with claims that nobody reads": asserted(t, nil, object{"scope": "*", "client_id": "another", "ext": object{"a": 1}}),
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			if err := a.verify(t, "/all", assertion); err != nil || len(a.burnt) != 1 {
				t.Errorf("%v, burnt %v", err, a.burnt)
			}
		})
	}
}

// What is used up is that client's of that tenant, until nobody's clock takes it any more.
func TestAssertionIsUsedUp(t *testing.T) {
	a, assertion := newAuthority(t), asserted(t, nil, nil)
	if err := a.verify(t, "/all", assertion); err != nil {
		t.Fatal(err)
	}
	refusedBecause(t, a.verify(t, "/all", assertion), "the assertion's jti was used before")
	refusedBecause(t, a.verify(t, "/all", asserted(t, nil, object{"exp": now + 90})), "the assertion's jti was used before")
	want := []burnt{{"acme", machine, "7d3f", time.Unix(now+120, 0)}}
	if diff := cmp.Diff(want, a.burnt, cmp.AllowUnexported(burnt{})); diff != "" {
		t.Error(diff)
	}
}

// keys is a source of keys that says what it is told to.
type keys func() (crypto.PublicKey, error)

func (k keys) Key(context.Context, string, string, string) (crypto.PublicKey, error) { return k() }

// If nobody can tell, nobody says that the client is wrong, nor that it is right.
func TestAssertionsAway(t *testing.T) {
	away := errors.New("no network")
	for name, change := range map[string]func(*authority){
		"the client's address": func(a *authority) { a.url += "/away" },
		"the keys":             func(a *authority) { a.Keys = keys(func() (crypto.PublicKey, error) { return nil, away }) },
		"the store": func(a *authority) {
			a.Burn = func(context.Context, string, string, string, time.Time) (bool, error) { return true, away }
		},
		"the tenant": func(a *authority) {
			a.Burn = func(context.Context, string, string, string, time.Time) (bool, error) {
				return false, broker.ErrNoTenant
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			change(a)
			err := a.verify(t, "/all", asserted(t, nil, nil))
			e := broker.AsError(err)
			if err == nil || e.Code != broker.Unavailable || e.RetryAfter != 10*time.Second || e.Cause == nil || len(a.burnt) != 0 {
				t.Errorf("%v, burnt %v", err, a.burnt)
			}
		})
	}
}

// A key of another kind than the algorithm's is not tried, whoever hands it out.
func TestAssertionKeyIsOfItsKind(t *testing.T) {
	methods := map[jwt.SigningMethod]string{
		jwt.SigningMethodES256: "p256", jwt.SigningMethodES384: "p384", jwt.SigningMethodES512: "p521",
		jwt.SigningMethodEdDSA: "ed", jwt.SigningMethodRS256: "rsa", jwt.SigningMethodPS256: "rsa",
	}
	for method, right := range methods {
		for kid, signer := range signers() {
			a := newAuthority(t)
			a.Keys = keys(func() (crypto.PublicKey, error) { return signer.Public(), nil })
			err := a.verify(t, "/all", assertedBy(t, method, signers()[right], nil, nil))
			if kid == right && err != nil {
				t.Errorf("%s by %s: %v", method.Alg(), kid, err)
			}
			if kid == right || right == "p256" && (kid == "second" || kid == "stranger") {
				continue
			}
			refusedBecause(t, err, "no such key is published for that algorithm")
		}
		a := newAuthority(t)
		a.Keys = keys(func() (crypto.PublicKey, error) { return []byte("a secret"), nil })
		refusedBecause(t, a.verify(t, "/all", assertedBy(t, method, signers()[right], nil, nil)), "no such key is published for that algorithm")
	}
}

// Whom an assertion names is found before anything of it is believed.
func TestAssertionNamed(t *testing.T) {
	right := asserted(t, nil, nil).Reveal()
	last := strings.LastIndexByte(right, '.')
	for name, row := range map[string]struct {
		assertion secret.Text
		want      string
	}{
		"right":                         {secret.New(right), machine},
		"forged":                        {secret.New(right[:last+1] + "AAAA"), machine},
		"of another":                    {asserted(t, nil, object{"sub": "c_another"}), "c_another"},
		"of nobody":                     {asserted(t, nil, object{"sub": nil}), ""},
		"by nothing that is known":      {asserted(t, object{"alg": "canary"}, nil), ""},
		"with bits that no byte uses":   {secret.New(right[:len(right)-1] + unused(right)), ""},
		"with line ends in its payload": {secret.New(right[:last-4] + "\r\n" + right[last-4:]), ""},
		"too long":                      {padded(t, 8<<10+1), ""},
		"nothing":                       {secret.Text{}, ""},
	} {
		if got := proof.Named(row.assertion); got != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What golang-jwt would take for "not to be checked" is refused.
func TestAssertionIsExpected(t *testing.T) {
	nobody := object{"iss": "", "sub": ""}
	for name, c := range map[string]struct {
		client, url string
		audiences   []string
		claims      object
	}{
		"no client":                     {"", "/all", []string{endpoint}, nobody},
		"no address of keys":            {machine, "", []string{endpoint}, nil},
		"no audience":                   {machine, "/all", nil, nil},
		"an audience that is no name":   {machine, "/all", []string{""}, object{"aud": []string{"", ""}}},
		"one among others, just as bad": {machine, "/all", []string{"a", ""}, object{"aud": []string{"", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			if c.url != "" {
				c.url = a.url + c.url
			}
			err := a.Verify(t.Context(), "acme", c.client, c.url, c.audiences, asserted(t, nil, c.claims))
			refusedBecause(t, err, "the client has no jwks_url, or the service no address")
		})
	}
}
