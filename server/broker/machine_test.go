package broker_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// desk is a broker with clients and users, and all that stands behind it.
type desk struct {
	*bench
	client *broker.Client
	user   *broker.User
	id     broker.Identity // what is proved
	rule   broker.Rule
	req    broker.Request

	refuse     error // of the authenticator
	auditing   error
	audited    []broker.Want
	kept       []broker.Want
	bound      []string
	keeping    error
	ended      []*broker.Shown
	endedBy    []string
	listed     []string
	asked      broker.ClientAuth
	evidenced  int
	speaker    *speaker
	consents   []broker.Consent
	registered []broker.Client
	rivals     int // how often somebody else is faster
}

const grant = broker.ClientCredentials

func newDesk(t *testing.T) *desk {
	d := &desk{bench: newBench(t)}
	d.client = &broker.Client{ID: "c", Grants: map[broker.GrantType]bool{grant: true}, Scopes: broker.Scopes{"profiles.*", "x"},
		Audiences: []string{"https://a.example"}, TokenTTL: time.Hour}
	d.user = &broker.User{ID: "u", Scopes: broker.Scopes{"profiles.*", "y"}}
	d.tenant.Audience = []string{"https://own.example"}
	other := &broker.Client{ID: "other", Audiences: []string{"https://b.example"}}
	d.tenant.Clients = map[string]*broker.Client{"c": d.client, "other": other}
	d.tenant.Users = map[string]*broker.User{"u": d.user}
	d.id = broker.Identity{Subject: broker.Subject{Kind: broker.Program, ID: "c"}, Method: broker.ClientSecret, Scopes: d.client.Scopes}
	d.rule = broker.Rule{Proof: d, Yields: broker.YieldAccess, MaxTTL: broker.Forever}
	d.req = broker.Request{ID: "r1", Grant: grant, Client: broker.Credentials{ID: "c"}}
	return d
}

func (d *desk) Prove(context.Context, *broker.Tenant, *broker.Request) (broker.Identity, error) {
	d.evidenced++
	return d.id, nil
}

func (d *desk) Authenticate(_ context.Context, _ *broker.Tenant, _ broker.Credentials, how broker.ClientAuth) (*broker.Client, error) {
	d.asked = how
	return d.client, d.refuse
}

func (d *desk) Issued(_ context.Context, _ *broker.Tenant, w broker.Want) error {
	d.audited = append(d.audited, w)
	return d.auditing
}

func (d *desk) KeepAccess(_ context.Context, _ *broker.Tenant, w broker.Want) (string, error) {
	d.kept = append(d.kept, w)
	return "opaque", d.keeping
}

func (d *desk) KeepAPIToken(_ context.Context, _ *broker.Tenant, w broker.Want) (string, error) {
	d.kept = append(d.kept, w)
	return "api", d.keeping
}

func (d *desk) KeepSignIn(_ context.Context, _ *broker.Tenant, w broker.Want) (string, error) {
	d.kept = append(d.kept, w)
	return "cookie", d.keeping
}

func (d *desk) KeepCode(_ context.Context, _ *broker.Tenant, w broker.Want) (string, error) {
	d.kept = append(d.kept, w)
	return "code", d.keeping
}

func (d *desk) Advance(_ context.Context, _ *broker.Tenant, w broker.Want) (string, error) {
	d.kept = append(d.kept, w)
	if d.rivals > 0 {
		d.rivals--
		return "", broker.ErrConflict
	}
	return "opaque", d.keeping
}

func (d *desk) Bind(_ context.Context, _ *broker.Tenant, session string, until time.Time) error {
	d.bound = append(d.bound, session+" "+until.Format(time.TimeOnly))
	return d.keeping
}

func (d *desk) KeepClient(_ context.Context, _ *broker.Tenant, c broker.Client, _ broker.Identity) (broker.Client, secret.Text, error) {
	d.registered = append(d.registered, c)
	c.ID = "client_new"
	return c, secret.New("s"), d.keeping
}

func (d *desk) Consents(context.Context, *broker.Tenant, string) ([]broker.Consent, error) {
	return d.consents, d.keeping
}

