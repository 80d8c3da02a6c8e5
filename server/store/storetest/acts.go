package storetest

import (
	"fmt"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

var act = store.Act{Writer: "command", Line: `{"actor":"command","act":"test"}`}

// said are the texts of a tenant's audit.
func said(t *testing.T, s *store.Store, tenant string) (texts []string) {
	t.Helper()
	for _, l := range lines(t, s.In(tenant)) {
		texts = append(texts, l.Line)
	}
	return texts
}

var acts = []promise{
	{"what is done by somebody is said once, and what failed is not", func(t *testing.T, url string) {
		s := Open(t, url)
		list := changes(t, s, act)
		for i, c := range list[:len(list)-1] { // the last one takes the audit along
			do(t, c.do())
			if c.again != nil {
				want(t, c.name+" again", c.do(), c.again)
			}
			same(t, c.name, len(said(t, s, "acme")), i+1)
		}
		first := lines(t, s.In("acme"))[0]
		same(t, "a line", first, broker.AuditLine{Tenant: "acme", Writer: "command", N: 1, At: Noon, Line: act.Line})
		same(t, "verified", verified(t, s.In("acme")), map[string]string{"command": fmt.Sprint(len(list) - 1)})
		do(t, list[len(list)-1].do())
	}},
	{"what is done by nobody in particular is not said", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		before := len(said(t, s, "acme"))
		do(t, s.In("acme").As(act).As(store.Act{}).SetStatus(t.Context(), broker.Suspended))
		same(t, "lines", len(said(t, s, "acme")), before)
	}},
	{"what is no configuration is said all the same", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme").As(act)
		do(t, s.In("acme").AddUser(t.Context(), User("u")))
		do(t, s.In("acme").AddClient(t.Context(), Client("c"), nil))
		begin(t, s.In("acme"), Session("a", "c", "u"))
		do(t, s.In("acme").AddApp(t.Context(), App("a")))
		keep(t, s.In("acme"), "a", Access("c", ""))
		receive(t, s, Notice("acme", "ask", broker.CustomersDataRequest, "1", ""))
		for i, do := range others(t, acme) {
			want(t, fmt.Sprint(i), do(), nil)
			same(t, fmt.Sprint(i), len(said(t, s, "acme")), i+1)
		}
		for _, refused := range []error{
			acme.AddAPIToken(t.Context(), APIToken("2", "nobody"), *Sum("2")), acme.RevokeAPIToken(t.Context(), "2", "", Noon),
			acme.SetAdmin(t.Context(), shopB, Admin("a")), acme.EndInquiry(t.Context(), "ask"),
			acme.AddSession(t.Context(), Session("2", "c", "nobody"), *Sum("2"), Noon, true), acme.AddSignIn(t.Context(), *Sum("2"), SignIn("nobody")),
			acme.EndSession(t.Context(), "2", Noon, Noon),
		} {
			want(t, "refused", refused, store.ErrNotFound)
		}
		want(t, "moved too late", acme.MoveSession(t.Context(), Session("2", "c", "u"), Session("2", "c", "u"), opaque("2")), store.ErrConflict)
		for range 2 {
			do(t, acme.EndSession(t.Context(), "a", Noon, Noon))
			do(t, acme.EndSessions(t.Context(), "d", "u", Noon, Noon))
		}
		same(t, "revoked again", get[bool](t)(acme.RevokeAccessToken(t.Context(), *Sum("a"), Noon)), false)
		same(t, "lines", len(said(t, s, "acme")), len(others(t, acme))+1)
	}},
	{"what cannot be said is not done", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme")
		do(t, acme.AddUser(t.Context(), User("u")))
		do(t, acme.AddClient(t.Context(), Client("c"), nil))
		begin(t, acme, Session("a", "c", "u"))
		do(t, acme.AddApp(t.Context(), App("a")))
		keep(t, acme, "a", Access("c", ""))
		receive(t, s, Notice("acme", "ask", broker.CustomersDataRequest, "1", ""))
		do(t, acme.As(act).SetStatus(t.Context(), broker.Active))
		check := func(act store.Act, refusal error) {
			t.Helper()
			before := durableRows(t, url)
			for i, do := range append(others(t, acme.As(act)), func() error { return acme.As(act).SetStatus(t.Context(), broker.Suspended) }) {
				want(t, fmt.Sprint(i), do(), refusal)
			}
			same(t, "the database", durableRows(t, url), before)
		}
		for _, line := range []string{"", "text", "{\"a\":\"\xff\"}"} {
			check(store.Act{Writer: "w", Line: line}, store.ErrAuditLine)
		}
		tamper(t, url, `UPDATE audit_head SET n = n + 1`)
		check(act, store.ErrAudit)
		do(t, acme.As(store.Act{Writer: "another", Line: `{}`}).SetStatus(t.Context(), broker.Suspended))
		err := s.CreateTenant(t.Context(), store.NewTenant{
			Settings: Settings("bell"), Keys: []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}, Act: store.Act{Writer: "w"},
		})
		want(t, "create", err, store.ErrAuditLine)
		same(t, "tenants", get[[]string](t)(s.TenantNames(t.Context())), []string{"acme"})
	}},
}

