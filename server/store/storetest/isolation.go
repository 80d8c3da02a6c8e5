package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

const shopOne = "one.myshopify.com"

// fill creates a tenant that has something of everything; all but its name, its
// keys and one profile id is the same for every tenant.
func fill(t *testing.T, s *store.Store, name string) {
	t.Helper()
	tenant := Tenant(t, s, name)
	do(t, tenant.AddShop(t.Context(), Shop(shopOne), Secret("one")))
	do(t, tenant.BeginRotation(t.Context(), shopOne, Secret("two"), plan))
	do(t, tenant.SetAdmin(t.Context(), shopOne, Admin("admin")))
	do(t, s.AddUses(t.Context(), []broker.Uses{{Tenant: name, Shop: shopOne, V1: 1, Secrets: []int64{1}, At: Noon}}))
	do(t, tenant.SetApp(t.Context(), shopOne, "app-one", Secret("app")))
	do(t, tenant.AddOrigin(t.Context(), broker.Origin{Origin: "https://one.example", Shop: shopOne}))
	do(t, tenant.LinkProfile(t.Context(), broker.Link{Customer: broker.CustomerRef{Shop: shopOne, ID: "7001001"}, PID: "p1"}))
	do(t, tenant.Block(t.Context(), broker.CustomerRef{Shop: shopOne, ID: "7001002"}))
	do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen(name, broker.CustomerRef{Shop: shopOne, ID: "7001003"}, "p3 of "+name, Noon)}))
	fillMachines(t, s, name)
	do(t, tenant.AddApp(t.Context(), App("a")))
	do(t, tenant.EnableApp(t.Context(), somebody("u"), Noon, true))
	do(t, tenant.AddIssuer(t.Context(), Issuer("p", "key")))
}

func fillMachines(t *testing.T, s *store.Store, name string) {
	t.Helper()
	tenant := s.In(name)
	do(t, tenant.AddClient(t.Context(), Client("c"), Sum("one")))
	do(t, tenant.RotateClient(t.Context(), "c", *Sum("two")))
	withTokens(t, tenant, "u")
	keep(t, tenant, "access c", Access("c", ""))
	taken(t, tenant, Session("s", "c", "u"))
	begin(t, tenant, Session("untaken", "c", "u"))
	sessionsToken(t, tenant, "access s", "s", Access("c", "u"))
	do(t, tenant.AddSignIn(t.Context(), *Sum("cookie"), SignIn("u")))
	do(t, tenant.RevokeJWT(t.Context(), "jti", "", Noon.Add(time.Hour)))
	burn(t, tenant, "c", "jti", Noon)
	fail(t, tenant, "key", Noon, strict)
	do(t, s.AppendAudit(t.Context(), "w", []broker.AuditLine{entry(name, 1)}))
}

// strict is a backoff that makes everybody wait at once.
var strict = broker.Backoff{Base: time.Second, Max: time.Minute, Window: time.Minute}