func (d *desk) Disallow(_ context.Context, _ *broker.Tenant, user, client, _ string) error {
	d.endedBy = append(d.endedBy, user+" "+client)
	return d.keeping
}

func (d *desk) EndSignIn(_ context.Context, _ *broker.Tenant, cookie secret.Text) error {
	d.endedBy = append(d.endedBy, cookie.Reveal())
	return d.keeping
}

func (d *desk) APITokens(_ context.Context, _ *broker.Tenant, user string) ([]broker.APIToken, error) {
	d.listed = append(d.listed, user)
	return nil, nil
}

func (d *desk) End(_ context.Context, _ *broker.Tenant, token *broker.Shown, _, by string) error {
	d.ended, d.endedBy = append(d.ended, token), append(d.endedBy, by)
	return d.keeping
}

func (d *desk) broker() *broker.Broker {
	b := d.bench.broker()
	b.Rules = map[broker.GrantType]broker.Rule{d.req.Grant: d.rule}
	b.Clients, b.Keep, b.Audit = d, d, d
	return b
}

func (d *desk) exchange() (broker.Grant, error) {
	return d.broker().Exchange(context.Background(), d.tenant, &d.req)
}

// asUser lets the evidence be of the user, by a token of this kind or none.
func (d *desk) asUser(kind broker.TokenKind) {
	d.id = broker.Identity{Subject: broker.Subject{Kind: broker.Person, ID: "u"}, Method: broker.PWD, Scopes: d.user.Scopes}
	if kind != 0 {
		d.id.Method, d.id.Token = broker.OurToken, &broker.Shown{Kind: kind, ID: "t", Client: "c", Issued: noon.Truncate(time.Second)}
	}
}

// Whoever is gone, disabled or has had tokens revoked is refused at every grant,
// with the same words as for wrong evidence.
func TestAdmission(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code // empty: admitted
	}{
		{"a client", func(*desk) {}, ""},
		{"a client that is gone", func(d *desk) { delete(d.tenant.Clients, "c") }, broker.InvalidGrant},
		{"a disabled client", func(d *desk) { d.client.Disabled = true }, broker.InvalidGrant},
		{"a user", func(d *desk) { d.asUser(0) }, ""},
		{"a user that is gone", func(d *desk) { d.asUser(0); delete(d.tenant.Users, "u") }, broker.InvalidGrant},
		{"a disabled user", func(d *desk) { d.asUser(0); d.user.Disabled = true }, broker.InvalidGrant},
		{"a user whose tokens were revoked", func(d *desk) { d.asUser(0); d.user.Since = noon.Add(time.Hour) }, ""},

		{"a user's token", func(d *desk) { d.asUser(broker.AnAccessToken) }, ""},
		{"a disabled user's token", func(d *desk) { d.asUser(broker.AnAccessToken); d.user.Disabled = true }, broker.InvalidToken},
		{"a gone user's API token", func(d *desk) { d.asUser(broker.AnAPIToken); delete(d.tenant.Users, "u") }, broker.InvalidToken},
		{"a revoked JWT of a guest", func(d *desk) {
			d.asUser(broker.AnIDToken)
			d.id.Subject, d.tenant.Revoked = broker.Subject{Kind: broker.Guest}, map[string]bool{"t": true}
		}, broker.InvalidToken},
		{"a revoked JWT", func(d *desk) { d.asUser(broker.AnAccessToken); d.tenant.Revoked = map[string]bool{"t": true} }, broker.InvalidToken},
		{"another revoked JWT", func(d *desk) { d.asUser(broker.AnAccessToken); d.tenant.Revoked = map[string]bool{"s": true} }, ""},
		{"a token of before its user's were revoked", func(d *desk) { d.asUser(broker.AnAccessToken); d.user.Since = noon }, broker.InvalidToken},
		{"an opaque one of before", func(d *desk) { d.asUser(broker.AnOpaqueToken); d.user.Since = noon }, broker.InvalidToken},
		{"one of that very moment", func(d *desk) { d.asUser(broker.AnAccessToken); d.user.Since = noon.Truncate(time.Second) }, ""},
		{"an API token of before", func(d *desk) { d.asUser(broker.AnAPIToken); d.user.Since = noon }, ""},
		{"a token of before its client's were revoked", func(d *desk) { d.asUser(broker.AnAccessToken); d.client.Since = noon }, broker.InvalidToken},
		{"a token of a disabled client", func(d *desk) { d.asUser(broker.AnAccessToken); d.client.Disabled = true }, broker.InvalidToken},
		{"a token of a client that is gone", func(d *desk) { d.asUser(broker.AnOpaqueToken); delete(d.tenant.Clients, "c") }, broker.InvalidToken},
		{"an API token of a client that is gone", func(d *desk) { d.asUser(broker.AnAPIToken); delete(d.tenant.Clients, "c") }, ""},
		{"a token of no client", func(d *desk) { d.asUser(broker.AnAccessToken); d.id.Token.Client = "" }, ""},

		{"somebody for whom a user speaks", func(d *desk) { d.speaking() }, ""},
		{"somebody for whom a disabled user speaks", func(d *desk) { d.speaking(); d.user.Disabled = true }, broker.InvalidToken},
		{"somebody for whom nobody speaks", func(d *desk) { d.speaking(); d.speaker.id.Subject = broker.Subject{} }, broker.ServerError},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			row.arrange(d)
			d.rule.Yields, d.rule.Client = 0, broker.NoClient
			_, err := d.broker().Identify(context.Background(), d.tenant, &d.req)
			if got := codeOf(err); got != row.code {
				t.Errorf("%v, want %q", err, row.code)
			}
		})
	}
}

