package broker_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// newGoing is a desk at which client c goes on with a session of the user's.
func newGoing(t *testing.T) *desk {
	d := newAsking(t)
	d.client.Grants[broker.RefreshToken] = true
	s := &broker.Session{
		ID: "s1", Client: "c", Subject: d.id.Subject, Scopes: broker.Scopes{"openid", "profiles.read"}, Audience: []string{"https://a.example"},
		Method: broker.PWD, SignedIn: noon.Add(-time.Hour), Started: noon.Add(-time.Hour), Generation: 7, Rotated: noon.Add(-time.Minute), Nonce: "n",
	}
	d.id = broker.Identity{
		Subject: s.Subject, Method: s.Method, SignedIn: s.SignedIn, Scopes: s.Scopes, Audience: s.Audience, Session: s,
		Token: &broker.Shown{Kind: broker.ARefreshToken, Client: "c", Session: "s1", Generation: 7, Issued: s.Started},
	}
	d.rule = broker.Rule{Proof: d, Client: broker.AsRegistered, Yields: broker.YieldSession, MaxTTL: broker.Forever}
	d.req = broker.Request{ID: "r1", Grant: broker.RefreshToken, Client: broker.Credentials{ID: "c"}}
	return d
}

func TestSessionGoesOn(t *testing.T) {
	d := newGoing(t)
	g, err := d.exchange()
	if err != nil {
		t.Fatal(err)
	}
	next := *d.id.Session
	next.Generation, next.Rotated, next.Idle, next.JWTs = 8, noon, noon.Add(broker.IdleSession), noon.Truncate(time.Second).Add(time.Hour)
	if diff := cmp.Diff([]broker.Session{*d.id.Session, next}, []broker.Session{*d.kept[0].Session, *d.kept[0].Next}); diff != "" {
		t.Error(diff)
	}
	issued := noon.Truncate(time.Second)
	want := broker.Grant{
		Token: "access token", Refresh: d.tenant.RefreshToken(next).Reveal(), Person: "ID token", ID: g.ID, Yields: broker.YieldSession, Client: "c", Subject: d.id.Subject,
		IssuedAt: issued, ExpiresAt: issued.Add(time.Hour), Scopes: d.id.Scopes, Session: "s1",
	}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsNarrow(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code
		check   func(broker.Grant, broker.Want) bool
	}{
		{"some of the scopes", func(d *desk) { d.req.Scope = broker.Scopes{"profiles.read"} }, "",
			func(g broker.Grant, w broker.Want) bool {
				return g.Scopes.String() == "profiles.read" && g.Person == "" && len(w.Next.Scopes) == 2
			}},
		{"more scopes", func(d *desk) { d.req.Scope = broker.Scopes{"x"} }, broker.InvalidScope, nil},
		{"a scope that the client has lost", func(d *desk) { d.client.Scopes = broker.Scopes{"openid"} }, "",
			func(g broker.Grant, _ broker.Want) bool { return g.Scopes.String() == "openid" }},
		{"a scope that the user has lost", func(d *desk) { d.user.Scopes = nil }, "",
			func(g broker.Grant, _ broker.Want) bool { return g.Scopes.String() == "openid" }},
		{"the audience agreed to", func(d *desk) { d.req.Audience = []string{"https://a.example"} }, "",
			func(_ broker.Grant, w broker.Want) bool { return w.Audience[0] == "https://a.example" }},
		{"another audience", func(d *desk) { d.req.Audience = []string{"https://own.example"} }, broker.InvalidTarget, nil},
		{"the tenant's own, where none was named", func(d *desk) { d.req.Audience, d.id.Audience = []string{"https://own.example"}, nil }, "", nil},
		{"another, where none was named", func(d *desk) { d.req.Audience, d.id.Audience = []string{"https://a.example"}, nil }, broker.InvalidTarget, nil},
		{"an audience that the client has lost", func(d *desk) { d.client.Audiences = nil }, broker.InvalidTarget, nil},
		{"in the session's last second", func(d *desk) { d.id.NotAfter = noon.Truncate(time.Second) }, broker.InvalidGrant, nil},
		{"not longer than it may rest", func(d *desk) {
			d.client.Opaque, d.client.TokenTTL = true, 60*24*time.Hour
		}, "", func(g broker.Grant, _ broker.Want) bool {
			return g.ExpiresAt.Equal(noon.Add(broker.IdleSession).Truncate(time.Second))
		}},
		{"refresh tokens are denied", func(d *desk) {
			d.tenant.Denied = map[broker.GrantType]bool{broker.RefreshToken: true}
			d.client.Grants[broker.AuthorizationCode], d.req.Grant = true, broker.AuthorizationCode
		}, "", func(g broker.Grant, _ broker.Want) bool { return g.Refresh == "" }},
		{"a client without refresh tokens", func(d *desk) {
			delete(d.client.Grants, broker.RefreshToken)
			d.client.Grants[broker.AuthorizationCode], d.req.Grant, d.id.Token.Kind = true, broker.AuthorizationCode, broker.ACode
			d.id.Session.Generation, d.id.Token.Generation = 0, 0
		}, "", func(g broker.Grant, w broker.Want) bool {
			return g.Refresh == "" && w.Session.Generation == 0 && w.Next.Generation == 1
		}},
		{"opaque and for ever", func(d *desk) {
			d.client.Opaque, d.client.TokenTTL, d.client.Lasts, d.id.NotAfter = true, broker.Forever, broker.Forever, time.Time{}
		}, "", func(g broker.Grant, w broker.Want) bool {
			return g.Token == "opaque" && g.ExpiresAt.IsZero() && w.Next.Idle.IsZero()
		}},
		{"not longer than the session", func(d *desk) { d.id.NotAfter = noon.Add(time.Minute) }, "",
			func(g broker.Grant, _ broker.Want) bool {
				return g.ExpiresAt.Equal(noon.Add(time.Minute).Truncate(time.Second))
			}},
		{"the one before, again", func(d *desk) { d.id.Token.Generation = 6 }, "",
			func(g broker.Grant, w broker.Want) bool {
				return w.Next.Generation == 7 && w.Next.Repeated == 1 && w.Next.Rotated.Equal(noon.Add(-time.Minute))
			}},
		{"somebody was faster", func(d *desk) { d.rivals = 4 }, "",
			func(g broker.Grant, _ broker.Want) bool { return g.Token == "access token" }},
		{"somebody is always faster", func(d *desk) { d.rivals = 5 }, broker.ServerError, nil},
		{"nothing could be kept", func(d *desk) { d.keeping = errors.New("disk") }, broker.ServerError, nil},
		{"nothing could be signed", func(d *desk) { d.signer.err = errors.New("key") }, broker.Unavailable, nil},
		{"revoked", func(d *desk) { d.tenant.Revoked = map[string]bool{broker.RevokedSession("s1"): true} }, broker.InvalidGrant, nil},
		{"the client's were revoked", func(d *desk) { d.client.Since = noon }, broker.InvalidGrant, nil},
		{"the user's were revoked", func(d *desk) { d.user.Since = noon }, broker.InvalidGrant, nil},
		{"the user is gone", func(d *desk) { delete(d.tenant.Users, "u") }, broker.InvalidGrant, nil},
	} {
		d := newGoing(t)
		row.arrange(d)
		g, err := d.exchange()
		var code broker.Code
		if err != nil {
			code = broker.AsError(err).Code
		}
		switch {
		case code != row.code || code != "" && g.Token != "":
			t.Errorf("%s: %+v, %v", row.name, g, err)
		case row.check != nil && !row.check(g, d.kept[len(d.kept)-1]):
			t.Errorf("%s: %+v", row.name, g)
		}
	}
}

