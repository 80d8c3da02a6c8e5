package main

import (
	"crypto/rand"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
)

// deed is a command that changes something, on the database of a scene.
type deed struct {
	command string
	args    []string // behind it
	stdin   string
	acts    []string // what the audit says of it; nil: the command
	tenant  string   // whose audit; empty: acme's
}

const (
	canaryPassword = "canary-password-of-a-user-0123456789"
	canaryMachine  = "canary-password-of-a-machine-0123456789"
	linkedPID      = "0b5f5a0e-7d0c-4b52-9d0e-1f3c5a7b9d11"
)

// scene is a database with something of everything, of which each deed gets a copy.
type scene struct {
	folder   string
	apiToken broker.APIToken
	texts    map[string]string // tokens, by what they are
	shopify  *shopifytest.Server
	at       []string // flags by which that is reached
}

func newScene(t *testing.T) *scene {
	t.Helper()
	p := newProgram(t)
	w := &scene{folder: filepath.Dir(p.args[3]), texts: map[string]string{}}
	w.startShopify(t)
	p.must("", "tenant", "create", "acme", "--jwks-max-age", "1s")
	p.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
	p.must(secretB, "shop", "add", "acme", shopB, "--secret-stdin")
	p.must("", "shop", "rotate", "acme", shopB)
	p.must("", "origin", "add", "acme", page)
	p.must("", "client", "create", "acme", "till")
	p.must("", "client", "create", "acme", "pair")
	p.must("", "client", "rotate", "acme", "pair")
	p.must(canaryPassword, "user", "create", "acme", "anna", "--password-stdin", "--scope", "profiles.*")
	p.must("", "issuer", "add", "acme", "--firebase-project", "acme-omi")
	p.must("", "app", "create", "acme", "notes", "--name", "Notes", "--home-url", "https://notes.example")
	p.must("", "profile", "link", "acme", shopA, "8870010000001", linkedPID)
	p.must("", "profile", "block", "acme", shopA, "8870020000002")
	p.tamper(`UPDATE signing_key SET published = published - 10000000`) // its wait is over
	w.fill(t, p.database())
	return w
}

// fill has what no command makes.
func (w *scene) fill(t *testing.T, s *store.Store) {
	t.Helper()
	acme, ctx := s.In("acme"), t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	anna, err := acme.UserByLogin(ctx, "anna")
	do(err)
	api, opaque := hash.NewSecret(hash.APIToken), hash.NewSecret(hash.AccessToken)
	w.apiToken = broker.APIToken{ID: rand.Text(), User: anna.ID, Name: "of anna"}
	do(acme.AddAPIToken(ctx, w.apiToken, sum(api)))
	who := broker.Subject{Kind: broker.Person, ID: anna.ID}
	do(acme.KeepAccessToken(ctx, sum(opaque), broker.AccessToken{Client: "client_x", Subject: who, Issued: time.Now()}))
	do(acme.SetAdmin(ctx, shopB, broker.Admin{Holder: broker.HeldByShop, Token: secret.New("shpat_canary"), Granted: time.Now()}))
	_, err = s.ReceiveWebhook(ctx, broker.Notice{
		Tenant: "acme", ID: "ask", Shop: shopA, Topic: broker.CustomersDataRequest, Customer: custom, Received: time.Now(), Due: time.Now().Add(time.Hour),
	})
	do(err)
	w.texts["API token"], w.texts["opaque access token"] = api.Reveal(), opaque.Reveal()
	w.sign(t, acme, who)
	do(s.Close())
}

