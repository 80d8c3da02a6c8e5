package storetest

import (
	"fmt"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

var sealing = []promise{
	{"the first master key is the one", func(t *testing.T, url string) {
		s := get[*store.Store](t)(store.Create(t.Context(), url))
		defer func() { do(t, s.Close()) }()
		do(t, s.Unlock(t.Context(), Keyring{1}))
		do(t, s.Unlock(t.Context(), Keyring{1}))
		do(t, s.Unlock(t.Context(), Keyring{2, 1}))
	}},
	{"a wrong master key is refused and writes nothing", func(t *testing.T, url string) {
		Tenant(t, Open(t, url), "acme")
		before := durable(t, url)
		s := get[*store.Store](t)(store.Open(t.Context(), url))
		defer func() { do(t, s.Close()) }()
		want(t, "unlock", s.Unlock(t.Context(), Keyring{2}), store.ErrWrongMasterKey)
		want(t, "unlock", s.Unlock(t.Context(), forger{}), store.ErrWrongMasterKey)
		want(t, "a write", s.In("acme").RotateSecret(t.Context(), "a.myshopify.com", Secret("a")), store.ErrLocked)
		same(t, "the database", durable(t, url), before)
	}},
	{"a database that lost its check takes no key", func(t *testing.T, url string) {
		Tenant(t, Open(t, url), "acme")
		tamper(t, url, `UPDATE revision SET sealed = NULL`)
		s := get[*store.Store](t)(store.Open(t.Context(), url))
		defer func() { do(t, s.Close()) }()
		want(t, "unlock", s.Unlock(t.Context(), Keyring{2}), store.ErrWrongMasterKey)
	}},
	{"two new master keys at once: one is the one", func(t *testing.T, url string) {
		do(t, get[*store.Store](t)(store.Create(t.Context(), url)).Close())
		oneWinner(t, crowd(8, func(i int) error {
			s, err := store.Open(t.Context(), url)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			return s.Unlock(t.Context(), Keyring{byte(i)})
		}), store.ErrWrongMasterKey)
	}},
	{"nothing works without a master key", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		locked := get[*store.Store](t)(store.Open(t.Context(), url))
		defer func() { do(t, locked.Close()) }()
		_, loadErr := locked.In("acme").Load(t.Context())
		_, keysErr := locked.In("acme").Keys(t.Context())
		_, adminErr := locked.In("acme").Admin(t.Context(), shopOne)
		_, issuersErr := locked.In("acme").Issuers(t.Context())
		_, verifyErr := locked.In("acme").VerifyAudit(t.Context())
		_, resealErr := locked.Reseal(t.Context(), Keyring{2}.Current)
		for what, err := range map[string]error{
			"load": loadErr, "keys": keysErr, "admin": adminErr, "issuers": issuersErr, "add issuer": locked.In("acme").AddIssuer(t.Context(), Issuer("p", "another")), "verify": verifyErr, "reseal": resealErr,
			"create":  locked.CreateTenant(t.Context(), store.NewTenant{Settings: Settings("b"), Keys: []broker.SigningKey{Key("1", broker.Current), Key("2", broker.Next)}}),
			"rotate":  locked.In("acme").RotateSecret(t.Context(), "a.myshopify.com", Secret("b")),
			"grant":   locked.In("acme").SetAdmin(t.Context(), shopOne, Admin("other")),
			"promote": locked.In("acme").PromoteKey(t.Context(), "acme-2", Key("acme-3", broker.Next), Noon),
			"block":   locked.In("acme").Block(t.Context(), broker.CustomerRef{Shop: "a.myshopify.com", ID: "1"}),
			"audit":   locked.AppendAudit(t.Context(), "w", []broker.AuditLine{entry("acme", 2)}),
			"act":     locked.In("acme").As(act).SetStatus(t.Context(), broker.Suspended),
			"record":  locked.RecordProfiles(t.Context(), []broker.Sighting{{Tenant: "acme", Profile: broker.Profile{PID: "p"}}}),
		} {
			want(t, what, err, store.ErrLocked)
		}
	}},
	{"no secret stands in clear", func(t *testing.T, url string) {
		s := Open(t, url)
		tenant := Tenant(t, s, "acme")
		var canaries []string
		for i := range 10 {
			id, key := fmt.Sprintf("canary%02d-id-secret-7Qx9", i), fmt.Sprintf("canary%02d-private-7Qx9", i)
			app, access, refresh := fmt.Sprintf("canary%02d-app-secret-7Qx9", i), fmt.Sprintf("canary%02d-access-7Qx9", i), fmt.Sprintf("canary%02d-refresh-7Qx9", i)
			canaries = append(canaries, id, key, app, access, refresh)
			do(t, tenant.AddShop(t.Context(), Shop(fmt.Sprintf("s%d.myshopify.com", i)), secret.New(id)))
			do(t, tenant.SetApp(t.Context(), fmt.Sprintf("s%d.myshopify.com", i), "app-one", secret.New(app)))
			do(t, tenant.SetAdmin(t.Context(), fmt.Sprintf("s%d.myshopify.com", i), broker.Admin{Token: secret.New(access), Refresh: secret.New(refresh)}))
			client, token, opaque := fmt.Sprintf("canary%02d-client-7Qx9", i), fmt.Sprintf("canary%02d-token-7Qx9", i), fmt.Sprintf("canary%02d-opaque-7Qx9", i)
			password := fmt.Sprintf("canary%02d-password-7Qx9", i)
			canaries = append(canaries, client, token, opaque, password)
			name, web := fmt.Sprint(i), fmt.Sprintf("canary%02d-api-key-7Qx9", i)
			canaries = append(canaries, web)
			do(t, tenant.AddIssuer(t.Context(), broker.Issuer{URL: "https://issuer.example/" + name, Key: secret.New(web)}))
			do(t, tenant.AddClient(t.Context(), Client(name), Sum(client)))
			do(t, tenant.AddUser(t.Context(), User(name)))
			do(t, tenant.AddAPIToken(t.Context(), APIToken(name, name), *Sum(token)))
			keep(t, tenant, opaque, Access(name, name))
			want(t, "a password", tenant.SetPassword(t.Context(), name, password), store.ErrNoHash)
			next := Key(fmt.Sprintf("acme-%d", i+3), broker.Next)
			next.Private = secret.New(key)
			do(t, tenant.PromoteKey(t.Context(), fmt.Sprintf("acme-%d", i+2), next, Noon))
		}
		do(t, tenant.RotateSecret(t.Context(), "s0.myshopify.com", Secret("newer")))
		do(t, tenant.RetireSecret(t.Context(), "s0.myshopify.com"))
		canaries = append(canaries, load(t, tenant).Pseudonyms.Reveal())
		all := contents(t, url)
		for _, canary := range canaries {
			if holds(all, canary) {
				t.Errorf("%q stands in the database", canary)
			}
		}
		if !holds(all, "s9.myshopify.com") {
			t.Error("a search that does not find what is there proves nothing")
		}
	}},
	{"a sealed value does not open in another place", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		fill(t, s, "bell")
		for what, swap := range swaps {
			t.Run(what, func(t *testing.T) {
				before := load(t, s.In("acme"))
				undo := swap(t, url)
				if _, err := s.In("acme").Load(t.Context()); err == nil {
					t.Error("it opened")
				}
				undo()
				same(t, "put back", load(t, s.In("acme")), before)
			})
		}
	}},
	{"an empty id_secret is never handed out", func(t *testing.T, url string) {
		s := Open(t, url)
		tenant := Tenant(t, s, "acme")
		do(t, tenant.AddShop(t.Context(), Shop("a.myshopify.com"), Secret("a")))
		fingerprint := column(t, raw(t, url), `SELECT fingerprint FROM shop_secret`)[0]
		place := broker.Place{Tenant: "acme", Table: "shop_secret", Column: "sealed", Row: "a.myshopify.com/" + fingerprint}
		for _, text := range []string{"", " ", "\t\r\n \u00a0", "\x00\x00"} {
			sealed := get[[]byte](t)(Keyring{1}.Seal(place, []byte(text)))
			tamper(t, url, `UPDATE shop_secret SET sealed = $1`, sealed)
			_, err := tenant.Load(t.Context())
			want(t, fmt.Sprintf("load %q", text), err, store.ErrEmptySecret)
		}
	}},
	{"resealing leaves nothing under an old key", func(t *testing.T, url string) {
		s := Open(t, url)
		for _, name := range []string{"acme", "bell"} {
			fill(t, s, name)
		}
		before := load(t, s.In("acme"))
		ring := Keyring{2, 1}
		do(t, s.Unlock(t.Context(), ring))
		r := revision(t, s)
		var old [][]byte
		n := get[int](t)(s.Reseal(t.Context(), func(sealed []byte) bool {
			old = append(old, sealed)
			return ring.Current(sealed)
		}))
		same(t, "resealed", n, 1+2*(1+2+1+2+1+2)) // the check; each tenant's own key, two secrets, its app's, an access and its refresh token, an issuer's key, two signing keys
		same(t, "resealed again", get[int](t)(s.Reseal(t.Context(), ring.Current)), 0)
		same(t, "the revision", revision(t, s), r)
		all := contents(t, url)
		for _, sealed := range old {
			if holds(all, string(sealed)) {
				t.Error("what the old key has sealed still stands in the database")
			}
		}
		do(t, s.Unlock(t.Context(), Keyring{2}))
		same(t, "the tenant", load(t, s.In("acme")), before)
		want(t, "the old key", s.Unlock(t.Context(), Keyring{1}), store.ErrWrongMasterKey)
	}},
	{"resealing does not undo what happens meanwhile", func(t *testing.T, url string) {
		s := Open(t, url)
		fill(t, s, "acme")
		ring := Keyring{2, 1}
		do(t, s.Unlock(t.Context(), ring))
		read := 0 // the sealed secrets come after the check and the tenant's own key
		n := get[int](t)(s.Reseal(t.Context(), func(sealed []byte) bool {
			if read++; read == 3 {
				do(t, s.In("acme").RetireSecret(t.Context(), shopOne))
			}
			return ring.Current(sealed)
		}))
		same(t, "resealed", n, 1+1+1+1+2+1+2)
		live := load(t, s.In("acme")).Shops[0].Secrets
		if len(live) != 1 || live[0].Number != 2 {
			t.Errorf("%d secrets are live, want the second alone", len(live))
		}
	}},
	{"resealing goes on where it was interrupted", func(t *testing.T, url string) {
		s := Open(t, url)
		const tenants = 130 // more than a step
		for i := range tenants {
			Tenant(t, s, fmt.Sprintf("t%03d", i))
		}
		ring := Keyring{2, 1}
		do(t, s.Unlock(t.Context(), ring))
		tamper(t, url, `UPDATE tenant SET pseudonyms = $1 WHERE name = 't120'`, []byte("broken"))
		n, err := s.Reseal(t.Context(), ring.Current)
		if err == nil || n == 0 || n > 120 {
			t.Errorf("%d values and %v, want some and an error", n, err)
		}
		tamper(t, url, `DELETE FROM tenant WHERE name = 't120'`)
		rest := get[int](t)(s.Reseal(t.Context(), ring.Current))
		same(t, "in all", n+rest, 1+3*(tenants-1))
	}},
}