func TestStands(t *testing.T) {
	s := broker.Session{Generation: 3, Rotated: noon.Add(-5 * time.Second)}
	end := func(change func(*broker.Session)) broker.Session { c := s; change(&c); return c }
	for name, row := range map[string]struct {
		s          broker.Session
		generation int64
		grace      time.Duration
		want       broker.Standing
	}{
		"the last one":                   {s, 3, 0, broker.Good},
		"the one before, in time":        {s, 2, 6 * time.Second, broker.Replaced},
		"the one before, at its end":     {s, 2, 5 * time.Second, broker.Stolen},
		"the one before, without grace":  {s, 2, 0, broker.Stolen},
		"grace has a limit":              {end(func(s *broker.Session) { s.Rotated = noon.Add(-time.Minute) }), 2, time.Hour, broker.Stolen},
		"three times":                    {end(func(s *broker.Session) { s.Repeated = 2 }), 2, 6 * time.Second, broker.Replaced},
		"four times":                     {end(func(s *broker.Session) { s.Repeated = 3 }), 2, 6 * time.Second, broker.Stale},
		"an older one, in time":          {s, 1, time.Minute, broker.Stolen},
		"one to come":                    {s, 4, 0, broker.Stale},
		"of a code that was never taken": {end(func(s *broker.Session) { s.Generation = 0 }), 0, 0, broker.Stale},
		"revoked":                        {end(func(s *broker.Session) { s.Revoked = noon }), 3, 0, broker.Stale},
		"expired":                        {end(func(s *broker.Session) { s.Expires = noon }), 3, 0, broker.Stale},
		"about to expire":                {end(func(s *broker.Session) { s.Expires = noon.Add(1) }), 3, 0, broker.Good},
		"idle":                           {end(func(s *broker.Session) { s.Idle = noon }), 3, 0, broker.Stale},
		"an old one of an ended session": {end(func(s *broker.Session) { s.Revoked = noon }), 1, 0, broker.Stale},
	} {
		if got := row.s.Stands(row.generation, row.grace, noon); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
}

func TestRefreshTokens(t *testing.T) {
	d := newDesk(t)
	s := broker.Session{ID: "s1", Generation: 3, Salt: [16]byte{1}}
	text := d.tenant.RefreshToken(s)
	id, generation, ok := broker.ReadRefresh(text)
	if id != "s1" || generation != 3 || !ok || !d.tenant.IsRefresh(text, s, 3) {
		t.Fatalf("%q, %d, %v", id, generation, ok)
	}
	other := *d.tenant
	other.Name = "umbra"
	salted := s
	salted.Salt[0] = 2
	if d.tenant.IsRefresh(text, s, 2) || other.IsRefresh(text, s, 3) || d.tenant.IsRefresh(text, salted, 3) {
		t.Error("one of another generation, tenant or salt is taken")
	}
	plain := text.Reveal()
	wrong := []string{"", "x", plain + "A", plain + "=", strings.ToUpper(plain), strings.Replace(plain, ".3.", ".03.", 1), strings.Replace(plain, ".3.", ".+3.", 1)}
	for n := range len(plain) {
		wrong = append(wrong, plain[:n], plain[n:n+1]+plain, swapped(plain, n))
	}
	for _, text := range wrong {
		if text == plain {
			continue
		}
		if id, generation, ok := broker.ReadRefresh(secret.New(text)); ok && id == "s1" && d.tenant.IsRefresh(secret.New(text), s, generation) {
			t.Errorf("%q is taken for %q", text, plain)
		}
	}
}

// swapped has one letter in the other case, or another digit.
func swapped(text string, n int) string {
	b := []byte(text)
	b[n] ^= ' '
	return string(b)
}

func TestVerifies(t *testing.T) {
	const right = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	for name, row := range map[string]struct {
		challenge, verifier string
		want                bool
	}{
		"RFC 7636, appendix B":  {s256, right, true},
		"another":               {s256, "x" + right[1:], false},
		"none":                  {s256, "", false},
		"plain":                 {s256, s256, false},
		"none wanted":           {"", "", true},
		"none wanted, one sent": {"", right, false},
		"42 characters":         {"MzGuVmuCfiyhtA8T4e8WBVUlbW1KtArN4Sk-n-PRX_s", right[:42], false},
		"129 characters":        {"DsnrM-dFELzdHy6lUgboLyFknFwr7L8rQz60dbNMAb0", strings.Repeat("x", 129), false},
		"a wrong character":     {"GEQzKnlMKuWdiqG5OGQaeLyu4bt9JQqQivfuxi4fm50", right[:42] + "+", false},
	} {
		if got := (broker.Session{Challenge: row.challenge}).Verifies(secret.New(row.verifier)); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestForms(t *testing.T) {
	d, cookie := newDesk(t), secret.New("cookie")
	scopes := broker.Scopes{"openid", "x"}
	form := d.tenant.Form(cookie, "client_id=c", scopes, noon)
	a, err := d.tenant.Filled(form, cookie, "client_id=c", noon.Add(14*time.Minute))
	if err != nil || len(a.ID) < 26 || cmp.Diff(scopes, a.Scopes) != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if again, _ := d.tenant.Filled(d.tenant.Form(cookie, "client_id=c", scopes, noon), cookie, "client_id=c", noon); again.ID == a.ID {
		t.Error("two forms have one id")
	}
	other := *d.tenant
	other.Name = "umbra"
	for name, try := range map[string]func() (broker.Answer, error){
		"another browser":  func() (broker.Answer, error) { return d.tenant.Filled(form, secret.New("x"), "client_id=c", noon) },
		"no browser":       func() (broker.Answer, error) { return d.tenant.Filled(form, secret.Text{}, "client_id=c", noon) },
		"another question": func() (broker.Answer, error) { return d.tenant.Filled(form, cookie, "client_id=d", noon) },
		"another tenant":   func() (broker.Answer, error) { return other.Filled(form, cookie, "client_id=c", noon) },
		"too late": func() (broker.Answer, error) {
			return d.tenant.Filled(form, cookie, "client_id=c", noon.Add(16*time.Minute))
		},
		"nothing": func() (broker.Answer, error) { return d.tenant.Filled("", cookie, "client_id=c", noon) },
		"its end": func() (broker.Answer, error) { return d.tenant.Filled(form[10:], cookie, "client_id=c", noon) },
		"more scopes": func() (broker.Answer, error) {
			parts := strings.Split(form, ".")
			parts[2] += "eA"
			return d.tenant.Filled(strings.Join(parts, "."), cookie, "client_id=c", noon)
		},
	} {
		if a, err := try(); err != broker.ErrForm || a.ID != "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
