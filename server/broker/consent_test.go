package broker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	callback = "https://app.example/cb"
	s256     = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
)

// newAsking is a desk at which the user is signed in and agrees to what client c asks.
func newAsking(t *testing.T) *desk {
	d := newDesk(t)
	d.client.Grants[broker.AuthorizationCode], d.client.Redirects = true, []string{callback}
	d.client.Scopes, d.client.Lasts = broker.Scopes{"openid", "profiles.read", "x"}, 24*time.Hour
	d.asUser(broker.ACookie)
	d.id.Token.Client, d.id.Method = "", broker.PWD
	d.id.Scopes, d.id.SignedIn = broker.Scopes{"openid", "profiles.*", "y"}, noon.Add(-time.Hour)
	d.rule = broker.Rule{Proof: d, Client: broker.Named, Yields: broker.YieldCode, MaxTTL: time.Minute}
	d.req = broker.Request{
		ID: "r1", Grant: broker.Authorize, Client: broker.Credentials{ID: "c"}, Scope: broker.Scopes{"openid", "profiles.read"},
		Question: &broker.Question{ResponseType: "code", Redirect: callback},
		Answer:   broker.Answer{ID: "q1", Scopes: broker.Scopes{"openid", "profiles.read"}},
	}
	return d
}

func TestQuestions(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code // empty: a code is given
	}{
		{"a question", func(*desk) {}, ""},
		{"with a challenge", func(d *desk) { d.req.Question.Challenge, d.req.Question.ChallengeMethod = s256, "S256" }, ""},
		{"a challenge without a method", func(d *desk) { d.req.Question.Challenge = s256 }, broker.InvalidRequest},
		{"a plain challenge", func(d *desk) { d.req.Question.Challenge, d.req.Question.ChallengeMethod = s256, "plain" }, broker.InvalidRequest},
		{"a method of other case", func(d *desk) { d.req.Question.Challenge, d.req.Question.ChallengeMethod = s256, "s256" }, broker.InvalidRequest},
		{"a method alone", func(d *desk) { d.req.Question.ChallengeMethod = "S256" }, broker.InvalidRequest},
		{"a short challenge", func(d *desk) { d.req.Question.Challenge, d.req.Question.ChallengeMethod = s256[1:], "S256" }, broker.InvalidRequest},
		{"a padded challenge", func(d *desk) { d.req.Question.Challenge, d.req.Question.ChallengeMethod = s256+"=", "S256" }, broker.InvalidRequest},
		{"a public client without a challenge", func(d *desk) { d.client.Public = true }, broker.InvalidRequest},
		{"a public client", func(d *desk) {
			d.client.Public, d.req.Question.Challenge, d.req.Question.ChallengeMethod = true, s256, "S256"
		}, ""},
		{"no response type", func(d *desk) { d.req.Question.ResponseType = "" }, broker.InvalidRequest},
		{"a token in the front", func(d *desk) { d.req.Question.ResponseType = "token" }, broker.UnsupportedResponse},
		{"hybrid", func(d *desk) { d.req.Question.ResponseType = "code id_token" }, broker.UnsupportedResponse},
		{"in the query", func(d *desk) { d.req.Question.ResponseMode = "query" }, ""},
		{"in the fragment", func(d *desk) { d.req.Question.ResponseMode = "fragment" }, broker.InvalidRequest},
		{"a request object", func(d *desk) { d.req.Question.Object = true }, broker.UnsupportedObject},
		{"a scope that is not the client's", func(d *desk) { d.req.Scope = broker.Scopes{"y"} }, broker.InvalidScope},
		{"a scope that is not the person's", func(d *desk) { d.req.Scope = broker.Scopes{"x"} }, broker.AccessDenied},
		{"an audience that nobody knows", func(d *desk) { d.req.Audience = []string{"https://z.example"} }, broker.InvalidTarget},
		{"an audience of the client's", func(d *desk) { d.req.Audience = []string{"https://a.example"} }, ""},
		{"a client not registered for it", func(d *desk) { delete(d.client.Grants, broker.AuthorizationCode) }, broker.Unauthorized},
		{"denied by the tenant", func(d *desk) { d.tenant.Denied = map[broker.GrantType]bool{broker.AuthorizationCode: true} }, broker.AccessDenied},
		{"another address", func(d *desk) { d.req.Question.Redirect += "/" }, broker.InvalidRequest},
		{"a disabled client", func(d *desk) { d.client.Disabled = true }, broker.InvalidClient},
		{"a disabled person", func(d *desk) { d.user.Disabled = true }, broker.NeedsSignIn},
		{"a long state", func(d *desk) { d.req.Question.State = strings.Repeat("x", 2049) }, broker.InvalidRequest},
		{"a state as long as may be", func(d *desk) { d.req.Question.State = strings.Repeat("x", 2048) }, ""},
		{"a long nonce", func(d *desk) { d.req.Question.Nonce = strings.Repeat("x", 513) }, broker.InvalidRequest},
		{"none and login", func(d *desk) { d.req.Question.Prompt = []string{"none", "login"} }, broker.InvalidRequest},

		{"prompt login", func(d *desk) { d.req.Question.Prompt = []string{"login"} }, broker.NeedsSignIn},
		{"prompt select_account", func(d *desk) { d.req.Question.Prompt = []string{"select_account"} }, broker.NeedsSignIn},
		{"signed in long enough ago", func(d *desk) { d.req.Question.MaxAge = "3600" }, ""},
		{"signed in too long ago", func(d *desk) { d.req.Question.MaxAge = "3599" }, broker.NeedsSignIn},
		{"an age that is none", func(d *desk) { d.req.Question.MaxAge = "-1" }, broker.InvalidRequest},

		{"not asked yet", func(d *desk) { d.req.Answer = broker.Answer{} }, broker.NeedsConsent},
		{"another answer", func(d *desk) { d.req.Answer.Scopes = broker.Scopes{"openid"} }, broker.NeedsConsent},
		{"an answer to more", func(d *desk) { d.req.Answer.Scopes = broker.Scopes{"openid", "profiles.read", "x"} }, broker.NeedsConsent},
		{"agreed before", func(d *desk) { d.agreedBefore("openid", "profiles.*") }, ""},
		{"agreed to less before", func(d *desk) { d.agreedBefore("openid") }, broker.NeedsConsent},
		{"agreed before, a public client", func(d *desk) {
			d.agreedBefore("openid", "profiles.*")
			d.client.Public, d.req.Question.Challenge, d.req.Question.ChallengeMethod = true, s256, "S256"
		}, broker.NeedsConsent},
		{"agreed before, to be asked again", func(d *desk) {
			d.agreedBefore("openid", "profiles.*")
			d.req.Question.Prompt = []string{"consent"}
		}, broker.NeedsConsent},
		{"nothing is asked for, and was agreed to", func(d *desk) {
			d.client.Scopes, d.req.Scope, d.req.Answer, d.id.Agreed = nil, nil, broker.Answer{}, broker.Scopes{}
		}, ""},
		{"nothing is asked for, for the first time", func(d *desk) {
			d.client.Scopes, d.req.Scope, d.req.Answer = nil, nil, broker.Answer{}
		}, broker.NeedsConsent},
	} {
		d := newAsking(t)
		row.arrange(d)
		g, err := d.exchange()
		var code broker.Code
		if err != nil {
			code = broker.AsError(err).Code
		}
		if code != row.code || (g.Token == "code") != (code == "") || (len(d.kept) == 1) != (code == "") {
			t.Errorf("%s: %q of %v, %d kept", row.name, g.Token, err, len(d.kept))
		}
	}
}