// speaking lets the user speak for a guest.
func (d *desk) speaking() {
	d.asUser(broker.AnAPIToken)
	d.speaker = &speaker{id: d.id}
	d.id = broker.Identity{Subject: broker.Subject{Kind: broker.Guest}, Method: broker.OurToken}
	d.rule.Speaker = d.speaker
}

// speaker proves who speaks.
type speaker struct{ id broker.Identity }

func (s *speaker) Prove(context.Context, *broker.Tenant, *broker.Request) (broker.Identity, error) {
	return s.id, nil
}

// Until it is known that somebody may speak for others, nothing is said of others.
func TestSpeaker(t *testing.T) {
	d := newDesk(t)
	d.speaking()
	d.rule.Client, d.rule.Yields, d.rule.Needs = broker.NoClient, 0, "y"
	d.speaker.id.NotAfter = noon.Add(time.Hour)
	id, err := d.broker().Identify(context.Background(), d.tenant, &d.req)
	if err != nil || id.Actor == nil || id.Actor.Subject.ID != "u" || d.evidenced != 1 {
		t.Fatalf("%+v, %v", id, err)
	}
	for name, spoil := range map[string]func(){
		"lacks the scope": func() { d.rule.Needs = "z" }, "lacks the route's scope": func() { d.req.Needs = "z" },
		"is disabled": func() { d.user.Disabled = true }, "is nobody": func() { d.speaker.id.Subject = broker.Subject{} },
	} {
		d = newDesk(t)
		d.speaking()
		d.rule.Client, d.rule.Yields = broker.NoClient, 0
		spoil()
		if _, err := d.broker().Identify(context.Background(), d.tenant, &d.req); err == nil || d.evidenced > 0 {
			t.Errorf("who speaks %s: %v, and %d others were looked at", name, err, d.evidenced)
		}
	}
}

func codeOf(err error) broker.Code {
	if err == nil {
		return ""
	}
	return broker.AsError(err).Code
}

