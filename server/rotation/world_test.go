package rotation_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/rotation"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

const shop = "acme.myshopify.com"

var plan = broker.Plan{Quiet: 30 * time.Second, Longest: time.Hour}

// world is a shop with its theme, the service's store and Shopify, on one clock.
type world struct {
	t       *testing.T
	mu      sync.Mutex // Shopify may look at the clock after its client has gone
	time    time.Time
	store   *store.Store
	tenant  store.Tenant
	shopify *shopifytest.Server
	url     string

	held []moment // what the metafield held, and when

	revision store.Revision // of known
	known    []string       // the live secrets
}

type moment struct {
	at    time.Time
	value string
	live  []string // what the store took for live
}

func newWorld(t *testing.T) *world {
	t.Helper()
	schema, err := os.ReadFile("../../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, time: storetest.Noon}
	w.open()
	w.shopify = shopifytest.New(t, string(schema))
	w.shopify.Now = w.clock
	server := httptest.NewServer(w.shopify)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.shopify.Set(shop, shopifytest.OnShop, text("first").Reveal())
	return w
}

// open makes the store, a copy of one that was made once: these tests need many.
func (w *world) open() {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "world.db")
	made, err := template()
	w.do(err)
	w.do(os.WriteFile(path, made, 0o600))
	w.store, err = store.Open(w.t.Context(), "sqlite:"+path)
	w.do(err)
	w.t.Cleanup(func() { _ = w.store.Close() })
	w.store.Now = w.clock
	w.do(w.store.Unlock(w.t.Context(), storetest.Keyring{1}))
	w.tenant = w.store.In("acme")
}

// template is a database with a tenant and its shop.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "rotation")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "world.db")
	s, err := store.Create(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	s.Now = func() time.Time { return storetest.Noon }
	err = errors.Join(
		s.Unlock(ctx, storetest.Keyring{1}),
		s.CreateTenant(ctx, store.NewTenant{Settings: storetest.Settings("acme"), Keys: []broker.SigningKey{
			storetest.Key("acme-1", broker.Current), storetest.Key("acme-2", broker.Next),
		}}),
		s.In("acme").AddShop(ctx, storetest.Shop(shop), text("first")),
		s.Close())
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// text is a secret as Shopify stores it: one line without blanks.
func text(name string) secret.Text { return secret.New(name + "-0123456789abcdef0123456789abcdef") }

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.time
}

func (w *world) set(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = now
}

func (w *world) do(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// grant gives the service a token that never expires.
func (w *world) grant() {
	w.t.Helper()
	a := broker.Admin{Holder: broker.HeldByShop, Token: secret.New(w.shopify.Token(shop)), Granted: w.clock()}
	w.do(w.tenant.SetAdmin(w.t.Context(), shop, a))
}

func (w *world) begin() {
	w.t.Helper()
	w.do(w.tenant.BeginRotation(w.t.Context(), shop, text("second"), plan))
}

// server is a process that looks after rotations. It may be mortal.
func (w *world) server(life *life) *rotation.Keeper {
	client := &shopify.Client{
		HTTP: mortalHTTP{life}, Base: shopifytest.Base(w.url), Now: w.clock,
		Pause: func(ctx context.Context, d time.Duration) error { w.set(w.clock().Add(d)); return ctx.Err() },
	}
	return &rotation.Keeper{Store: shelf{w.store, life}, Shopify: client, Log: slog.New(slog.DiscardHandler), Now: w.clock}
}

// rounds are n of the server's, so far apart, in which no customer comes. Each
// is yielded when it is done and no time has passed since.
func (w *world) rounds(k *rotation.Keeper, n int, apart time.Duration) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			k.Round(w.t.Context())
			if !yield(i) {
				return
			}
			w.set(w.clock().Add(apart))
		}
	}
}

// pass lets seconds go by, in which the server does its rounds and customers
// look at pages: those of the last moments are still open.
func (w *world) pass(k *rotation.Keeper, d time.Duration) {
	w.t.Helper()
	for end := w.clock().Add(d); w.clock().Before(end); w.set(w.clock().Add(time.Second)) {
		k.Round(w.t.Context())
		w.look()
	}
}

const (
	open = 15 * time.Second // how long a page is looked at
	lag  = 2 * time.Second  // how old a server's knowledge of the store may be
)

