package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

func wantPerson() broker.Want {
	w := wantAccess()
	w.Grant, w.Next = broker.AuthorizationCode, &broker.Session{ID: "s1", Nonce: "n", SignedIn: now.Add(-time.Minute)}
	return w
}

func TestSignPersonExactly(t *testing.T) {
	m := mint(t, broker.ES256)
	const begin = `{"iss":"https://api.acme.example","sub":"user_1","aud":"client_1","auth_time":1795262340`
	for name, tt := range map[string]struct {
		change  func(*broker.Want)
		payload string
	}{
		"with a nonce": {func(*broker.Want) {},
			begin + `,"nonce":"n","sid":"s1","amr":["pwd"],"iat":1795262400,"exp":1795266000,"jti":"j1.id"}`},
		"refreshed": {func(w *broker.Want) { w.Grant = broker.RefreshToken },
			begin + `,"sid":"s1","amr":["pwd"],"iat":1795262400,"exp":1795266000,"jti":"j1.id"}`},
		"without a nonce": {func(w *broker.Want) { w.Next.Nonce = "" },
			begin + `,"sid":"s1","amr":["pwd"],"iat":1795262400,"exp":1795266000,"jti":"j1.id"}`},
		"beside an access token without an end": {func(w *broker.Want) { w.ExpiresAt = time.Time{} },
			begin + `,"nonce":"n","sid":"s1","amr":["pwd"],"iat":1795262400,"exp":1795266000,"jti":"j1.id"}`},
		"beside a short one": {func(w *broker.Want) { w.ExpiresAt = now.Add(time.Minute) },
			begin + `,"nonce":"n","sid":"s1","amr":["pwd"],"iat":1795262400,"exp":1795262460,"jti":"j1.id"}`},
	} {
		w := wantPerson()
		tt.change(&w)
		token, err := m.SignPerson(w)
		if err != nil {
			t.Fatal(err)
		}
		if got := segment(t, token, 1); got != tt.payload {
			t.Errorf("%s:\n%s\n%s", name, got, tt.payload)
		}
		if got := segment(t, token, 0); !strings.HasSuffix(got, `","typ":"JWT"}`) {
			t.Errorf("%s: header %s", name, got)
		}
		if _, err := m.Read(token); !errors.Is(err, ErrClaims) {
			t.Errorf("%s: it could be used as a token: %v", name, err)
		}
	}
}

// Whom a tenant's tokens are for may be called as a client is.
func TestPersonIsNoCustomer(t *testing.T) {
	c := house(t)
	c.Audience = []string{"client_1"}
	m := newMint(t, c)
	token, err := m.SignPerson(wantPerson())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Read(token); !errors.Is(err, ErrClaims) {
		t.Errorf("read: %v", err)
	}
	if _, err := m.Verify(token); !errors.Is(err, ErrClaims) {
		t.Errorf("verified: %v", err)
	}
}

func TestSignPersonRefuses(t *testing.T) {
	m := mint(t, broker.EdDSA)
	for name, change := range map[string]func(*broker.Want){
		"nobody":               func(w *broker.Want) { w.Identity.Subject = broker.Subject{} },
		"a client":             func(w *broker.Want) { w.Identity.Subject.Kind = broker.Program },
		"no id":                func(w *broker.Want) { w.Identity.Subject.ID = "" },
		"no client":            func(w *broker.Want) { w.Client = "" },
		"no session":           func(w *broker.Want) { w.Next.ID = "" },
		"no sign-in":           func(w *broker.Want) { w.Next.SignedIn = time.Time{} },
		"no method":            func(w *broker.Want) { w.Identity.Method = "" },
		"a nonce not in UTF-8": func(w *broker.Want) { w.Next.Nonce = "\xff" },
	} {
		w := wantPerson()
		change(&w)
		if token, err := m.SignPerson(w); token != "" || !errors.Is(err, errNoPerson) {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
	w := wantPerson()
	w.ExpiresAt = now
	if _, err := m.SignPerson(w); !errors.Is(err, errLife) {
		t.Errorf("no life: %v", err)
	}
}

// An access token of a session names it, and is read so.
func TestSessionIsNamed(t *testing.T) {
	m := mint(t, broker.ES256)
	token, err := m.SignAccess(wantPerson())
	if err != nil {
		t.Fatal(err)
	}
	id, err := m.Read(token)
	if err != nil || id.Token.Session != "s1" || !strings.Contains(segment(t, token, 1), `,"sid":"s1","amr"`) {
		t.Errorf("%+v, %v", id.Token, err)
	}
}

func TestHint(t *testing.T) {
	c := house(t)
	m := newMint(t, c)
	token, err := m.SignPerson(wantPerson())
	if err != nil {
		t.Fatal(err)
	}
	later := c
	later.Now = func() time.Time { return now.Add(100 * 24 * time.Hour) }
	for name, m := range map[string]*Mint{"at once": m, "long after": newMint(t, later)} {
		if client, user, err := m.Hint(token); client != "client_1" || user != "user_1" || err != nil {
			t.Errorf("%s: %q, %q, %v", name, client, user, err)
		}
	}
	access, _ := m.SignAccess(wantPerson())
	other := c
	other.Issuer = "https://api.other.example"
	f := newForger(t)
	for name, try := range map[string]func() (string, string, error){
		"an access token": func() (string, string, error) { return m.Hint(access) },
		"a customer's":    func() (string, string, error) { return m.Hint(sign(t, m, want())) },
		"another issuer":  func() (string, string, error) { return newMint(t, other).Hint(token) },
		"cut":             func() (string, string, error) { return m.Hint(token[:len(token)-2]) },
		"nothing":         func() (string, string, error) { return m.Hint("") },
		"forged":          func() (string, string, error) { return f.mint.Hint(token[:len(token)-4] + "AAAA") },
		"two audiences": func() (string, string, error) {
			return f.mint.Hint(f.withClaims(object{"pid": nil, "sid": "s", "aud": []string{"a", "b"}}))
		},
		"no session": func() (string, string, error) { return f.mint.Hint(f.withClaims(object{"pid": nil, "aud": "a"})) },
	} {
		if client, user, err := try(); client+user != "" || err == nil {
			t.Errorf("%s: %q", name, client)
		}
	}
}