// What is issued is no more than proof, user, client and question all say.
func TestWhatAnAccessTokenMay(t *testing.T) {
	for _, row := range []struct {
		name     string
		arrange  func(*desk)
		code     broker.Code
		scopes   broker.Scopes
		audience []string
	}{
		{"all of the client's", func(*desk) {}, "", broker.Scopes{"profiles.*", "x"}, nil},
		{"what was asked for", func(d *desk) { d.req.Scope = broker.Scopes{"read-profiles"} }, "", broker.Scopes{"read-profiles"}, nil},
		{"more than the client's", func(d *desk) { d.req.Scope = broker.Scopes{"x", "y"} }, broker.InvalidScope, nil, nil},
		{"a client without scopes", func(d *desk) { d.client.Scopes = nil }, "", nil, nil},
		{"a user's and the client's", func(d *desk) { d.asUser(0) }, "", broker.Scopes{"profiles.*"}, nil},
		{"the user's alone", func(d *desk) { d.asUser(0); d.req.Scope = broker.Scopes{"y"} }, broker.InvalidScope, nil, nil},
		{"the client's alone", func(d *desk) { d.asUser(0); d.req.Scope = broker.Scopes{"x"} }, broker.InvalidScope, nil, nil},
		{"what its client has no more", func(d *desk) {
			d.asUser(broker.AnAccessToken)
			d.client.Scopes = broker.Scopes{"read-profiles"}
			d.rule.Client = broker.NoClient
		}, "", broker.Scopes{"read-profiles"}, nil},
		{"what its client has no more, of an API token", func(d *desk) {
			d.asUser(broker.AnAPIToken)
			d.client.Scopes, d.rule.Client = nil, broker.NoClient
		}, "", broker.Scopes{"profiles.*", "y"}, nil},
		{"what the user has no more", func(d *desk) { d.asUser(0); d.user.Scopes = broker.Scopes{"read-profiles"} }, "", broker.Scopes{"read-profiles"}, nil},
		{"its audience", func(d *desk) { d.req.Audience = []string{"https://a.example"} }, "", broker.Scopes{"profiles.*", "x"}, []string{"https://a.example"}},
		{"the tenant's own audience", func(d *desk) { d.req.Audience = []string{"https://own.example"} }, "", broker.Scopes{"profiles.*", "x"}, []string{"https://own.example"}},
		{"another's audience", func(d *desk) { d.req.Audience = []string{"https://a.example", "https://b.example"} }, broker.InvalidTarget, nil, nil},
		{"an unknown audience", func(d *desk) { d.req.Audience = []string{"https://c.example"} }, broker.InvalidTarget, nil, nil},
		{"no audience at all", func(d *desk) { d.req.Audience = []string{"a\"b"} }, broker.InvalidTarget, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			row.arrange(d)
			g, err := d.exchange()
			if codeOf(err) != row.code {
				t.Fatalf("%v, want %q", err, row.code)
			}
			if row.code != "" {
				if len(d.audited)+len(d.signer.wants) > 0 {
					t.Error("and yet a token")
				}
				return
			}
			w := d.signer.wants[0]
			if diff := cmp.Diff([]any{row.scopes, row.audience, row.scopes, d.rule.Client == broker.Confidential, "r1", grant}, []any{w.Scopes, w.Audience, g.Scopes, w.Client == "c", w.RequestID, w.Grant}); diff != "" {
				t.Error(diff)
			}
			if g.Token != "access token" {
				t.Errorf("got the token %q", g.Token)
			}
			if len(d.audited) != 1 || d.audited[0].ID != w.ID || len(w.ID) != 26 || g.ID != w.ID {
				t.Errorf("audited %+v, signed %q, said %q", d.audited, w.ID, g.ID)
			}
		})
	}
}

// The messages say which audience it was, and whether it is unknown or not granted.
func TestAudienceIsNamed(t *testing.T) {
	for audience, want := range map[string]string{
		"https://b.example": "the audience https://b.example is not granted to this client: shapestoken client set TENANT CLIENT --audience https://b.example",
		"https://c.example": "the audience https://c.example is unknown to this tenant; check how it is spelt",
		"x\"canary":         "audience must be 1 to 256 printable ASCII characters without spaces, quotes or backslashes",
	} {
		d := newDesk(t)
		d.req.Audience = []string{audience}
		_, err := d.exchange()
		if got := broker.AsError(err).Message; got != want {
			t.Errorf("%s: %s", audience, got)
		}
	}
}

