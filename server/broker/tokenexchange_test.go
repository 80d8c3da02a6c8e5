package broker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const elsewhere = "https://b.example"

// newSwap is a desk at which a client offers a user's access token.
func newSwap(t *testing.T) *desk {
	d := newDesk(t)
	d.asUser(broker.AnAccessToken)
	d.client.Grants[broker.TokenExchange] = true
	d.tenant.Issuers = map[string]*broker.Issuer{"https://issuer.example": {URL: "https://issuer.example"}}
	d.rule = broker.Rule{Proof: d, Yields: broker.YieldExchanged, MaxTTL: time.Hour}
	d.req.Grant = broker.TokenExchange
	return d
}

func (d *desk) ofCustomer() {
	d.id = broker.Identity{Subject: broker.Subject{Kind: broker.Customer, ID: "7"}, Shop: &broker.Shop{Name: "a.myshopify.com"}, Method: broker.OurToken}
}

func (d *desk) ofStranger() {
	d.id = broker.Identity{Subject: broker.Subject{Kind: broker.External, ID: "uid"}, Issuer: "https://issuer.example", Method: broker.ForeignToken}
}

// actedBy lets a client speak for whoever the token speaks of.
func (d *desk) actedBy(n int) {
	for range n {
		actor := broker.Identity{
			Subject: broker.Subject{Kind: broker.Program, ID: "c"}, Actor: d.id.Actor, NotAfter: noon.Add(time.Minute), Token: &broker.Shown{ID: "actor's"},
		}
		d.id.Actor = &actor
	}
}

