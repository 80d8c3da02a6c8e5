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

// counter is a desk at which people enable an app.
type counter struct {
	*desk
	app      *broker.App
	use      broker.AppUse
	using    error
	setup    error
	asked    []string
	enabled  []bool // whether each counted as an installation
	enabling error
}

func newCounter(t *testing.T) *counter {
	c := &counter{desk: newDesk(t)}
	c.app = &broker.App{
		ID: "app", HomeURL: "https://app.example/", SetupURL: "https://app.example/setup", Capabilities: []string{broker.ExternalIntegration},
	}
	c.tenant.Apps = map[string]*broker.App{"app": c.app}
	c.tenant.Issuers = map[string]*broker.Issuer{"https://issuer.example": {URL: "https://issuer.example"}}
	c.id = broker.Identity{Subject: broker.Subject{Kind: broker.External, ID: "u1"}, Issuer: "https://issuer.example", Method: broker.ForeignToken}
	c.rule = broker.Rule{Proof: c.desk, Client: broker.NoClient, Yields: broker.YieldApp}
	c.req = broker.Request{ID: "r1", Grant: broker.AppConsent, App: "app"}
	return c
}

func (c *counter) Use(_ context.Context, _ *broker.Tenant, w broker.Want) (broker.AppUse, error) {
	return c.use, c.using
}

func (c *counter) Enable(_ context.Context, _ *broker.Tenant, w broker.Want, install bool) error {
	c.enabled = append(c.enabled, install)
	return c.enabling
}

func (c *counter) Finished(_ context.Context, tenant, address string) error {
	c.asked = append(c.asked, tenant+" "+address)
	return c.setup
}

func (c *counter) exchange() (broker.Grant, error) {
	b := c.broker()
	b.Apps, b.Setup = c, c
	return b.Exchange(context.Background(), c.tenant, &c.req)
}

const (
	setUp   = "acme https://app.example/setup?uid=u1"
	private = "access_denied: This app is private and you are not authorized to enable it."
	unpaid  = "access_denied: This is a paid app. Please purchase the app before authorizing."
)

// The checks in their order: where several would refuse, the first does, and what
// comes behind it does not happen.
func TestEnable(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*counter)
		err     string // empty: enabled
		asked   []string
		enabled []bool
		audited int
	}{
		{"a new one", func(*counter) {}, "", []string{setUp}, []bool{true}, 0},
		{"one that is enabled", func(c *counter) {
			c.use.Enabled, c.app.Private, c.app.Paid, c.setup = noon, true, true, broker.ErrSetupOpen
		}, "", nil, nil, 1},
		{"one that is enabled, and no audit", func(c *counter) { c.use.Enabled, c.auditing = noon, errors.New("torn") },
			"temporarily_unavailable: the token could not be written into the audit, so it is not given; try again: torn", nil, nil, 1},
		{"none", func(c *counter) { c.req.App = "other"; c.use.Enabled = noon }, "not_found: App not found", nil, nil, 0},
		{"no home", func(c *counter) { c.app.HomeURL = ""; c.use.Enabled = noon }, "invalid_request: App not configured for OAuth or app home URL not set", nil, nil, 0},
		{"nobody can look", func(c *counter) { c.using = broker.Refuse(broker.Unavailable, "away") }, "temporarily_unavailable: away", nil, nil, 0},
		{"private", func(c *counter) { c.app.Private, c.setup, c.app.Paid = true, broker.ErrSetupOpen, true }, private, nil, nil, 0},
		{"private, another app's tester", func(c *counter) {
			c.app.Private = true
			c.tenant.Apps["other"] = &broker.App{ID: "other", Testers: []string{"u1"}, Owner: "u1"}
		}, private, nil, nil, 0},
		{"private, its owner", func(c *counter) { c.app.Private, c.app.Owner = true, "u1" }, "", []string{setUp}, []bool{false}, 0},
		{"private, a tester", func(c *counter) { c.app.Private, c.app.Testers = true, []string{"u2", "u1"} }, "", []string{setUp}, []bool{false}, 0},
		{"public, its owner", func(c *counter) { c.app.Owner = "u1" }, "", []string{setUp}, []bool{false}, 0},
		{"public, a tester", func(c *counter) { c.app.Testers = []string{"u1"} }, "", []string{setUp}, []bool{false}, 0},
		{"not set up", func(c *counter) { c.setup, c.app.Paid = broker.ErrSetupOpen, true }, "invalid_request: App setup is not completed. Please complete app setup before authorizing.", []string{setUp}, nil, 0},
		{"nothing to set up", func(c *counter) { c.setup, c.app.SetupURL = broker.ErrSetupOpen, "" }, "", nil, []bool{true}, 0},
		{"not an external one", func(c *counter) { c.setup, c.app.Capabilities = broker.ErrSetupOpen, []string{"chat"} }, "", nil, []bool{true}, 0},
		{"unpaid", func(c *counter) { c.app.Paid = true }, unpaid, []string{setUp}, nil, 0},
		{"paid until now", func(c *counter) { c.app.Paid, c.use.Paid = true, noon }, unpaid, []string{setUp}, nil, 0},
		{"unpaid, its owner", func(c *counter) { c.app.Paid, c.app.Owner = true, "u1" }, unpaid, []string{setUp}, nil, 0},
		{"paid", func(c *counter) { c.app.Paid, c.use.Paid = true, noon.Add(time.Second) }, "", []string{setUp}, []bool{true}, 0},
		{"it cannot be enabled", func(c *counter) { c.enabling = errors.New("torn") },
			"server_error: Could not automatically enable the app. Please try again or enable it manually.: torn", []string{setUp}, []bool{true}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newCounter(t)
			row.arrange(c)
			got, err := c.exchange()
			text := errorText(err)
			want := broker.Grant{}
			if row.err == "" {
				want = broker.Grant{Yields: broker.YieldApp, Subject: c.id.Subject, IssuedAt: noon.Truncate(time.Second), App: c.app}
			}
			if diff := cmp.Diff(want, got); diff != "" || text != row.err {
				t.Errorf("%q, want %q\n%s", text, row.err, diff)
			}
			if diff := cmp.Diff(row.asked, c.asked) + cmp.Diff(row.enabled, c.enabled); diff != "" || len(c.audited) != row.audited {
				t.Errorf("%s, audited %d", diff, len(c.audited))
			}
		})
	}
}