func TestLifeOfAccessTokens(t *testing.T) {
	issued := noon.Truncate(time.Second)
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		end     time.Time
		fails   bool
	}{
		{"the client's", func(*desk) {}, issued.Add(time.Hour), false},
		{"the rule's", func(d *desk) { d.rule.MaxTTL = time.Minute }, issued.Add(time.Minute), false},
		{"the rule's without a client", func(d *desk) { d.rule.Client, d.rule.MaxTTL = broker.NoClient, time.Minute }, issued.Add(time.Minute), false},
		{"the evidence's", func(d *desk) { d.id.NotAfter = noon.Add(time.Second) }, issued.Add(time.Second), false},
		{"the client's, before the evidence's", func(d *desk) { d.id.NotAfter = noon.Add(2 * time.Hour) }, issued.Add(time.Hour), false},
		{"for ever", func(d *desk) { d.client.TokenTTL = broker.Forever }, time.Time{}, false},
		{"for ever, but for the evidence", func(d *desk) { d.client.TokenTTL, d.id.NotAfter = broker.Forever, noon.Add(9*time.Second) }, issued.Add(9 * time.Second), false},
		{"evidence that has ended", func(d *desk) { d.id.NotAfter = noon }, time.Time{}, true},
		{"none", func(d *desk) { d.client.TokenTTL = 0 }, time.Time{}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			row.arrange(d)
			g, err := d.exchange()
			if !g.ExpiresAt.Equal(row.end) || (err != nil) != row.fails {
				t.Errorf("%s, %v", g.ExpiresAt, err)
			}
		})
	}
}