var isolation = []promise{
	{"tenants with the same of everything do not touch each other", func(t *testing.T, url string) {
		for _, w := range writes {
			t.Run(w.name, func(t *testing.T) {
				s := Open(t, url)
				a, b := w.name+" a", w.name+" b"
				fill(t, s, a)
				fill(t, s, b)
				before := view(t, s.In(b))
				do(t, w.do(t, s.In(a), a))
				same(t, "the other tenant", view(t, s.In(b)), before)
			})
		}
	}},
	{"a tenant's profiles and keyed hashes are its own", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		fill(t, s, "bell")
		for _, name := range []string{"acme", "bell"} {
			p := get[broker.Profile](t)(profileOf(t, s.In(name), broker.CustomerRef{Shop: shopOne, ID: "7001003"}))
			same(t, "profile in "+name, p.PID, "p3 of "+name)
		}
		a, b := load(t, s.In("acme")), load(t, s.In("bell"))
		if a.Pseudonyms.Equal(b.Pseudonyms) {
			t.Error("two tenants have the same key")
		}
		if a.Blocked[0] == b.Blocked[0] {
			t.Error("the same customer has the same digest in two tenants")
		}
	}},
	{"names are data", func(t *testing.T, url string) {
		s := Open(t, url)
		Tenant(t, s, "bystander")
		before := load(t, s.In("bystander"))
		for _, name := range []string{
			`'; DROP TABLE tenant; --`, `" OR 1=1 --`, `%`, `_`, `\`, `$1`, `?`, `:a`, `bystander'`, `x' OR name <> '`, "ümläut \u2028 🦄",
		} {
			tenant := Tenant(t, s, name)
			do(t, tenant.AddShop(t.Context(), Shop(name), secret.New(name+" 0123456789abcdef")))
			do(t, tenant.AddOrigin(t.Context(), broker.Origin{Origin: name, Shop: name}))
			customer := broker.CustomerRef{Shop: name, ID: name}
			do(t, tenant.LinkProfile(t.Context(), broker.Link{Customer: customer, PID: name}))
			r := load(t, tenant)
			same(t, "tenant", r.Settings.Name, name)
			same(t, "origins", r.Origins, []broker.Origin{{Origin: name, Shop: name}})
			same(t, "shop", r.Shops[0].Name, name)
			same(t, "links", r.Links, []broker.Link{{Customer: customer, PID: name}})
			same(t, "profile", get[[]broker.Profile](t)(tenant.Profile(t.Context(), name))[0].Customer, customer)
			do(t, tenant.RemoveOrigin(t.Context(), name))
			do(t, tenant.Delete(t.Context()))
		}
		after := load(t, s.In("bystander"))
		after.Revision = before.Revision
		same(t, "the bystander", after, before)
	}},
}

// tenantView is all that can be seen of a tenant, but for the revision.
type tenantView struct {
	Record   broker.Record
	Shops    []broker.ShopRecord
	Profiles []broker.Profile
	Linked   []broker.Profile
	Rotation broker.Rotation
	Admin    broker.Admin
	Signed   []broker.Signed
	Clients  []broker.Client
	Users    []broker.User
	Tokens   []broker.APIToken
	Opaque   []broker.AccessToken
	Sessions []broker.Session
	SignIn   broker.SignIn
	Consents []broker.Consent
	Use      broker.AppUse
	Installs map[string]int64
	Wait     time.Duration
	Audit    []broker.AuditLine
	Chains   []broker.AuditChain
}

func view(t *testing.T, tenant store.Tenant) tenantView {
	t.Helper()
	v := tenantView{Record: load(t, tenant), Shops: get[[]broker.ShopRecord](t)(tenant.Shops(t.Context()))}
	v.Record.Revision = 0
	v.Rotation = get[broker.Rotation](t)(tenant.Rotation(t.Context(), shopOne))
	v.Admin = get[broker.Admin](t)(tenant.Admin(t.Context(), shopOne))
	v.Signed = get[[]broker.Signed](t)(tenant.Signed(t.Context(), shopOne))
	v.Clients = get[[]broker.Client](t)(tenant.Clients(t.Context()))
	v.Users = get[[]broker.User](t)(tenant.Users(t.Context()))
	v.Tokens = get[[]broker.APIToken](t)(tenant.APITokens(t.Context(), "", broker.APIToken{}, 9))
	v.Opaque = []broker.AccessToken{access(t, tenant, "access u"), access(t, tenant, "access c"), access(t, tenant, "access s")}
	v.Sessions = []broker.Session{session(t, tenant, "s"), session(t, tenant, "untaken")}
	v.SignIn = get[broker.SignIn](t)(tenant.SignIn(t.Context(), *Sum("cookie")))
	v.Consents = get[[]broker.Consent](t)(tenant.Consents(t.Context(), "u"))
	v.Use = used(t, tenant, somebody("u"))
	v.Installs = get[map[string]int64](t)(tenant.Installs(t.Context()))
	v.Wait = wait(t, tenant, Noon, "key")
	v.Audit = lines(t, tenant)
	v.Chains = get[[]broker.AuditChain](t)(tenant.VerifyAudit(t.Context()))
	v.Linked = get[[]broker.Profile](t)(tenant.Profile(t.Context(), "p1"))
	for _, id := range []string{"7001001", "7001003"} {
		p := get[broker.Profile](t)(profileOf(t, tenant, broker.CustomerRef{Shop: shopOne, ID: id}))
		v.Profiles = append(v.Profiles, p)
	}
	return v
}

