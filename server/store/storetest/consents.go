package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var consents = []promise{
	{"of each user and client the last consent is remembered", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		before := revision(t, s)
		remember := func(tenant store.Tenant, user string, c broker.Consent) {
			t.Helper()
			do(t, tenant.RememberConsent(t.Context(), user, c))
		}
		first := broker.Consent{Client: "c", Scopes: broker.Scopes{"a", "b"}, At: Noon.Add(-time.Hour)}
		last := broker.Consent{Client: "c", Scopes: broker.Scopes{"b", "c"}, At: Noon.Add(time.Minute)}
		remember(acme, "u", broker.Consent{Client: "d"})
		remember(acme, "u", first)
		remember(acme, "v", first)
		remember(bell, "u", first)
		same(t, "one", get[broker.Consent](t)(acme.Consent(t.Context(), "u", "c")), first)
		remember(acme, "u", last)
		same(t, "the last", get[broker.Consent](t)(acme.Consent(t.Context(), "u", "c")), last)
		same(t, "all", get[[]broker.Consent](t)(acme.Consents(t.Context(), "u")), []broker.Consent{last, {Client: "d", At: Noon}})
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
		same(t, "the revision", revision(t, s), before)
	}},
	{"many may consent at once", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		for _, err := range crowd(16, func(i int) error {
			return []*store.Store{s, other}[i%2].In("acme").RememberConsent(t.Context(), []string{"u", "v"}[i/2%2], broker.Consent{Client: []string{"c", "d"}[i/4%2]})
		}) {
			want(t, "remember", err, nil)
		}
		same(t, "of u", len(get[[]broker.Consent](t)(acme.Consents(t.Context(), "u"))), 2)
	}},
}