// others are all that is done and is no configuration.
func others(t *testing.T, tenant store.Tenant) []func() error {
	ctx := t.Context()
	return []func() error{
		func() error { return tenant.AddAPIToken(ctx, APIToken("1", "u"), *Sum("1")) },
		func() error { return tenant.RevokeAPIToken(ctx, "1", "", Noon) },
		func() error { return tenant.SetAdmin(ctx, shopA, Admin("a")) },
		func() error { return tenant.SetHolder(ctx, shopA, broker.HeldByApp) },
		func() error { return tenant.KeepAccessToken(ctx, *Sum("b"), Access("c", "")) },
		func() error { return tenant.RemoveAdmin(ctx, shopA, Noon.Add(day)) },
		func() error { return tenant.EndInquiry(ctx, "ask") },
		func() error { return tenant.EnableApp(ctx, somebody("u"), Noon, true) },
		func() error { return tenant.MarkPaid(ctx, somebody("u"), Noon) },
		func() error { _, err := tenant.RevokeAccessToken(ctx, *Sum("a"), Noon); return err },
		func() error { return tenant.AddSession(ctx, Session("b", "c", "u"), *Sum("b"), Noon, true) },
		func() error {
			return tenant.MoveSession(ctx, Session("a", "c", "u"), Session("a", "c", "u"), opaque("c"))
		},
		func() error { return tenant.AddSignIn(ctx, *Sum("a"), SignIn("u")) },
		func() error { return tenant.EndSignIn(ctx, *Sum("a")) },
	}
}

// durableRows are the rows that what is done by somebody changes.
func durableRows(t *testing.T, url string) (rows []string) {
	t.Helper()
	for _, query := range []string{
		`SELECT 'revision ' || n FROM revision`, `SELECT 'audit ' || writer || n FROM audit ORDER BY writer, n`, `SELECT 'tenant ' || name || status FROM tenant`,
		`SELECT 'head ' || writer || n FROM audit_head ORDER BY writer`, `SELECT 'api ' || id FROM api_token`, `SELECT 'admin ' || shop FROM shop_admin`,
		`SELECT 'inquiry ' || id FROM webhook WHERE due IS NOT NULL`, `SELECT 'access ' || client FROM access_token WHERE revoked IS NULL`,
		`SELECT 'session ' || id || generation FROM session ORDER BY id`, `SELECT 'sign-in ' || account FROM sign_in`, `SELECT 'consent ' || account FROM consent`,
		`SELECT 'app user ' || uid FROM app_user`, `SELECT 'paid ' || paid FROM app_user WHERE paid IS NOT NULL`,
	} {
		rows = append(rows, column(t, raw(t, url), query)...)
	}
	return rows
}
