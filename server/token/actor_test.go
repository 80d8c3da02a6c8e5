package token

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const pid = "7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11"

// stranger is somebody whom another issuer knows, for whom a user speaks, for whom
// a client spoke before.
func stranger() broker.Identity {
	before := &broker.Identity{Subject: broker.Subject{Kind: broker.Program, ID: "client_0"}}
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.External, ID: `uid"ü`}, Issuer: "https://issuer.example", PID: pid, Method: broker.ForeignToken,
		Actor: &broker.Identity{Subject: broker.Subject{Kind: broker.Person, ID: "user_2"}, Actor: before, Token: &broker.Shown{Session: "s2"}},
	}
}

func customerByToken() broker.Identity {
	id := want().Identity
	id.Method = broker.OurToken
	return id
}

func byWord(id broker.Identity) broker.Identity {
	id.Issuer = "https://issuer.example"
	return id
}

const (
	wordClaims     = `,"sub_id":{"format":"iss_sub","iss":"https://issuer.example","sub":"6940095564132"}`
	strangerClaims = `"sub":"` + pid + `","pid":"` + pid + `","sub_id":{"format":"iss_sub","iss":"https://issuer.example","sub":"uid\"\u00fc"}`
	actorClaims    = `,"act":{"sub":"user_2","sid":"s2","act":{"sub":"client_0","client_id":"client_0"}}`
	customerClaims = `"sub":"` + pid + `","pid":"` + pid + `","customer_id":"6940095564132"`
)

// Whoever has a profile is called by it in both kinds of token.
func TestProfilesInTokens(t *testing.T) {
	m := mint(t, broker.ES256)
	for name, row := range map[string]struct {
		id     broker.Identity
		access string
		idOwn  string
	}{
		"a stranger": {stranger(),
			`{"iss":"https://api.acme.example",` + strangerClaims + actorClaims + `,"aud":"https://api.acme.example",`,
			`{"iss":"https://api.acme.example","aud":"https://api.acme.example","amr":["id_token"],` + strangerClaims + actorClaims + `,"client_id":"client_1","sid":"s1","iat":`},
		"a customer by an issuer's word": {byWord(customerByToken()),
			`{"iss":"https://api.acme.example",` + customerClaims + wordClaims + `,"shop":"acme.myshopify.com","aud":"https://api.acme.example",`,
			`{"iss":"https://api.acme.example","aud":"https://api.acme.example","shop":"acme.myshopify.com","amr":["token"],` + customerClaims + wordClaims + `,"client_id":"client_1","sid":"s1","iat":`},
		"a customer": {customerByToken(),
			`{"iss":"https://api.acme.example",` + customerClaims + `,"shop":"acme.myshopify.com","aud":"https://api.acme.example",`,
			`{"iss":"https://api.acme.example","aud":"https://api.acme.example","shop":"acme.myshopify.com","amr":["token"],` + customerClaims + `,"client_id":"client_1","sid":"s1","iat":`},
	} {
		w := wantAccess()
		w.Identity, w.From = row.id, "s1"
		access, err := m.SignAccess(w)
		if err != nil {
			t.Fatal(err)
		}
		if got := segment(t, access, 1); !strings.HasPrefix(got, row.access) || !strings.Contains(got, `,"sid":"s1",`) {
			t.Errorf("%s: %s", name, got)
		}
		idToken := sign(t, m, w)
		if got := segment(t, idToken, 1); !strings.HasPrefix(got, row.idOwn) {
			t.Errorf("%s: %s", name, got)
		}
		for text, kind := range map[string]broker.TokenKind{access: broker.AnAccessToken, idToken: broker.AnIDToken} {
			got, err := m.Read(text)
			if diff := cmp.Diff(asRead(row.id, got.Token), whom(got)); diff != "" || err != nil || got.Token.Kind != kind {
				t.Errorf("%s: %v %s", name, err, diff)
			}
		}
	}
}

// whom is the part of an identity that says whom it is about.
func whom(id broker.Identity) broker.Identity {
	return broker.Identity{Subject: id.Subject, Issuer: id.Issuer, PID: id.PID, Shop: id.Shop, Actor: id.Actor}
}

// asRead is an identity of which only the token speaks.
func asRead(id broker.Identity, token *broker.Shown) broker.Identity {
	read := whom(id)
	if id.Actor != nil {
		actor := asRead(*id.Actor, token)
		actor.Method, actor.Token = broker.OurToken, &broker.Shown{ID: token.ID, Exchanged: token.Exchanged, Issued: token.Issued, Expires: token.Expires}
		if id.Actor.Token != nil {
			actor.Token.Session = id.Actor.Token.Session
		}
		read.Actor = &actor
	}
	return read
}

// A client is told from a user, also where another client has its token.
func TestProgramsInTokens(t *testing.T) {
	m := mint(t, broker.ES256)
	for client, claim := range map[string]bool{"client_1": true, "client_0": false} {
		w := wantAccess()
		w.Identity.Subject, w.Client = broker.Subject{Kind: broker.Program, ID: "client_0"}, client
		token, err := m.SignAccess(w)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Read(token)
		if err != nil || got.Subject != w.Identity.Subject || got.Token.Client != client || strings.Contains(segment(t, token, 1), `"idtyp":"app"`) != claim {
			t.Errorf("%s: %+v, %v", client, got, err)
		}
	}
}

func TestSignRefusesStrangers(t *testing.T) {
	m := mint(t, broker.EdDSA)
	for name, change := range map[string]func(*broker.Identity){
		"without a profile":      func(id *broker.Identity) { id.PID = "" },
		"without an issuer":      func(id *broker.Identity) { id.Issuer = "" },
		"without an id":          func(id *broker.Identity) { id.Subject.ID = "" },
		"an issuer no UTF-8":     func(id *broker.Identity) { id.Issuer = "\xff" },
		"an actor no UTF-8":      func(id *broker.Identity) { id.Actor.Subject.ID = "\xff" },
		"a former one no UTF-8":  func(id *broker.Identity) { id.Actor.Actor.Subject.ID = "\xff" },
		"a user with a profile":  func(id *broker.Identity) { id.Subject.Kind = broker.ShopApp },
		"a profile that is none": func(id *broker.Identity) { id.PID = "\xff" },
	} {
		w := wantAccess()
		w.Identity = stranger()
		change(&w.Identity)
		if token, err := m.SignAccess(w); !errors.Is(err, errNoUse) || token != "" {
			t.Errorf("%s, an access token: %q, %v", name, token, err)
		}
		if token, err := m.Sign(w); !errors.Is(err, errNobody) || token != "" {
			t.Errorf("%s, an IDToken: %q, %v", name, token, err)
		}
	}
}