// sign makes JWTs as a server would, under an issuer that no command knows.
func (w *scene) sign(t *testing.T, acme store.Tenant, who broker.Subject) {
	t.Helper()
	keys, err := acme.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mint, err := token.New(token.Config{Issuer: "https://computed.example/t/acme", Audience: []string{"one", "two"}, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Second)
	for kind, end := range map[string]time.Time{"access token (JWT)": now.Add(time.Hour), "expired": now.Add(-time.Second)} {
		want := broker.Want{
			Identity: broker.Identity{Subject: who, Method: broker.PWD}, ID: rand.Text(), Client: "client_x",
			IssuedAt: now.Add(-time.Minute), ExpiresAt: end,
		}
		if w.texts[kind], err = mint.SignAccess(want); err != nil {
			t.Fatal(err)
		}
	}
	shop := &broker.Shop{Name: shopA}
	customer := broker.Identity{Subject: broker.Subject{Kind: broker.Customer, ID: custom}, Shop: shop, Method: broker.HMAC, PID: linkedPID}
	if w.texts["IDToken (JWT)"], err = mint.Sign(broker.Want{Identity: customer, IssuedAt: now, ExpiresAt: now.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
}

func (w *scene) startShopify(t *testing.T) {
	t.Helper()
	schema, err := os.ReadFile("../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	w.shopify = shopifytest.New(t, string(schema))
	w.shopify.Set(shopA, shopifytest.OnShop, secretA)
	server := httptest.NewServer(w.shopify)
	t.Cleanup(server.Close)
	w.at = []string{"--shopify-url=" + server.URL + "/{shop}", "--outbound-allow=127.0.0.0/8"}
}

// copy is the program on a database of its own that is as the scene's.
func (w *scene) copy(t *testing.T) *program {
	t.Helper()
	dir := t.TempDir()
	files, err := os.ReadDir(w.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		in, err := os.Open(filepath.Join(w.folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.OpenFile(filepath.Join(dir, f.Name()), os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil || in.Close() != nil || out.Close() != nil {
			t.Fatal(err)
		}
	}
	return &program{t: t, log: &lockedBuffer{}, args: []string{
		"--database", "sqlite:" + filepath.Join(dir, "test.db"), "--master-key-file", filepath.Join(dir, "test.key"),
	}}
}

// deeds are all there are.
func (w *scene) deeds() []deed {
	return []deed{
		{command: "tenant create", args: []string{"new"}, tenant: "new"},
		{command: "tenant set", args: []string{"acme", "--token-ttl", "1h", "--deny", "install"}},
		{command: "tenant set", args: []string{"acme", "--alg", "EdDSA"}, acts: []string{"tenant set", "key next"}},
		{command: "tenant suspend", args: []string{"acme"}},
		{command: "tenant resume", args: []string{"acme"}},
		{command: "origin add", args: []string{"acme", "https://new.example", "--shop", shopA}},
		{command: "origin remove", args: []string{"acme", page}},
		{command: "shop add", args: []string{"acme", "new.myshopify.com"}},
		{command: "shop add", args: []string{"acme", "new.myshopify.com", "--secret-stdin"}, stdin: "canary-secret-of-a-new-shop-0123456789"},
		{command: "shop rotate", args: []string{"acme", shopA}},
		{command: "shop rotate", args: []string{"acme", shopA, "--quiet", "1h"}},
		{command: "shop retire", args: []string{"acme", shopB}},
		{command: "shop policy", args: []string{"acme", shopA, "v2-only"}},
		{command: "shop app", args: []string{"acme", shopA, "--client-id", appID, "--client-secret-stdin"}, stdin: appSecret},
		{
			command: "shop admin", args: append([]string{"acme", shopA, "--access-token-stdin"}, w.at...), stdin: w.shopify.Token(shopA),
			acts: []string{"shop metafield", "shop admin"},
		},
		{command: "shop admin", args: []string{"acme", shopB, "--remove"}},
		{command: "key rotate", args: []string{"acme"}},
		{command: "key rotate", args: []string{"acme", "--emergency"}},
		{command: "profile link", args: []string{"acme", shopA, custom, linkedPID}},
		{command: "profile unlink", args: []string{"acme", shopA, "8870010000001"}},
		{command: "profile block", args: []string{"acme", shopA, custom}},
		{command: "profile unblock", args: []string{"acme", shopA, "8870020000002"}},
		{command: "profile requests", args: []string{"acme", "--done", "ask"}},
		{command: "client create", args: []string{"acme", "new", "--scope", "a", "--audience", "b"}},
		{command: "client set", args: []string{"acme", "till", "--scope", "a"}},
		{command: "client rotate", args: []string{"acme", "till"}},
		{command: "client retire", args: []string{"acme", "pair"}},
		{command: "client disable", args: []string{"acme", "till"}},
		{command: "client enable", args: []string{"acme", "till"}},
		{command: "client delete", args: []string{"acme", "till", "--yes"}},
		{command: "user create", args: []string{"acme", "new", "--password-stdin", "--machine"}, stdin: canaryMachine},
		{command: "user passwd", args: []string{"acme", "anna", "--password-stdin"}, stdin: canaryMachine},
		{command: "user set", args: []string{"acme", "anna", "--scope", "*"}},
		{command: "user disable", args: []string{"acme", "anna"}},
		{command: "user enable", args: []string{"acme", "anna"}},
		{command: "user delete", args: []string{"acme", "anna", "--yes"}},
		{command: "app create", args: []string{"acme", "new", "--name", "New", "--home-url", "https://new.example", "--owner", "u1", "--private", "--action", "read_tasks"}},
		{command: "app paid", args: []string{"acme", "notes", "u1"}},
		{command: "app delete", args: []string{"acme", "notes", "--yes"}},
		{command: "issuer add", args: []string{"acme", "--firebase-project", "acme-omi", "--firebase-api-key-stdin"}, stdin: "canary-web-api-key"},
		{command: "issuer add", args: []string{"acme", "--issuer", "https://accounts.example", "--audience", "client", "--jwks-url", "https://accounts.example/jwks"}},
		{command: "issuer remove", args: []string{"acme", "acme-omi"}},
		{command: "token create", args: []string{"acme", "new", "--user", "anna", "--expires", "90d"}},
		{command: "token revoke", args: []string{"acme", w.apiToken.ID}},
		{command: "token revoke", args: []string{"acme", "--client", "till"}},
		{command: "token revoke", args: []string{"acme", "--user", "anna"}},
		{command: "token revoke", args: []string{"acme", "--token-stdin"}, stdin: w.texts["API token"]},
		{command: "token revoke", args: []string{"acme", "--token-stdin"}, stdin: w.texts["opaque access token"]},
		{command: "token revoke", args: []string{"acme", "--token-stdin"}, stdin: w.texts["access token (JWT)"]},
		{command: "token revoke", args: []string{"acme", "--token-stdin"}, stdin: w.texts["IDToken (JWT)"]},
	}
}

// unsaid are the commands that change something of which no tenant's audit tells.
var unsaid = map[string]string{
	"demo":              "it makes tenants of its own, by what other commands do",
	"serve":             "what it does by itself is in TestServersSay",
	"migrate":           "it is before any tenant",
	"master-key rotate": "it is no tenant's, and one whose audit was tampered with must not keep a leaked key alive",
	"tenant delete":     "the audit goes along",
}

// harmless are those that change nothing, each with what it may be called with.
var harmless = map[string][]string{
	"check-passwords": {},
	"tenant list":     nil, "origin list": {"acme"}, "shop list": {"acme"}, "shop show": {"acme", shopA}, "key list": {"acme"},
	"profile show": {"acme", linkedPID}, "profile requests": {"acme"}, "client list": {"acme"}, "user list": {"acme"}, "token list": {"acme"}, "app list": {"acme"}, "issuer list": {"acme"},
	"audit list": {"acme"}, "audit verify": {"acme"}, "version": nil, "doctor": {"--html", "deeds_test.go"},
	"hmac sign": {"1", "--secret-stdin"}, "hmac verify": {"1", "00", "--secret-stdin"},
}
