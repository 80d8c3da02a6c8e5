package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// asked is a session that somebody has just agreed to, or had agreed to before.
func asked(user string, c broker.Consent) broker.Session {
	s := Session(rand.Text(), c.Client, user)
	s.Scopes, s.Started = c.Scopes, c.At
	return s
}

// agree has a user agree to what a client asks for. The session is taken away.
func agree(t *testing.T, tenant store.Tenant, user string, c broker.Consent) {
	t.Helper()
	s := asked(user, c)
	do(t, tenant.AddSession(t.Context(), s, *Sum(s.ID), Noon.Add(time.Hour), true))
	do(t, tenant.EndSession(t.Context(), s.ID, Noon.Add(-day), time.Time{}))
}

var consents = []promise{
	{"what a user has agreed to with a client adds up", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		first := broker.Consent{Client: "c", Scopes: broker.Scopes{"a", "b"}, At: Noon.Add(-time.Hour)}
		agree(t, acme, "u", broker.Consent{Client: "d", At: Noon})
		agree(t, acme, "u", first)
		agree(t, acme, "v", first)
		agree(t, bell, "u", first)
		same(t, "one", get[broker.Consent](t)(acme.Consent(t.Context(), "u", "c")), first)
		agree(t, acme, "u", broker.Consent{Client: "c", Scopes: broker.Scopes{"b", "c"}, At: Noon.Add(time.Minute)})
		both := broker.Consent{Client: "c", Scopes: broker.Scopes{"a", "b", "c"}, At: Noon.Add(time.Minute)}
		same(t, "both", get[broker.Consent](t)(acme.Consent(t.Context(), "u", "c")), both)
		same(t, "all", get[[]broker.Consent](t)(acme.Consents(t.Context(), "u")), []broker.Consent{both, {Client: "d", At: Noon}})
		same(t, "another's", get[[]broker.Consent](t)(acme.Consents(t.Context(), "v")), []broker.Consent{first})
		same(t, "another tenant's", get[[]broker.Consent](t)(bell.Consents(t.Context(), "u")), []broker.Consent{first})
		same(t, "nobody's", get[[]broker.Consent](t)(acme.Consents(t.Context(), "w")), nil)
		for what, row := range map[string]struct {
			tenant       store.Tenant
			user, client string
		}{"another client": {acme, "v", "d"}, "another user": {bell, "v", "c"}, "a missing tenant": {s.In("gone"), "u", "c"}} {
			_, err := row.tenant.Consent(t.Context(), row.user, row.client)
			want(t, what, err, store.ErrNotFound)
		}
	}},
	{"who is not asked has agreed before, to all of it", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		before := broker.Consent{Client: "c", Scopes: broker.Scopes{"a.*", "b"}, At: Noon.Add(-time.Hour)}
		agree(t, acme, "u", before)
		agree(t, acme, "v", broker.Consent{Client: "c", At: Noon})
		unasked := func(user, client string, scopes ...string) error {
			s := asked(user, broker.Consent{Client: client, Scopes: scopes, At: Noon})
			return acme.AddSession(t.Context(), s, *Sum(s.ID), Noon.Add(time.Hour), false)
		}
		do(t, unasked("u", "c", "a.read", "b"))
		do(t, unasked("v", "c"))
		want(t, "more", unasked("u", "c", "a.read", "c"), store.ErrUnsaid)
		want(t, "another client", unasked("u", "d", "b"), store.ErrUnsaid)
		want(t, "another user", unasked("v", "c", "b"), store.ErrUnsaid)
		want(t, "never asked", unasked("v", "d"), store.ErrUnsaid)
		same(t, "it is as old as before", get[broker.Consent](t)(acme.Consent(t.Context(), "u", "c")), before)
		do(t, acme.EndSessions(t.Context(), "c", "u", Noon, time.Time{}))
		want(t, "taken back", unasked("u", "c", "b"), store.ErrUnsaid)
	}},
	{"what was taken back meanwhile leaves no session that lives", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		for range 12 {
			agree(t, acme, "u", broker.Consent{Client: "c", Scopes: broker.Scopes{"a"}, At: Noon})
			for i, err := range crowd(8, func(i int) error {
				if i == 0 {
					return acme.EndSessions(t.Context(), "c", "u", Noon, time.Time{})
				}
				s := asked("u", broker.Consent{Client: "c", Scopes: broker.Scopes{"a"}, At: Noon})
				return other.In("acme").AddSession(t.Context(), s, *Sum(s.ID), Noon.Add(time.Hour), false)
			}) {
				if i == 0 || err != nil {
					want(t, "at once", err, map[bool]error{true: nil, false: store.ErrUnsaid}[i == 0])
				}
			}
			same(t, "living", len(get[[]broker.Session](t)(acme.Sessions(t.Context(), "u"))), 0)
		}
	}},
	{"many may consent at once", func(t *testing.T, url string) {
		stores := []*store.Store{Open(t, url), Open(t, url)}
		acme := peopled(t, stores[0], "acme")
		for _, err := range crowd(16, func(i int) error {
			s := asked([]string{"u", "v"}[i/2%2], broker.Consent{Client: []string{"c", "d"}[i/4%2], Scopes: broker.Scopes{string(rune('a' + i))}, At: Noon})
			return stores[i%2].In("acme").AddSession(t.Context(), s, *Sum(s.ID), Noon.Add(time.Hour), true)
		}) {
			want(t, "agree", err, nil)
		}
		same(t, "of u", len(get[[]broker.Consent](t)(acme.Consents(t.Context(), "u"))), 2)
	}},
}
