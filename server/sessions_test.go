package main

import (
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
