package broker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestRegister(t *testing.T) {
	ok := broker.Client{Name: "An app", Redirects: []string{callback}, Grants: map[broker.GrantType]bool{broker.AuthorizationCode: true}}
	for _, row := range []struct {
		name   string
		change func(*desk, *broker.Client)
		code   broker.Code
		scopes string
	}{
		{"a client", func(*desk, *broker.Client) {}, "", "openid profile email offline_access"},
		{"with scopes", func(_ *desk, c *broker.Client) { c.Scopes = broker.Scopes{"openid", "profiles.read"} }, "", "openid profiles.read"},
		{"with more scopes than whoever registers it", func(_ *desk, c *broker.Client) { c.Scopes = broker.Scopes{"z"} }, broker.InvalidMetadata, ""},
		{"with all there are", func(_ *desk, c *broker.Client) { c.Scopes = broker.Scopes{"*"} }, broker.InvalidMetadata, ""},
		{"without a name", func(_ *desk, c *broker.Client) { c.Name = "" }, broker.InvalidMetadata, ""},
		{"with a long name", func(_ *desk, c *broker.Client) { c.Name = strings.Repeat("ü", 101) }, broker.InvalidMetadata, ""},
		{"with a name as long as may be", func(_ *desk, c *broker.Client) { c.Name = strings.Repeat("ü", 100) }, "", ""},
		{"with a name of two lines", func(_ *desk, c *broker.Client) { c.Name = "a\nb" }, broker.InvalidMetadata, ""},
		{"with a blank before its name", func(_ *desk, c *broker.Client) { c.Name = " An app" }, broker.InvalidMetadata, ""},
		{"with a name that runs backwards", func(_ *desk, c *broker.Client) { c.Name = "a\u202eb" }, broker.InvalidMetadata, ""},
		{"for itself", func(_ *desk, c *broker.Client) { c.Grants = map[broker.GrantType]bool{broker.RefreshToken: true} }, broker.InvalidMetadata, ""},
		{"sent nowhere", func(_ *desk, c *broker.Client) { c.Redirects = nil }, broker.InvalidRedirect, ""},
		{"sent to eleven places", func(_ *desk, c *broker.Client) { c.Redirects = strings.Fields(strings.Repeat(callback+" ", 11)) }, broker.InvalidRedirect, ""},
		{"sent over http", func(_ *desk, c *broker.Client) { c.Redirects = []string{callback, "http://app.example/"} }, broker.InvalidRedirect, ""},
		{"one too many", func(d *desk, _ *broker.Client) {
			for n := range broker.MostClients {
				d.tenant.Clients[strings.Repeat("x", n)] = &broker.Client{}
			}
		}, broker.AccessDenied, ""},
		{"by who may not", func(d *desk, _ *broker.Client) { d.id.Scopes = broker.Scopes{"profiles.*"} }, broker.LacksScope, ""},
		{"where it is denied", func(d *desk, _ *broker.Client) {
			d.tenant.Denied = map[broker.GrantType]bool{broker.Registration: true}
		}, broker.AccessDenied, ""},
	} {
		d, c := newDesk(t), ok
		d.client.Scopes = append(d.client.Scopes, broker.RegistersClients)
		d.id.Scopes = broker.Scopes{broker.RegistersClients, "profiles.*"}
		d.rule = broker.Rule{Proof: d, Client: broker.NoClient, Needs: broker.RegistersClients}
		d.req = broker.Request{ID: "r1", Grant: broker.Registration}
		row.change(d, &c)
		got, _, err := d.broker().Register(context.Background(), d.tenant, &d.req, c)
		var code broker.Code
		if err != nil {
			code = broker.AsError(err).Code
		}
		if code != row.code || (got.ID != "") != (code == "") || (len(d.registered) == 1) != (code == "") || row.scopes != "" && got.Scopes.String() != row.scopes {
			t.Errorf("%s: %q with %q, %v", row.name, got.ID, got.Scopes, err)
		}
	}
}
