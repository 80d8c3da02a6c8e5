package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

func wantAccess() broker.Want {
	return broker.Want{
		Identity: broker.Identity{Subject: broker.Subject{Kind: broker.Person, ID: "user_1"}, Method: broker.PWD},
		IssuedAt: now, ExpiresAt: now.Add(time.Hour), ID: "j1", Client: "client_1", Scopes: broker.Scopes{"a", "b"},
	}
}

func TestSignAccessExactly(t *testing.T) {
	const rest = `"amr":["pwd"],"iat":1795262400,"exp":1795266000,"jti":"j1"}`
	m := mint(t, broker.ES256)
	for name, tt := range map[string]struct {
		change  func(*broker.Want)
		payload string
	}{
		"for the tenant": {func(*broker.Want) {},
			`{"iss":"https://api.acme.example","sub":"user_1","aud":"https://api.acme.example","client_id":"client_1","scope":"a b",` + rest},
		"for others": {func(w *broker.Want) { w.Audience = []string{"https://a.example", "b"} },
			`{"iss":"https://api.acme.example","sub":"user_1","aud":["https://a.example","b"],"client_id":"client_1","scope":"a b",` + rest},
		"without scopes and client": {func(w *broker.Want) { w.Scopes, w.Client = nil, "" },
			`{"iss":"https://api.acme.example","sub":"user_1","aud":"https://api.acme.example","client_id":"login",` + rest},
		"with what must be escaped": {func(w *broker.Want) { w.Audience = []string{`"ü`} },
			`{"iss":"https://api.acme.example","sub":"user_1","aud":"\"\u00fc","client_id":"client_1","scope":"a b",` + rest},
	} {
		w := wantAccess()
		tt.change(&w)
		token, err := m.SignAccess(w)
		if err != nil {
			t.Fatal(err)
		}
		if got := segment(t, token, 1); got != tt.payload {
			t.Errorf("%s:\n%s\n%s", name, got, tt.payload)
		}
		if got := segment(t, token, 0); !strings.HasSuffix(got, `","typ":"at+jwt"}`) {
			t.Errorf("%s: header %s", name, got)
		}
	}
}