// forger is a sealer that opens everything.
type forger struct{}

func (forger) Seal(broker.Place, []byte) ([]byte, error)   { return []byte("sealed"), nil }
func (forger) Unseal(broker.Place, []byte) ([]byte, error) { return []byte("anything"), nil }

// swaps put a sealed value where it does not belong, and back.
var swaps = map[string]func(t *testing.T, url string) (undo func()){
	"a secret of another tenant": move(
		`UPDATE shop_secret SET sealed = (SELECT sealed FROM shop_secret other WHERE other.tenant = 'bell' AND other.number = 1)
		WHERE tenant = 'acme' AND number = 1`,
		`SELECT sealed FROM shop_secret WHERE tenant = 'acme' AND number = 1`,
		`UPDATE shop_secret SET sealed = $1 WHERE tenant = 'acme' AND number = 1`),
	"the shop's other secret": move(
		`UPDATE shop_secret SET sealed = (SELECT sealed FROM shop_secret other WHERE other.tenant = 'acme' AND other.number = 2)
		WHERE tenant = 'acme' AND number = 1`,
		`SELECT sealed FROM shop_secret WHERE tenant = 'acme' AND number = 1`,
		`UPDATE shop_secret SET sealed = $1 WHERE tenant = 'acme' AND number = 1`),
	"another signing key": move(
		`UPDATE signing_key SET private = (SELECT private FROM signing_key other WHERE other.tenant = 'acme' AND other.kid = 'acme-2')
		WHERE tenant = 'acme' AND kid = 'acme-1'`,
		`SELECT private FROM signing_key WHERE tenant = 'acme' AND kid = 'acme-1'`,
		`UPDATE signing_key SET private = $1 WHERE tenant = 'acme' AND kid = 'acme-1'`),
	"a signing key of another tenant": move(
		`UPDATE signing_key SET private = (SELECT private FROM signing_key other WHERE other.tenant = 'bell' AND other.kid = 'bell-1')
		WHERE tenant = 'acme' AND kid = 'acme-1'`,
		`SELECT private FROM signing_key WHERE tenant = 'acme' AND kid = 'acme-1'`,
		`UPDATE signing_key SET private = $1 WHERE tenant = 'acme' AND kid = 'acme-1'`),
	"another tenant's own key": move(
		`UPDATE tenant SET pseudonyms = (SELECT pseudonyms FROM tenant other WHERE other.name = 'bell') WHERE name = 'acme'`,
		`SELECT pseudonyms FROM tenant WHERE name = 'acme'`,
		`UPDATE tenant SET pseudonyms = $1 WHERE name = 'acme'`),
	"a secret, moved to another column": move(
		`UPDATE tenant SET pseudonyms = (SELECT sealed FROM shop_secret WHERE tenant = 'acme' AND number = 1) WHERE name = 'acme'`,
		`SELECT pseudonyms FROM tenant WHERE name = 'acme'`,
		`UPDATE tenant SET pseudonyms = $1 WHERE name = 'acme'`),
}

// move keeps what keep selects, runs change, and lets undo put it back.
func move(change, keep, back string) func(t *testing.T, url string) func() {
	return func(t *testing.T, url string) func() {
		t.Helper()
		var kept []byte
		do(t, raw(t, url).QueryRowContext(t.Context(), keep).Scan(&kept))
		tamper(t, url, change)
		return func() { tamper(t, url, back, kept) }
	}
}