func TestAPITokens(t *testing.T) {
	later := noon.Truncate(time.Second).Add(time.Hour)
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code
		scopes  broker.Scopes
		end     time.Time
	}{
		{"with an access token", func(d *desk) { d.id.NotAfter = noon.Add(time.Minute) }, "", broker.Scopes{"profiles.*"}, time.Time{}},
		{"with an end", func(d *desk) { d.req.Make.Expires = later }, "", broker.Scopes{"profiles.*"}, later},
		{"with an API token that ends", func(d *desk) { d.asUser(broker.AnAPIToken); d.id.NotAfter = later }, "", broker.Scopes{"profiles.*", "y"}, later},
		{"with one, and to live longer", func(d *desk) { d.asUser(broker.AnAPIToken); d.id.NotAfter, d.req.Make.Expires = later, later.Add(1) }, "", broker.Scopes{"profiles.*", "y"}, later},
		{"with one, and to live shorter", func(d *desk) {
			d.asUser(broker.AnAPIToken)
			d.id.NotAfter, d.req.Make.Expires = later.Add(time.Hour), later
		}, "", broker.Scopes{"profiles.*", "y"}, later},
		{"some scopes", func(d *desk) { d.req.Scope = broker.Scopes{"profiles.read"} }, "", broker.Scopes{"profiles.read"}, time.Time{}},
		{"too many scopes", func(d *desk) { d.req.Scope = broker.Scopes{"x"} }, broker.InvalidScope, nil, time.Time{}},
		{"an end that is over", func(d *desk) { d.req.Make.Expires = noon.Add(-time.Hour) }, broker.InvalidRequest, nil, time.Time{}},
		{"for a client", func(d *desk) {
			d.id.Subject, d.id.Scopes = broker.Subject{Kind: broker.Program, ID: "c"}, broker.Scopes{"x"}
		}, broker.AccessDenied, nil, time.Time{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			d.asUser(broker.AnAccessToken)
			d.rule = broker.Rule{Proof: d, Client: broker.NoClient, Yields: broker.YieldAPIToken}
			d.req.Make.Name = "n"
			row.arrange(d)
			_, err := d.exchange()
			if codeOf(err) != row.code || (row.code != "") == (len(d.kept) > 0) {
				t.Fatalf("%v, want %q; kept %d", err, row.code, len(d.kept))
			}
			if row.code != "" {
				return
			}
			w := d.kept[0]
			if diff := cmp.Diff([]any{row.scopes, row.end, "n", "c"}, []any{w.Scopes, w.ExpiresAt, w.Name, w.Client}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A token that is not in the audit is nobody's.
func TestIssuedOnlyIfAudited(t *testing.T) {
	d := newDesk(t)
	d.auditing = errors.New("canary-cause")
	g, err := d.exchange()
	if e := broker.AsError(err); e.Code != broker.Unavailable || e.RetryAfter == 0 || g.Token != "" {
		t.Errorf("%+v, %+v", g, e)
	}
	d = newDesk(t)
	d.rule.Unaudited = true
	if _, err := d.exchange(); err != nil || len(d.audited) > 0 {
		t.Errorf("%v, audited %d", err, len(d.audited))
	}
}

func TestOpaqueTokensAreKept(t *testing.T) {
	d := newDesk(t)
	d.client.Opaque = true
	g, err := d.exchange()
	if err != nil || g.Token != "opaque" || len(d.kept) != 1 || len(d.signer.wants)+len(d.audited) > 0 {
		t.Errorf("%+v, %v", g, err)
	}
	d.keeping = broker.Refuse(broker.Unavailable, "no")
	if g, err := d.exchange(); codeOf(err) != broker.Unavailable || g.Token != "" {
		t.Errorf("%+v, %v", g, err)
	}
}

func TestClientsOfAGrant(t *testing.T) {
	d := newDesk(t)
	d.refuse = broker.ErrClient
	if _, err := d.exchange(); codeOf(err) != broker.InvalidClient || d.evidenced > 0 {
		t.Errorf("%v, the proof was asked %d times", err, d.evidenced)
	}
	d = newDesk(t)
	d.client.Grants = nil
	if _, err := d.exchange(); codeOf(err) != broker.Unauthorized || d.evidenced > 0 {
		t.Errorf("%v, the proof was asked %d times", err, d.evidenced)
	}
	d.rule.Yields = 0 // what issues nothing is for every client
	if _, err := d.broker().Identify(context.Background(), d.tenant, &d.req); err != nil {
		t.Error(err)
	}
	d.rule.Client = broker.AsRegistered
	_, _ = d.broker().Identify(context.Background(), d.tenant, &d.req)
	if d.asked != broker.AsRegistered {
		t.Errorf("the authenticator was asked for %d", d.asked)
	}
}

func TestNeededScopes(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code
	}{
		{"has the rule's", func(d *desk) { d.rule.Needs = "profiles.x" }, ""},
		{"lacks the rule's", func(d *desk) { d.rule.Needs = "z" }, broker.LacksScope},
		{"has the route's", func(d *desk) { d.req.Needs = "profiles.x" }, ""},
		{"lacks the route's", func(d *desk) { d.req.Needs = "z" }, broker.LacksScope},
		{"who speaks has it", func(d *desk) { d.speaking(); d.rule.Needs = "y" }, ""},
		{"who speaks lacks it", func(d *desk) { d.speaking(); d.id.Scopes = broker.Scopes{"z"}; d.rule.Needs = "z" }, broker.LacksScope},
	} {
		d := newDesk(t)
		d.asUser(broker.AnAccessToken)
		d.rule.Client, d.rule.Yields = broker.NoClient, 0
		row.arrange(d)
		if _, err := d.broker().Identify(context.Background(), d.tenant, &d.req); codeOf(err) != row.code {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

// Who may know what about a token, and who may end it.
func TestIntrospectAndRevoke(t *testing.T) {
	for _, row := range []struct {
		name       string
		arrange    func(*desk)
		knows, may bool
		code       broker.Code
	}{
		{"its own", func(*desk) {}, true, true, ""},
		{"another client's", func(d *desk) { d.id.Token.Client = "other" }, false, false, ""},
		{"meant for it", func(d *desk) { d.id.Token.Client, d.id.Audience = "other", []string{"a", "c"} }, true, false, ""},
		{"any, with the scope for it", func(d *desk) {
			d.id.Token.Client, d.client.Scopes = "other", broker.Scopes{broker.SeesAllTokens}
		}, true, false, ""},
		{"a revoked one", func(d *desk) { d.tenant.Revoked = map[string]bool{"t": true} }, false, false, ""},
		{"a blocked customer's", func(d *desk) {
			d.id.Subject, d.id.Shop = broker.Subject{Kind: broker.Customer, ID: customer}, &broker.Shop{Name: shop}
			d.tenant.Blocked = map[broker.Digest]bool{broker.BlockDigest(d.tenant.Pseudonyms, shop, customer): true}
		}, false, false, ""},
		{"by nobody", func(d *desk) { d.refuse = broker.ErrClient }, false, false, broker.InvalidClient},
		{"while the tenant is suspended", func(d *desk) { d.tenant.Active = false }, false, false, broker.AccessDenied},
		{"too often", func(d *desk) { d.limit.refuse = broker.Refuse(broker.RateLimited, "slow") }, false, false, broker.RateLimited},
		{"while the store is away", func(d *desk) { d.limit.instead = broker.Refuse(broker.Unavailable, "away") }, false, false, broker.Unavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			d.asUser(broker.AnAccessToken)
			d.rule.Yields = 0
			row.arrange(d)
			id, ok, err := d.broker().Introspect(context.Background(), d.tenant, &d.req)
			if ok != row.knows || codeOf(err) != row.code || !ok && id.Token != nil {
				t.Errorf("introspection: %v, %v, %+v", ok, err, id)
			}
			err = d.broker().Revoke(context.Background(), d.tenant, &d.req)
			if codeOf(err) != row.code || (len(d.ended) == 1) != row.may {
				t.Errorf("revocation: %v, ended %d", err, len(d.ended))
			}
			if row.may && (d.ended[0].ID != "t" || d.endedBy[0] != "c") {
				t.Errorf("ended %+v by %s", d.ended[0], d.endedBy[0])
			}
		})
	}
	d := newDesk(t)
	d.asUser(broker.AnAccessToken)
	d.rule.Yields, d.keeping = 0, broker.Refuse(broker.Unavailable, "away")
	if err := d.broker().Revoke(context.Background(), d.tenant, &d.req); codeOf(err) != broker.Unavailable {
		t.Errorf("revocation while nothing can be written: %v", err)
	}
}

// A token is ended although nobody could use it: its user may come back.
func TestRevokeOfSomebodyGone(t *testing.T) {
	d := newDesk(t)
	d.asUser(broker.AnOpaqueToken)
	d.rule.Yields, d.rule.EvenGone, d.user.Disabled = 0, true, true
	if err := d.broker().Revoke(context.Background(), d.tenant, &d.req); err != nil || len(d.ended) != 1 {
		t.Errorf("%v, ended %d", err, len(d.ended))
	}
	d.client.Since = noon
	if err := d.broker().Revoke(context.Background(), d.tenant, &d.req); err != nil || len(d.ended) != 1 {
		t.Errorf("one that has ended: %v, ended %d", err, len(d.ended))
	}
}

func TestOwnTokens(t *testing.T) {
	d := newDesk(t)
	d.asUser(broker.AnAccessToken)
	d.rule = broker.Rule{Proof: d, Client: broker.NoClient}
	ask := func() (list, end error) {
		_, list = d.broker().OwnTokens(context.Background(), d.tenant, &d.req)
		return list, d.broker().EndOwn(context.Background(), d.tenant, &d.req, "api1")
	}
	if list, end := ask(); list != nil || end != nil {
		t.Fatal(list, end)
	}
	if diff := cmp.Diff([]any{[]string{"u"}, []*broker.Shown{{Kind: broker.AnAPIToken, ID: "api1", User: "u"}}, []string{"u"}}, []any{d.listed, d.ended, d.endedBy}); diff != "" {
		t.Error(diff)
	}
	d.user.Disabled = true
	if list, end := ask(); codeOf(list) != broker.InvalidToken || codeOf(end) != broker.InvalidToken {
		t.Errorf("a disabled user: %v, %v", list, end)
	}
	d.id.Subject, d.id.Scopes = broker.Subject{Kind: broker.Program, ID: "c"}, nil
	if list, end := ask(); codeOf(list) != broker.AccessDenied || codeOf(end) != broker.AccessDenied || len(d.ended) != 1 {
		t.Errorf("a client: %v, %v, %d ended", list, end, len(d.ended))
	}
}