// What people are asked is looked up first, with OMI's words for what is wrong.
func TestAsks(t *testing.T) {
	for _, row := range []struct {
		name    string
		arrange func(*counter)
		err     string
	}{
		{"an app", func(*counter) {}, ""},
		{"a private one", func(c *counter) { c.app.Private, c.app.Paid = true, true }, ""},
		{"with a home alone", func(c *counter) { *c.app = broker.App{HomeURL: "https://app.example"} }, ""},
		{"none", func(c *counter) { delete(c.tenant.Apps, "app") }, "not_found: App not found"},
		{"one that runs nowhere", func(c *counter) { *c.app = broker.App{Capabilities: []string{"chat"}} }, "invalid_request: App does not support external integration"},
		{"no home", func(c *counter) { c.app.HomeURL = "" }, "invalid_request: App home URL not configured for this app."},
		{"no home, and a set-up", func(c *counter) { *c.app = broker.App{SetupURL: "https://app.example"} }, "invalid_request: App home URL not configured for this app."},
		{"no home, and a trigger", func(c *counter) { *c.app = broker.App{Trigger: "audio_bytes"} }, "invalid_request: App home URL not configured for this app."},
		{"no home, and an action", func(c *counter) { *c.app = broker.App{Actions: []string{"read_tasks"}} }, "invalid_request: App home URL not configured for this app."},
		{"suspended", func(c *counter) { c.tenant.Active = false }, "access_denied: this tenant is suspended"},
		{"denied", func(c *counter) { c.tenant.Denied = map[broker.GrantType]bool{broker.AppConsent: true} }, "access_denied: this tenant does not serve this way of getting a token"},
	} {
		c := newCounter(t)
		row.arrange(c)
		app, err := c.broker().Asks(c.tenant, "app")
		if text := errorText(err); text != row.err || (app == nil) != (err != nil) {
			t.Errorf("%s: %v, %q", row.name, app, text)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// People sign in at pages with the Firebase project that has a key.
func TestSignsIn(t *testing.T) {
	plain, keyed := broker.Firebase("plain"), broker.Firebase("keyed")
	keyed.Key = secret.New("key")
	other := broker.Issuer{URL: "https://other.example", Key: secret.New("key")}
	tenant := broker.Tenant{Issuers: map[string]*broker.Issuer{plain.URL: &plain, other.URL: &other}}
	if got := tenant.SignsIn(); got != nil {
		t.Errorf("with %s", got.URL)
	}
	tenant.Issuers[keyed.URL] = &keyed
	if got := tenant.SignsIn(); got != &keyed {
		t.Errorf("with %v", got)
	}
	want := broker.Issuer{URL: "https://securetoken.google.com/plain", Audience: "plain", Project: "plain",
		JWKSURL: "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"}
	if diff := cmp.Diff(want, plain); diff != "" {
		t.Error(diff)
	}
}
