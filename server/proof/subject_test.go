package proof_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// swap is a tenant with shops that trusts issuers, and knows tokens of its own.
type swap struct {
	proof.Subject
	trust  *trust
	tenant *broker.Tenant
}

// ownJWT is what a JWT of the tenant's looks like; who reads it knows it by its text.
func ownJWT(t testing.TB, name string) string {
	return encode(t, object{"alg": "ES256", "typ": "at+jwt"}) + "." + encode(t, object{"iss": "https://own.example", "jti": name}) + "." + base64.RawURLEncoding.EncodeToString([]byte("signature"))
}

func newSwap(t testing.TB) *swap {
	s := &swap{trust: newTrust(t), tenant: apps(t)}
	read := func(kind broker.TokenKind, subject broker.SubjectKind, client string, audience ...string) broker.Identity {
		return broker.Identity{Subject: broker.Subject{Kind: subject, ID: "u"}, Audience: audience, Token: &broker.Shown{Kind: kind, Client: client}}
	}
	acted := read(broker.AnAccessToken, broker.Person, "other")
	acted.Actor = &broker.Identity{Subject: broker.Subject{Kind: broker.Program, ID: "first"}}
	c := chest{
		api:    map[string]broker.APIToken{"a good": {ID: "1", User: "u"}, "a over": {ID: "2", User: "u", Expires: time.Unix(now, 0)}},
		opaque: map[string]broker.AccessToken{"o good": {Client: "other", Subject: broker.Subject{Kind: broker.Person, ID: "u"}}},
		jwt: map[string]broker.Identity{
			ownJWT(t, "access"):    read(broker.AnAccessToken, broker.Person, "other", "https://own.example"),
			ownJWT(t, "program"):   read(broker.AnAccessToken, broker.Program, "u"),
			ownJWT(t, "elsewhere"): read(broker.AnAccessToken, broker.Person, "other", "https://b.example"),
			ownJWT(t, "for me"):    read(broker.AnAccessToken, broker.Person, "other", "https://b.example", "me"),
			ownJWT(t, "mine"):      read(broker.AnAccessToken, broker.Person, "me", "https://b.example"),
			ownJWT(t, "customer"):  read(broker.AnIDToken, broker.Customer, ""),
			ownJWT(t, "guest"):     read(broker.AnIDToken, broker.Guest, ""),
			ownJWT(t, "acted"):     acted,
		},
	}
	s.tenant.Name, s.tenant.Issuer, s.tenant.Audience, s.tenant.Reader = "acme", "https://own.example", []string{"https://own.example"}, c
	s.tenant.Issuers = s.trust.tenant.Issuers
	s.Subject = proof.Subject{
		Ours: proof.Bearer{
			Stored: proof.Stored{Vault: c, Sum: func(s secret.Text) broker.Digest { return digestOf(s.Reveal()) }, Now: at(now)},
			KindOf: kindOfTest, ForAnybody: true,
		},
		Issuers: s.trust.IDToken, Shopify: proof.Session{Now: at(now)},
	}
	return s
}

func (s *swap) prove(t testing.TB, subject, actor broker.Offer) (broker.Identity, error) {
	return s.Prove(t.Context(), s.tenant, &broker.Request{Subject: subject, Actor: actor, Client: broker.Credentials{ID: "me"}})
}

func offer(kind broker.TokenType, text string) broker.Offer {
	return broker.Offer{Text: secret.New(text), Type: kind}
}

// Every token is taken for what it is, and for nothing that it is not.
func TestSubjectTokens(t *testing.T) {
	s := newSwap(t)
	all := []broker.TokenType{broker.TypeAccessToken, broker.TypeIDToken, broker.TypeJWT}
	foreign := []broker.TokenType{broker.TypeIDToken, broker.TypeJWT}
	for name, row := range map[string]struct {
		text string
		as   []broker.TokenType
		want broker.SubjectKind
	}{
		"an API token":                        {"a good", all[:1], broker.Person},
		"one that is over":                    {"a over", nil, 0},
		"an opaque token":                     {"o good", all[:1], broker.Person},
		"a JWT":                               {ownJWT(t, "access"), []broker.TokenType{broker.TypeAccessToken, broker.TypeJWT}, broker.Person},
		"a client's":                          {ownJWT(t, "program"), []broker.TokenType{broker.TypeAccessToken, broker.TypeJWT}, broker.Program},
		"one that is for somebody else":       {ownJWT(t, "elsewhere"), nil, 0},
		"one that is for the client, too":     {ownJWT(t, "for me"), []broker.TokenType{broker.TypeAccessToken, broker.TypeJWT}, broker.Person},
		"one that the client was issued":      {ownJWT(t, "mine"), []broker.TokenType{broker.TypeAccessToken, broker.TypeJWT}, broker.Person},
		"an IDToken":                          {ownJWT(t, "customer"), foreign, broker.Customer},
		"a guest's":                           {ownJWT(t, "guest"), nil, 0},
		"one that nobody has signed":          {ownJWT(t, "forged"), nil, 0},
		"Firebase's":                          {said(t, nil, nil).Reveal(), foreign, broker.External},
		"another issuer's":                    {said(t, nil, ofOther(nil)).Reveal(), foreign, broker.External},
		"an issuer's whom nobody trusts":      {said(t, nil, object{"iss": "https://evil.example"}).Reveal(), nil, 0},
		"a trusted one's that is too old":     {said(t, nil, object{"exp": now - 100}).Reveal(), nil, 0},
		"Shopify's":                           {session(t, newApp, nil, nil).Reveal(), foreign, broker.Customer},
		"Shopify's of a visitor":              {session(t, newApp, object{"sub": nil}, nil).Reveal(), nil, 0},
		"one that Shopify has not signed":     {session(t, "no-app-of-this-shop-0123456789abcdef", nil, nil).Reveal(), nil, 0},
		"Shopify's that says it is of ours":   {session(t, newApp, object{"iss": "https://own.example"}, nil).Reveal(), nil, 0},
		"Shopify's that says it is another's": {session(t, newApp, object{"iss": accounts}, nil).Reveal(), nil, 0},
		"nothing of the kind":                 {"x", nil, 0},
	} {
		for _, kind := range all {
			id, err := s.prove(t, offer(kind, row.text), broker.Offer{})
			switch code := broker.AsError(err).Code; {
			case slices.Contains(row.as, kind):
				if err != nil || id.Subject.Kind != row.want || id.Actor != nil {
					t.Errorf("%s as %s: %+v, %v", name, kind, id, err)
				}
			case err == nil || code != broker.InvalidToken && code != broker.InvalidSignature && code != broker.InvalidRequest || id.Subject.Kind != broker.Nobody:
				t.Errorf("%s as %s: %+v, %v", name, kind, id, err)
			}
		}
	}
}