func TestSignAccessRefuses(t *testing.T) {
	m := mint(t, broker.EdDSA)
	for name, tt := range map[string]struct {
		change func(*broker.Want)
		want   error
	}{
		"nobody":               {func(w *broker.Want) { w.Identity.Subject = broker.Subject{} }, errNoUse},
		"a customer":           {func(w *broker.Want) { w.Identity.Subject.Kind = broker.Customer }, errNoUse},
		"no id":                {func(w *broker.Want) { w.Identity.Subject.ID = "" }, errNoUse},
		"no method":            {func(w *broker.Want) { w.Identity.Method = "" }, errNoUse},
		"no jti":               {func(w *broker.Want) { w.ID = "" }, errNoUse},
		"an empty audience":    {func(w *broker.Want) { w.Audience = []string{"a", ""} }, errNoUse},
		"an audience no UTF-8": {func(w *broker.Want) { w.Audience = []string{"\xff"} }, errNoUse},
		"a subject no UTF-8":   {func(w *broker.Want) { w.Identity.Subject.ID = "\xff" }, errNoUse},
		"a client no UTF-8":    {func(w *broker.Want) { w.Client = "\xff" }, errNoUse},
		"a scope no UTF-8":     {func(w *broker.Want) { w.Scopes = broker.Scopes{"\xff"} }, errNoUse},
		"for ever":             {func(w *broker.Want) { w.ExpiresAt = time.Time{} }, errLife},
		"longer than keys":     {func(w *broker.Want) { w.ExpiresAt = now.Add(broker.MaxTokenTTL + time.Second) }, errLife},
		"no time":              {func(w *broker.Want) { w.ExpiresAt = now }, errLife},
	} {
		w := wantAccess()
		tt.change(&w)
		if token, err := m.SignAccess(w); !errors.Is(err, tt.want) || token != "" {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}

// What is read is what was signed, by every algorithm, and an access token is
// never taken for an IDToken.
func TestRead(t *testing.T) {
	for _, alg := range algorithms {
		m := mint(t, alg)
		own := wantAccess()
		self := wantAccess()
		self.Identity.Subject, self.Audience = broker.Subject{Kind: broker.Program, ID: "client_1"}, []string{"https://a.example"}
		login := wantAccess()
		login.Client, login.Scopes = "", nil
		for name, row := range map[string]struct {
			want broker.Want
			id   broker.Identity
		}{
			"a user":   {own, broker.Identity{Subject: own.Identity.Subject, Scopes: own.Scopes, Audience: []string{issuer}, Token: &broker.Shown{Client: "client_1"}}},
			"a client": {self, broker.Identity{Subject: self.Identity.Subject, Scopes: self.Scopes, Audience: self.Audience, Token: &broker.Shown{Client: "client_1"}}},
			"a login":  {login, broker.Identity{Subject: login.Identity.Subject, Scopes: broker.Scopes{}, Audience: []string{issuer}, Token: &broker.Shown{}}},
		} {
			token, err := m.SignAccess(row.want)
			if err != nil {
				t.Fatal(err)
			}
			row.id.Method, row.id.NotAfter = broker.OurToken, row.want.ExpiresAt
			row.id.Token.Kind, row.id.Token.ID, row.id.Token.Issued, row.id.Token.Expires = broker.AnAccessToken, "j1", now, row.want.ExpiresAt
			got, err := m.Read(token)
			if diff := cmp.Diff(row.id, got); diff != "" || err != nil {
				t.Errorf("%s, %s: %v %s", alg, name, err, diff)
			}
			if _, err := m.Verify(token); !errors.Is(err, ErrHeader) {
				t.Errorf("%s, %s: taken for an IDToken: %v", alg, name, err)
			}
		}
		got, err := m.Read(sign(t, m, want()))
		if err != nil || got.Token.Kind != broker.AnIDToken || got.Subject.Kind != broker.Customer || got.Subject.ID != want().Identity.Subject.ID ||
			got.Shop.Name != want().Identity.Shop.Name || got.PID != want().Identity.PID || got.Scopes != nil {
			t.Errorf("%s, an IDToken: %+v, %v", alg, got, err)
		}
		guest := want()
		guest.Identity = broker.Identity{Subject: broker.Subject{Kind: broker.Guest}, Method: broker.OurToken, Actor: &own.Identity}
		token := sign(t, m, guest)
		if got, err = m.Read(token); err != nil || got.Subject != (broker.Subject{Kind: broker.Guest}) || got.Shop != nil {
			t.Errorf("%s, a guest's: %+v, %v", alg, got, err)
		}
		if !strings.Contains(segment(t, token, 1), `"act":{"sub":"user_1"}`) {
			t.Errorf("%s: no actor in %s", alg, segment(t, token, 1))
		}
	}
}

func TestReadRefuses(t *testing.T) {
	f := newForger(t)
	for _, tt := range f.corpus() {
		if id, err := f.mint.Read(tt.token); !errors.Is(err, ErrInvalid) || id.Subject.Kind != broker.Nobody {
			t.Errorf("%s: taken for %+v, %v", tt.name, id, err)
		}
	}
	if _, err := f.mint.Read(f.withClaims(object{"exp": now.Unix()})); !errors.Is(err, ErrExpired) {
		t.Errorf("an expired one: %v", err)
	}
	access := object{"alg": "ES256", "kid": f.kids[broker.ES256], "typ": "at+jwt"}
	if _, err := f.mint.Read(f.as(access, jwt.SigningMethodES256, broker.ES256)); !errors.Is(err, ErrClaims) {
		t.Errorf("an access token without a client: %v", err)
	}
	if _, err := f.mint.Read(f.withClaims(object{"aud": "https://other.example"})); !errors.Is(err, ErrClaims) {
		t.Errorf("an IDToken for somebody else: %v", err)
	}
	for name, claims := range map[string]object{"without aud": {"aud": nil}, "with an empty aud": {"aud": []string{}}, "without jti": {"jti": nil}, "without sub": {"sub": nil}} {
		if _, err := f.mint.Read(f.withClaims(claims)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