// writes are one of every kind, on what fill has made of the tenant.
var writes = []struct {
	name string
	do   func(t *testing.T, tenant store.Tenant, name string) error
}{
	{"change", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Change(t.Context(), func(s *broker.Settings) error { s.Issuer = "x"; return nil })
	}},
	{"app", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetApp(t.Context(), shopOne, "app-two", Secret("other"))
	}},
	{"suspend", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetStatus(t.Context(), broker.Suspended)
	}},
	{"delete", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.Delete(t.Context()) }},
	{"remove-origin", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RemoveOrigin(t.Context(), "https://one.example")
	}},
	{"policy", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetPolicy(t.Context(), shopOne, broker.V2Only, time.Second)
	}},
	{"retire", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RetireSecret(t.Context(), shopOne)
	}},
	{"rotate", func(t *testing.T, tenant store.Tenant, _ string) error {
		if err := tenant.RetireSecret(t.Context(), shopOne); err != nil {
			return err
		}
		return tenant.RotateSecret(t.Context(), shopOne, Secret("three"))
	}},
	{"admin", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetAdmin(t.Context(), shopOne, Admin("another"))
	}},
	{"holder", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetHolder(t.Context(), shopOne, broker.HeldByApp)
	}},
	{"refresh-admin", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RefreshAdmin(t.Context(), shopOne, Admin("another"))
	}},
	{"remove-admin", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RemoveAdmin(t.Context(), shopOne, Noon.Add(time.Hour))
	}},
	{"postpone", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Postpone(t.Context(), get[broker.Rotation](t)(tenant.Rotation(t.Context(), shopOne)), Noon.Add(time.Hour), "x")
	}},
	{"written", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Written(t.Context(), get[broker.Rotation](t)(tenant.Rotation(t.Context(), shopOne)), Noon)
	}},
	{"end-rotation", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.EndRotation(t.Context(), get[broker.Rotation](t)(tenant.Rotation(t.Context(), shopOne)))
	}},
	{"promote", func(t *testing.T, tenant store.Tenant, name string) error {
		return tenant.PromoteKey(t.Context(), name+"-2", Key(name+"-3", broker.Next), Noon)
	}},
	{"replace-next", func(t *testing.T, tenant store.Tenant, name string) error {
		return tenant.ReplaceNext(t.Context(), name+"-2", Key("n", broker.Next))
	}},
	{"replace-keys", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.ReplaceKeys(t.Context(), Key("a", broker.Current), Key("n", broker.Next))
	}},
	{"unlink", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.UnlinkProfile(t.Context(), broker.CustomerRef{Shop: shopOne, ID: "7001001"})
	}},
	{"relink", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.LinkProfile(t.Context(), broker.Link{Customer: broker.CustomerRef{Shop: shopOne, ID: "7001001"}, PID: "p9"})
	}},
	{"block", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Block(t.Context(), broker.CustomerRef{Shop: shopOne, ID: "7001003"})
	}},
	{"block-linked", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Block(t.Context(), broker.CustomerRef{Shop: shopOne, ID: "7001001"})
	}},
	{"unblock", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.Unblock(t.Context(), broker.CustomerRef{Shop: shopOne, ID: "7001002"})
	}},
	{"add-client", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.AddClient(t.Context(), Client("d"), Sum("one"))
	}},
	{"rotate-client", func(t *testing.T, tenant store.Tenant, _ string) error {
		if err := tenant.RetireClientSecret(t.Context(), "c"); err != nil {
			return err
		}
		return tenant.RotateClient(t.Context(), "c", *Sum("three"))
	}},
	{"change-client", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.ChangeClient(t.Context(), "c", func(c *broker.Client) error { c.Name, c.Grants = "x", nil; return nil })
	}},
	{"disable-client", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetClientDisabled(t.Context(), "c", true)
	}},
	{"revoke-client", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeClientTokens(t.Context(), "c", Noon)
	}},
	{"delete-client", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.DeleteClient(t.Context(), "c") }},
	{"add-user", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.AddUser(t.Context(), User("v")) }},
	{"password", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetPassword(t.Context(), "u", PHC("new"))
	}},
	{"rehash", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RehashPassword(t.Context(), "u", PHC("u"), PHC("new"))
	}},
	{"set-user-scopes", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetUserScopes(t.Context(), "u", broker.Scopes{"x"})
	}},
	{"disable-user", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.SetUserDisabled(t.Context(), "u", true)
	}},
	{"revoke-user", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeUserTokens(t.Context(), "u", Noon)
	}},
	{"delete-user", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.DeleteUser(t.Context(), "u") }},
	{"add-api-token", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.AddAPIToken(t.Context(), APIToken("another", "u"), *Sum("another"))
	}},
	{"revoke-api-token", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeAPIToken(t.Context(), "api-u", "u", Noon)
	}},
	{"keep-access-token", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.KeepAccessToken(t.Context(), *Sum("another"), Access("c", "u"))
	}},
	{"revoke-access-token", func(t *testing.T, tenant store.Tenant, _ string) error {
		_, err := tenant.RevokeAccessToken(t.Context(), *Sum("access u"), Noon)
		return err
	}},
	{"add-session", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.AddSession(t.Context(), Session("another", "c", "u"), *Sum("another"), Noon, true)
	}},
	{"move-session", func(t *testing.T, tenant store.Tenant, _ string) error {
		s := session(t, tenant, "s")
		return tenant.MoveSession(t.Context(), s, moved(s), opaque("another"))
	}},
	{"end-session", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.EndSession(t.Context(), "s", Noon, Noon.Add(time.Hour))
	}},
	{"end-sessions", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.EndSessions(t.Context(), "c", "u", Noon, Noon.Add(time.Hour))
	}},
	{"revoke-client-sessions", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeClientTokens(t.Context(), "c", Noon.Add(time.Hour))
	}},
	{"revoke-user-sessions", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeUserTokens(t.Context(), "u", Noon.Add(time.Hour))
	}},
	{"add-sign-in", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.AddSignIn(t.Context(), *Sum("another"), SignIn("u"))
	}},
	{"end-sign-in", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.EndSignIn(t.Context(), *Sum("cookie"))
	}},
	{"revoke-jwt", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RevokeJWT(t.Context(), "another", "", Noon.Add(time.Hour))
	}},
	{"burn-assertion", func(t *testing.T, tenant store.Tenant, _ string) error {
		_, err := tenant.BurnAssertion(t.Context(), "c", "another", Noon)
		return err
	}},
	{"fail", func(t *testing.T, tenant store.Tenant, _ string) error {
		_, err := tenant.Failed(t.Context(), *Sum("key"), Noon, strict)
		return err
	}},
	{"succeed", func(t *testing.T, tenant store.Tenant, _ string) error {
		_, err := tenant.Succeeded(t.Context(), *Sum("key"), Noon.Add(time.Hour))
		return err
	}},
	{"add-app", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.AddApp(t.Context(), App("b")) }},
	{"delete-app", func(t *testing.T, tenant store.Tenant, _ string) error { return tenant.DeleteApp(t.Context(), "a") }},
	{"enable-app", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.EnableApp(t.Context(), somebody("v"), Noon, true)
	}},
	{"mark-paid", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.MarkPaid(t.Context(), somebody("u"), Noon)
	}},
	{"add-issuer", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.AddIssuer(t.Context(), Issuer("p", "another"))
	}},
	{"remove-issuer", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.RemoveIssuer(t.Context(), Issuer("p", "").URL)
	}},
	{"act", func(t *testing.T, tenant store.Tenant, _ string) error {
		return tenant.As(store.Act{Writer: "w", Line: `{}`}).SetStatus(t.Context(), broker.Suspended)
	}},
}
