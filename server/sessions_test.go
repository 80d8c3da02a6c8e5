package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A JWT is refused until it ends, whatever its client is like by now.
func TestLastJWT(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	acme := &broker.Tenant{Clients: map[string]*broker.Client{"jwt": {TokenTTL: time.Hour}, "opaque": {TokenTTL: time.Hour, Opaque: true}}}
	soon, late := now.Add(time.Hour+underWay), now.Add(20*time.Hour)
	for name, row := range map[string]struct {
		list   []broker.Session
		client string
		want   time.Time
	}{
		"one under way":           {[]broker.Session{{Client: "jwt"}}, "jwt", soon},
		"a longer one of before":  {[]broker.Session{{Client: "jwt", JWTs: late}}, "jwt", late},
		"the latest of several":   {[]broker.Session{{Client: "jwt", JWTs: late}, {Client: "jwt"}}, "jwt", late},
		"none":                    {[]broker.Session{{Client: "opaque"}}, "opaque", time.Time{}},
		"of before it was opaque": {[]broker.Session{{Client: "opaque", JWTs: late}}, "opaque", late},
		"a client that is gone":   {[]broker.Session{{Client: "gone", JWTs: late}}, "gone", late},
		"another client's":        {[]broker.Session{{Client: "jwt", JWTs: late}}, "opaque", time.Time{}},
	} {
		if got := lastOfAll(acme, row.list, row.client, now); !got.Equal(row.want) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

// One session too many ends the one that was used last longest ago, with all that
// it has yielded. The person may go on.
func TestSessionsDoNotPileUp(t *testing.T) {
	m := newPeople(t)
	for _, client := range []string{"client_web", "client_omni"} {
		b := m.browser()
		first := m.redeem(client, b.signIn(m.asking(client)).param("code"))
		access, refresh := first.says(t, 200, "access_token"), first.says(t, 200, "refresh_token")
		for i := range 99 {
			s := broker.Session{
				ID: fmt.Sprint(client, i), Client: client, Subject: broker.Subject{Kind: broker.Person, ID: "user_bob"}, Started: time.Now(), Generation: 1,
			}
			if err := m.store.In("acme").AddSession(t.Context(), s, sum(newText(s.ID)), time.Now(), true); err != nil {
				t.Fatal(err)
			}
		}
		if !m.active("client_sees", access) {
			t.Errorf("%s: ended although there was room", client)
		}
		if b.get(m.asking(client)); b.param("code") == "" {
			t.Fatalf("%s: %s", client, b.sentTo)
		}
		m.redeem(client, b.param("code")).says(t, 200, "access_token")
		eventually(t, client+": the access token", func() bool { return !m.active("client_sees", access) })
		if a := m.refresh(client, refresh); a.says(t, 400, "error") != "invalid_grant" {
			t.Errorf("%s: the refresh token: %s", client, a.body)
		}
	}
}