func TestActorTokens(t *testing.T) {
	s := newSwap(t)
	customer := offer(broker.TypeIDToken, ownJWT(t, "customer"))
	for name, row := range map[string]struct {
		actor broker.Offer
		code  broker.Code
	}{
		"a user":                        {offer(broker.TypeAccessToken, ownJWT(t, "access")), ""},
		"a client":                      {offer(broker.TypeJWT, ownJWT(t, "program")), ""},
		"a user's API token":            {offer(broker.TypeAccessToken, "a good"), ""},
		"a customer":                    {customer, broker.InvalidRequest},
		"somebody whom others know":     {offer(broker.TypeIDToken, said(t, nil, nil).Reveal()), broker.InvalidRequest},
		"a guest":                       {offer(broker.TypeIDToken, ownJWT(t, "guest")), broker.InvalidRequest},
		"who is spoken for by somebody": {offer(broker.TypeAccessToken, ownJWT(t, "acted")), broker.InvalidRequest},
		"one for somebody else":         {offer(broker.TypeAccessToken, ownJWT(t, "elsewhere")), broker.InvalidToken},
		"one that nobody has signed":    {offer(broker.TypeAccessToken, ownJWT(t, "forged")), broker.InvalidToken},
	} {
		id, err := s.prove(t, customer, row.actor)
		if row.code != "" {
			if err == nil || broker.AsError(err).Code != row.code || id.Subject.Kind != broker.Nobody {
				t.Errorf("%s: %+v, %v", name, id, err)
			}
		} else if err != nil || id.Subject.Kind != broker.Customer || id.Actor == nil || id.Actor.Subject.ID != "u" || id.Actor.Actor != nil {
			t.Errorf("%s: %+v, %v", name, id, err)
		}
	}
	id, err := s.prove(t, offer(broker.TypeAccessToken, ownJWT(t, "acted")), offer(broker.TypeAccessToken, ownJWT(t, "program")))
	if err != nil || id.Actor.Subject.ID != "u" || id.Actor.Actor.Subject.ID != "first" {
		t.Errorf("a second actor: %+v, %v", id, err)
	}
	if id, err = s.prove(t, offer(broker.TypeAccessToken, ownJWT(t, "acted")), broker.Offer{}); err != nil || id.Actor.Subject.ID != "first" {
		t.Errorf("whoever spoke before speaks on: %+v, %v", id, err)
	}
}

// While an issuer's keys cannot be had, nobody says that a token is wrong.
func TestSubjectWhileAway(t *testing.T) {
	s := newSwap(t)
	s.trust.status.Store(http.StatusInternalServerError)
	if _, err := s.prove(t, offer(broker.TypeIDToken, said(t, nil, nil).Reveal()), broker.Offer{}); broker.AsError(err).Code != broker.Unavailable {
		t.Errorf("%v", err)
	}
}

// An issuer that speaks of a shop's customers leads to those, and to nobody else.
func TestCustomerAccounts(t *testing.T) {
	s := newSwap(t)
	s.tenant.Issuers[accounts].Shop = shopA
	for sub, want := range map[string]string{
		id: id, "gid://shopify/Customer/" + id: id,
		"uid-of-anna": "", "0": "", "gid://shopify/Order/" + id: "", "gid://shopify/Customer/": "", "https://gid://shopify/Customer/" + id: "",
	} {
		got, err := s.prove(t, offer(broker.TypeIDToken, said(t, nil, ofOther(object{"sub": sub})).Reveal()), broker.Offer{})
		if want == "" {
			judge(t, got, err, broker.Subject{}, "", broker.InvalidToken)
			continue
		}
		judge(t, got, err, broker.Subject{Kind: broker.Customer, ID: want}, broker.ForeignToken, "")
		if diff := cmp.Diff(shopA, got.Shop.Name); diff != "" {
			t.Error(diff)
		}
	}
	delete(s.tenant.Shops, shopA)
	got, err := s.prove(t, offer(broker.TypeIDToken, said(t, nil, ofOther(object{"sub": id})).Reveal()), broker.Offer{})
	judge(t, got, err, broker.Subject{}, "", broker.InvalidToken)
}