// What comes of a token is less than the token, and never more.
func TestExchangeNarrows(t *testing.T) {
	hour, minute := noon.Truncate(time.Second).Add(time.Hour), noon.Add(time.Minute).Truncate(time.Second)
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		ends    time.Time
		scopes  string
		aud     []string
	}{
		{"what client, user and token have in common", func(*desk) {}, hour, "profiles.read", nil},
		{"and is asked for", func(d *desk) { d.id.Scopes, d.req.Scope = broker.Scopes{"*"}, broker.Scopes{"profiles.read"} }, hour, "profiles.read", nil},
		{"no longer than the token", func(d *desk) { d.id.NotAfter = minute }, minute, "profiles.read", nil},
		{"no longer than the actor's", func(d *desk) { d.actedBy(1) }, minute, "profiles.read", nil},
		{"no longer than the rule says", func(d *desk) { d.client.TokenTTL = 2 * time.Hour }, hour, "profiles.read", nil},
		{"for whom the client may ask", func(d *desk) { d.req.Audience = []string{"https://a.example"} }, hour, "profiles.read", []string{"https://a.example"}},
		{"for nobody but whom the token is for", func(d *desk) { d.id.Audience = []string{elsewhere, "https://c.example"} }, hour, "profiles.read", []string{elsewhere, "https://c.example"}},
		{"for one of those", func(d *desk) {
			d.id.Audience, d.client.Audiences = []string{elsewhere, "https://c.example"}, []string{elsewhere}
			d.req.Audience = []string{elsewhere}
		}, hour, "profiles.read", []string{elsewhere}},
		{"a customer has no scopes", (*desk).ofCustomer, hour, "", nil},
		{"nor has a stranger", (*desk).ofStranger, hour, "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newSwap(t)
			d.id.Scopes = broker.Scopes{"profiles.read", "z"}
			row.arrange(d)
			g, err := d.exchange()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{broker.YieldAccess, row.ends, row.scopes, row.aud}, []any{g.Yields, g.ExpiresAt, g.Scopes.String(), d.audited[0].Audience}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExchangeForIDToken(t *testing.T) {
	for name, arrange := range map[string]func(*desk){"customer": (*desk).ofCustomer, "stranger": (*desk).ofStranger} {
		d := newSwap(t)
		arrange(d)
		d.req.Wants, d.req.Audience = broker.TypeIDToken, d.tenant.Audience
		d.actedBy(1)
		g, err := d.exchange()
		if err != nil || len(d.bound) > 0 || g.Yields != broker.YieldIDToken || !g.ExpiresAt.Equal(noon.Add(time.Minute).Truncate(time.Second)) || d.audited[0].Client != "c" {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
}

func TestExchangeRefuses(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*desk)
		code    broker.Code
	}{
		{"a scope that the token lacks", func(d *desk) { d.id.Scopes, d.req.Scope = nil, broker.Scopes{"profiles.read"} }, broker.InvalidScope},
		{"a scope that the client lacks", func(d *desk) { d.client.Scopes, d.req.Scope = nil, broker.Scopes{"profiles.read"} }, broker.InvalidScope},
		{"a scope of a customer's", func(d *desk) { d.ofCustomer(); d.req.Scope = broker.Scopes{"x"} }, broker.InvalidScope},
		{"another audience", func(d *desk) { d.req.Audience = []string{elsewhere} }, broker.InvalidTarget},
		{"from elsewhere to the tenant", func(d *desk) { d.id.Audience, d.req.Audience = []string{elsewhere}, d.tenant.Audience }, broker.InvalidTarget},
		{"from elsewhere to what the client may ask for", func(d *desk) { d.id.Audience, d.req.Audience = []string{elsewhere}, d.client.Audiences }, broker.InvalidTarget},
		{"an IDToken from elsewhere", func(d *desk) { d.ofCustomer(); d.id.Audience, d.req.Wants = []string{elsewhere}, broker.TypeIDToken }, broker.InvalidTarget},
		{"an IDToken for elsewhere", func(d *desk) {
			d.ofCustomer()
			d.req.Audience, d.req.Wants = d.client.Audiences, broker.TypeIDToken
		}, broker.InvalidTarget},
		{"an IDToken with scopes", func(d *desk) { d.ofCustomer(); d.req.Scope, d.req.Wants = broker.Scopes{"x"}, broker.TypeIDToken }, broker.InvalidScope},
		{"an IDToken of a user", func(d *desk) { d.req.Wants = broker.TypeIDToken }, broker.InvalidRequest},
		{"an opaque token of a customer", func(d *desk) { d.ofCustomer(); d.client.Opaque = true }, broker.InvalidRequest},
		{"an opaque token with an actor", func(d *desk) { d.actedBy(1); d.client.Opaque = true }, broker.InvalidRequest},
		{"too many actors", func(d *desk) { d.actedBy(5) }, broker.InvalidRequest},
		{"a client without the grant", func(d *desk) { delete(d.client.Grants, broker.TokenExchange) }, broker.Unauthorized},
		{"a stranger by whose word nobody goes any more", func(d *desk) { d.ofStranger(); d.tenant.Issuers = nil }, broker.InvalidGrant},
		{"a user who is gone", func(d *desk) { d.tenant.Users = nil }, broker.InvalidToken},
		{"a client whose tokens were revoked", func(d *desk) {
			d.id.Subject = broker.Subject{Kind: broker.Program, ID: "other"}
			d.tenant.Clients["other"].Since = noon
		}, broker.InvalidToken},
		{"an actor who is gone", func(d *desk) { d.actedBy(1); d.id.Actor.Subject.ID = "gone" }, broker.InvalidToken},
		{"an actor by the token's word who is gone", func(d *desk) {
			d.actedBy(2)
			d.id.Actor.Actor.Subject.ID, d.id.Actor.Actor.Token = "gone", d.id.Token
		}, broker.InvalidToken},
		{"an actor whose session has ended", func(d *desk) {
			d.actedBy(1)
			d.id.Actor.Token.Session = "s2"
			d.tenant.Revoked = map[string]bool{broker.RevokedSession("s2"): true}
		}, broker.InvalidToken},
		{"a customer by whose issuer's word nobody goes any more", func(d *desk) { d.ofCustomer(); d.id.Issuer = "https://gone.example" }, broker.InvalidGrant},
		{"an actor whose token was revoked", func(d *desk) {
			d.actedBy(1)
			d.id.Actor.Token = &broker.Shown{ID: "revoked"}
			d.tenant.Revoked = map[string]bool{"revoked": true}
		}, broker.InvalidToken},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newSwap(t)
			row.arrange(d)
			if g, err := d.exchange(); err == nil || broker.AsError(err).Code != row.code || g.Token != "" || len(d.audited)+len(d.kept) > 0 {
				t.Errorf("%+v, %v", g, err)
			}
		})
	}
}