// look is one second of customers. None may be refused.
func (w *world) look() {
	w.t.Helper()
	value, _ := w.shopify.Value(shop, shopifytest.OnShop)
	w.held = append(w.held, moment{w.clock(), value, w.live()})
	used := map[string]bool{}
	for _, page := range w.held {
		if w.clock().Sub(page.at) > open {
			continue
		}
		for _, server := range w.held { // with what it may know at this moment
			if d := w.clock().Sub(server.at); d >= 0 && d <= lag && !slices.Contains(server.live, page.value) {
				w.t.Fatalf("at %s: a page of %s is refused", w.clock().Sub(storetest.Noon), page.at.Sub(storetest.Noon))
			}
		}
		used[page.value] = true
	}
	if w.clock().Unix()%3 != 0 { // servers tell the store now and then
		return
	}
	for value := range used {
		w.use(value)
	}
}

// use is what the usage counters of the servers tell the store.
func (w *world) use(value string) {
	w.t.Helper()
	number := map[string]int64{text("first").Reveal(): 1, text("second").Reveal(): 2}[value]
	w.do(w.store.AddUses(w.t.Context(), []broker.Uses{{Tenant: "acme", Shop: shop, V2: 1, Secrets: []int64{number}, At: w.clock()}}))
}

func (w *world) live() []string {
	w.t.Helper()
	r, err := w.store.Revision(w.t.Context())
	w.do(err)
	if r == w.revision {
		return w.known
	}
	rec, err := w.tenant.Load(w.t.Context())
	w.do(err)
	w.revision, w.known = r, nil
	for _, s := range rec.Shops[0].Secrets {
		w.known = append(w.known, s.Text.Reveal())
	}
	return w.known
}

// over checks that the rotation has ended as it should.
func (w *world) over() {
	w.t.Helper()
	second := text("second").Reveal()
	if got := w.live(); len(got) != 1 || got[0] != second {
		w.t.Errorf("%d secrets are live", len(got))
	}
	if got, _ := w.shopify.Value(shop, shopifytest.OnShop); got != second {
		w.t.Error("the metafield does not hold the second secret")
	}
	if _, err := w.tenant.Rotation(w.t.Context(), shop); !errors.Is(err, broker.ErrNotFound) {
		w.t.Errorf("a rotation is under way: %v", err)
	}
}

func (w *world) rotation() broker.Rotation {
	w.t.Helper()
	r, err := w.tenant.Rotation(w.t.Context(), shop)
	w.do(err)
	return r
}

// life is that of a process which is killed at one of its deeds: after it and
// before anybody hears of it, which is as good as before the next. nil is immortal.
type life struct {
	left int
	dead bool
}

var errKilled = errors.New("killed")

func (l *life) deed(do func() error) error {
	switch {
	case l == nil:
		return do()
	case l.dead:
		return errKilled
	}
	err := do()
	if l.left == 0 {
		l.dead = true
		return errKilled
	}
	l.left--
	return err
}

type mortalHTTP struct{ life *life }

func (m mortalHTTP) Do(r *http.Request) (response *http.Response, err error) {
	err = m.life.deed(func() error {
		response, err = http.DefaultClient.Do(r)
		return err
	})
	return response, err
}

// shelf is the store of a process that may be killed at each of its writes.
type shelf struct {
	*store.Store
	life *life
}

func (s shelf) In(tenant string) rotation.Tenant { return mortalTenant{s.Store.In(tenant), s.life} }

type mortalTenant struct {
	store.Tenant
	life *life
}

func (m mortalTenant) Postpone(ctx context.Context, r broker.Rotation, due time.Time, problem string) error {
	return m.life.deed(func() error { return m.Tenant.Postpone(ctx, r, due, problem) })
}

func (m mortalTenant) Written(ctx context.Context, r broker.Rotation, at time.Time) error {
	return m.life.deed(func() error { return m.Tenant.Written(ctx, r, at) })
}

func (m mortalTenant) EndRotation(ctx context.Context, r broker.Rotation) error {
	return m.life.deed(func() error { return m.Tenant.EndRotation(ctx, r) })
}

func (m mortalTenant) RefreshAdmin(ctx context.Context, shop string, a broker.Admin) error {
	return m.life.deed(func() error { return m.Tenant.RefreshAdmin(ctx, shop, a) })
}
