package audit

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestLines(t *testing.T) {
	ends := time.Date(2026, 11, 21, 13, 0, 0, 0, time.FixedZone("", 3600))
	client := broker.Identity{Subject: broker.Subject{Kind: broker.Program, ID: "client_1"}}
	user := broker.Identity{Subject: broker.Subject{Kind: broker.Person, ID: "user_1"}}
	user.Token = &broker.Shown{ID: "t0"}
	customer := broker.Identity{Subject: broker.Subject{Kind: broker.Customer, ID: "canary-7210"}, PID: "pid-1", Actor: &user}
	person, app := broker.Identity{Subject: broker.Subject{Kind: broker.External, ID: "u1"}, Issuer: "https://issuer.example"}, &broker.App{ID: "app-1"}
	guest := broker.Identity{Subject: broker.Subject{Kind: broker.Guest}}
	for name, row := range map[string]struct{ got, want string }{
		"a client": {Issue(broker.Want{Identity: client, Grant: broker.ClientCredentials, RequestID: "r1", ID: "j1", Client: "client_1",
			Scopes: broker.Scopes{"a", "b"}, Audience: []string{"https://a.example"}, ExpiresAt: ends}),
			`{"act":"issue","grant":"client_credentials","request_id":"r1","client_id":"client_1","sub":"client_1","token":"j1","scope":"a b","aud":["https://a.example"],"expires":"2026-11-21T12:00:00Z"}`},
		"for ever": {Issue(broker.Want{Identity: user, Grant: broker.MakeAPIToken, RequestID: "r1", ID: "t1"}),
			`{"act":"issue","grant":"api_token","request_id":"r1","sub":"user_1","with_token":"t0","token":"t1"}`},
		"a customer": {Issue(broker.Want{Identity: customer, Grant: broker.MintProfile, RequestID: "r1", ID: "j1"}),
			`{"act":"issue","grant":"profile","request_id":"r1","sub":"pid-1","actor":"user_1","with_token":"t0","token":"j1"}`},
		"a guest": {Issue(broker.Want{Identity: guest, Grant: broker.MintProfile, ID: "j1"}),
			`{"act":"issue","grant":"profile","sub":"anonymous","token":"j1"}`},
		"an app": {Enable(broker.Want{Identity: person, Grant: broker.AppConsent, RequestID: "r1", App: app}),
			`{"act":"enable","grant":"app_consent","request_id":"r1","sub":"u1","sub_iss":"https://issuer.example","app":"app-1"}`},
		"an app again": {Issue(broker.Want{Identity: person, Grant: broker.AppConsent, RequestID: "r1", App: app}),
			`{"act":"issue","grant":"app_consent","request_id":"r1","sub":"u1","sub_iss":"https://issuer.example","app":"app-1"}`},
		"a revocation": {Revoke(&broker.Shown{ID: "j1", Client: "client_1", Expires: ends}, "r2", "client_1"),
			`{"act":"revoke","by":"client_1","request_id":"r2","client_id":"client_1","token":"j1","expires":"2026-11-21T12:00:00Z"}`},
		"a command": {Command("client create", "ada@host", map[string]any{"client_id": "client_1"}),
			`{"act":"client create","by":"ada@host","about":{"client_id":"client_1"}}`},
		"what cannot be said": {Command("x", "y", map[string]any{"z": func() {}}), ""},
	} {
		if row.got != row.want {
			t.Errorf("%s:\n%s\n%s", name, row.got, row.want)
		}
	}
}