// Four may speak for one another, and the earlier ones need not be there any more.
func TestExchangeKeepsActors(t *testing.T) {
	d := newSwap(t)
	d.id.Token.ID = "t"
	d.actedBy(4)
	d.id.Actor.Token = d.id.Token
	d.id.Actor.Actor.Subject.ID = "gone"
	if _, err := d.exchange(); err != nil || d.audited[0].Identity.Actor.Actor.Subject.ID != "gone" {
		t.Error(err)
	}
}

// What comes of a session's token ends with the session; opaque ones, too.
func TestExchangeOfSession(t *testing.T) {
	for _, opaque := range []bool{false, true} {
		d := newSwap(t)
		d.client.Opaque = opaque
		d.id.Token.Session = "s1"
		g, err := d.exchange()
		wants := append(d.audited, d.kept...)
		if err != nil || g.Session != "s1" || len(wants) != 1 || wants[0].SessionID() != "s1" || !slices.Equal(d.bound, []string{"s1 13:00:00"}) {
			t.Errorf("%v: %+v, bound %v, %v", opaque, g, d.bound, err)
		}
	}
	d := newSwap(t)
	d.actedBy(1)
	d.id.Actor.Token.Session = "s2"
	if _, err := d.exchange(); err != nil || !slices.Equal(d.bound, []string{"s2 12:01:00"}) {
		t.Errorf("an actor's: bound %v, %v", d.bound, err)
	}
	d = newSwap(t)
	d.id.Token.Session, d.keeping = "s1", broker.ErrToken
	if g, err := d.exchange(); g.Token != "" || broker.AsError(err).Code != broker.InvalidToken || len(d.audited) > 0 {
		t.Errorf("of one that has just ended: %+v, %v", g, err)
	}
}

// An IDToken lives no longer than the client's tokens do, and what was exchanged
// makes nothing that lives longer.
func TestExchangeIsForTheMoment(t *testing.T) {
	d := newSwap(t)
	d.ofCustomer()
	d.req.Wants, d.client.TokenTTL = broker.TypeIDToken, time.Minute
	if g, err := d.exchange(); err != nil || !g.ExpiresAt.Equal(noon.Add(time.Minute).Truncate(time.Second)) {
		t.Errorf("%+v, %v", g, err)
	}
	d = newSwap(t)
	d.rule = broker.Rule{Proof: d, Client: broker.NoClient, Yields: broker.YieldAPIToken}
	for exchanged, code := range map[bool]broker.Code{false: "", true: broker.AccessDenied} {
		d.id.Token.Exchanged = exchanged
		if _, err := d.exchange(); (err == nil) == exchanged || exchanged && broker.AsError(err).Code != code {
			t.Errorf("an API token: %v", err)
		}
	}
}

// A token about a client shrinks with the client that has it, too.
func TestHeldScopes(t *testing.T) {
	d := newSwap(t)
	d.id = broker.Identity{
		Subject: broker.Subject{Kind: broker.Program, ID: "other"}, Scopes: broker.Scopes{"*"},
		Token: &broker.Shown{Kind: broker.AnAccessToken, Client: "c", Issued: noon},
	}
	d.tenant.Clients["other"].Scopes = broker.Scopes{"profiles.read", "y"}
	d.rule.Yields, d.rule.Client = 0, broker.NoClient
	id, err := d.broker().Identify(t.Context(), d.tenant, &d.req)
	if diff := cmp.Diff("profiles.read", id.Scopes.String()); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// A speaker's end is that of whatever comes of their word.
func TestSpeakerEnds(t *testing.T) {
	d := newDesk(t)
	d.speaking()
	d.rule.Client, d.rule.Yields, d.rule.MaxTTL = broker.NoClient, broker.YieldIDToken, time.Hour
	d.tenant.TokenTTL = time.Hour
	d.speaker.id.NotAfter = noon.Add(time.Minute)
	if g, err := d.exchange(); err != nil || !g.ExpiresAt.Equal(noon.Add(time.Minute).Truncate(time.Second)) {
		t.Errorf("%+v, %v", g, err)
	}
}