func (d *desk) agreedBefore(scopes ...string) {
	d.req.Answer, d.id.Agreed = broker.Answer{}, scopes
}

// What the consent page asks about is what the code is for.
func TestWhatIsAskedAbout(t *testing.T) {
	d := newAsking(t)
	d.req.Scope, d.req.Answer = nil, broker.Answer{}
	g, err := d.exchange()
	if err != broker.ErrConsent {
		t.Fatal(err)
	}
	want := broker.Grant{Scopes: broker.Scopes{"openid", "profiles.read"}, Subject: broker.Subject{Kind: broker.Person, ID: "u"}}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsBegin(t *testing.T) {
	d := newAsking(t)
	d.req.Question.Nonce, d.req.Question.Challenge, d.req.Question.ChallengeMethod = "n", s256, "S256"
	d.req.Audience = []string{"https://a.example"}
	if _, err := d.exchange(); err != nil {
		t.Fatal(err)
	}
	want := broker.Session{
		ID: "q1", Client: "c", Subject: d.id.Subject, Scopes: d.req.Scope, Audience: d.req.Audience, Redirect: callback, Challenge: s256, Nonce: "n",
		Method: broker.PWD, SignedIn: d.id.SignedIn, Salt: d.kept[0].Next.Salt, Started: noon, Expires: noon.Add(24 * time.Hour), Idle: noon.Add(broker.IdleSession),
	}
	if diff := cmp.Diff(want, *d.kept[0].Next); diff != "" {
		t.Error(diff)
	}
	if end := d.kept[0].ExpiresAt; !end.Equal(noon.Truncate(time.Second).Add(time.Minute)) {
		t.Errorf("the code ends at %v", end)
	}

	other := newAsking(t)
	other.client.Lasts = broker.Forever
	other.agreedBefore("*")
	if _, err := other.exchange(); err != nil {
		t.Fatal(err)
	}
	s := other.kept[0].Next
	if len(s.ID) < 26 || s.Salt == d.kept[0].Next.Salt || !s.Expires.IsZero() || !s.Idle.IsZero() {
		t.Errorf("a session of its own: %+v", s)
	}
}
