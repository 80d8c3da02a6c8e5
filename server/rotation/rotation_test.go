package rotation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/rotation"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

func TestRotation(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	k := w.server(nil)
	w.pass(k, 2*time.Second)
	if value, _ := w.shopify.Value(shop, shopifytest.OnShop); value != text("first").Reveal() {
		t.Error("written before every server could know the secret")
	}
	w.pass(k, 3*time.Second)
	if r := w.rotation(); r.Written.IsZero() || r.Problem != "" {
		t.Errorf("after five seconds: %+v", r)
	}
	w.pass(k, plan.Quiet)
	if len(w.live()) != 2 {
		t.Error("retired while a page still used it")
	}
	w.pass(k, open+2*time.Second)
	w.over()
}

// Killed at every single thing it does, a process leaves what
// another one carries through; and no customer is refused at any time.
func TestKilledBetweenEachTwoSteps(t *testing.T) {
	kinds := map[string]func(*world){
		"a token for good":   (*world).grant,
		"an expired token":   expired,
		"nothing, pasted":    func(*world) {},
		"the older put back": (*world).grant,
	}
	for kind, prepare := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			deeds := 0
			for l := (&life{dead: true}); l.dead && !t.Failed(); deeds++ {
				l = &life{left: deeds}
				w := newWorld(t)
				prepare(w)
				w.begin()
				w.carry(l, kind)
				w.carry(nil, kind)
				w.over()
			}
			if deeds < 4 {
				t.Errorf("%d deeds; does this test still see them?", deeds)
			}
		})
	}
}

// carry lets a process work until it is killed or the rotation has ended.
func (w *world) carry(l *life, kind string) {
	w.t.Helper()
	k := w.server(l)
	for i := 0; i < 300 && (l == nil || !l.dead) && len(w.live()) == 2; i++ {
		w.pass(k, time.Second)
		age := w.clock().Sub(storetest.Noon)
		switch {
		case kind == "nothing, pasted" && age == 10*time.Second:
			w.shopify.Set(shop, shopifytest.OnShop, text("second").Reveal())
		case kind == "the older put back" && age == 25*time.Second:
			w.shopify.Set(shop, shopifytest.OnShop, text("first").Reveal())
		}
	}
}

// expired is access that has to be refreshed first.
func expired(w *world) {
	w.t.Helper()
	w.shopify.App("app-one-12345", text("app").Reveal())
	w.do(w.tenant.SetApp(w.t.Context(), shop, "app-one-12345", text("app")))
	got, err := w.server(nil).Shopify.Exchange(w.t.Context(), shop, "app-one-12345", text("app"), secret.New(w.shopify.Code(shop, "app-one-12345")))
	w.do(err)
	a := broker.Admin{Holder: broker.HeldByShop, Granted: w.clock(), Token: got.Token, Expires: w.clock().Add(-time.Second), Refresh: got.Refresh}
	w.do(w.tenant.SetAdmin(w.t.Context(), shop, a))
}

// A page that stays open for ever does not keep a secret alive for ever.
func TestLimit(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	const often = 10 * time.Second
	for range w.rounds(w.server(nil), int(2*plan.Longest/often), often) {
		if len(w.live()) != 2 {
			break
		}
		w.use(text("first").Reveal())
	}
	if age := w.clock().Sub(storetest.Noon); age < plan.Longest || age > plan.Longest+time.Minute {
		t.Errorf("retired after %s", age)
	}
	w.over()
}

// Without access to the Admin API and without a signature of the newer secret,
// nothing is retired, however long it takes.
func TestNobodyHasPasted(t *testing.T) {
	w := newWorld(t)
	w.begin()
	for range w.rounds(w.server(nil), 100, plan.Longest) {
		if len(w.live()) != 2 {
			t.Fatal("a secret was retired that themes sign with")
		}
	}
}

// What is in the way stands in the store, is tried again more and more seldom,
// and is gone when it is gone.
func TestTrouble(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.shopify.Set(shop, shopifytest.OnShop, "somebody-elses-0123456789")
	w.begin()
	k := w.server(nil)
	var tried []time.Duration
	for range w.rounds(k, 3600, time.Second) {
		if len(w.shopify.Calls(shop)) > 0 {
			tried = append(tried, w.clock().Sub(storetest.Noon))
		}
	}
	if r := w.rotation(); !r.Written.IsZero() || !strings.Contains(r.Problem, "omneo.id_secret holds a value that is not known here") {
		t.Errorf("%+v", r)
	}
	if n := len(tried); n < 8 || n > 30 || tried[n-1]-tried[n-2] < 5*time.Minute || tried[n-1]-tried[n-2] > 11*time.Minute {
		t.Errorf("tried at %v", tried)
	}
	if value, _ := w.shopify.Value(shop, shopifytest.OnShop); value != "somebody-elses-0123456789" || len(w.live()) != 2 {
		t.Error("somebody else's value was written over, or a secret retired")
	}
	w.shopify.Set(shop, shopifytest.OnShop, text("first").Reveal())
	w.pass(k, 11*time.Minute)
	w.over()
}

// While nobody can see what the metafield holds, nothing is retired.
func TestAccessIsLostOnTheWay(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	k := w.server(nil)
	w.pass(k, 5*time.Second)
	w.shopify.Revoke(shop)
	for range w.rounds(k, 100, plan.Longest) {
		if len(w.live()) != 2 {
			t.Fatal("a secret was retired that the metafield may hold")
		}
	}
	if r := w.rotation(); !strings.Contains(r.Problem, "access") {
		t.Errorf("%+v", r)
	}
}

// Shopify may answer slowly, wrongly or not at all; it ends well all the same.
func TestShopifyFails(t *testing.T) {
	for name, faults := range map[string][]shopifytest.Fault{
		"throttled":              {shopifytest.Throttled, shopifytest.TooMany("2"), shopifytest.Throttled},
		"down":                   {shopifytest.Status(502), shopifytest.Status(503), shopifytest.Drop, shopifytest.Drop, shopifytest.Drop, shopifytest.Drop},
		"the answer gets lost":   {shopifytest.Pass, shopifytest.Lose},
		"nonsense":               {shopifytest.Garbage, shopifytest.Page, shopifytest.Empty, shopifytest.Says("", "Something broke")},
		"changed in between":     {shopifytest.Pass, shopifytest.Interfere(text("first").Reveal()), shopifytest.Pass, shopifytest.Interfere(text("first").Reveal())},
		"another shop's answers": {shopifytest.Elsewhere("other.myshopify.com")},
		"no access for a while":  {shopifytest.Status(401), shopifytest.Status(403)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.grant()
			w.begin()
			w.shopify.Break(shop, faults...)
			w.carry(nil, name)
			w.over()
		})
	}
}

// Two servers and a command at once do what one would have done.
func TestSeveralServers(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	a, b := w.server(nil), w.server(nil)
	for range 150 {
		done := make(chan struct{})
		go func() { a.Round(t.Context()); close(done) }()
		b.Round(t.Context())
		<-done
		w.look()
		w.set(w.clock().Add(time.Second))
	}
	w.over()
	if calls := w.shopify.Calls(shop); len(calls) > 12 {
		t.Errorf("Shopify was asked %d times: %v", len(calls), calls)
	}
}

func TestAdopt(t *testing.T) {
	rows := map[string]struct {
		held    string
		want    error
		written bool
	}{
		"holds the newest":      {text("first").Reveal(), nil, false},
		"holds nothing":         {"", nil, true},
		"holds somebody else's": {"somebody-elses-0123456789", shopify.ErrForeign, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.set(w.clock().Add(time.Hour))
			w.shopify.Delete(shop, shopifytest.OnShop)
			if row.held != "" {
				w.shopify.Set(shop, shopifytest.OnShop, row.held)
			}
			a := broker.Admin{Holder: broker.HeldByShop, Token: secret.New(w.shopify.Token(shop)), Granted: w.clock()}
			written, err := w.server(nil).Adopt(t.Context(), "acme", shop, a)
			if !errors.Is(err, row.want) || written != row.written {
				t.Errorf("written %v, error %v", written, err)
			}
			_, kept := w.tenant.Admin(t.Context(), shop)
			if (kept == nil) != (row.want == nil) {
				t.Errorf("kept: %v", kept)
			}
			if value, _ := w.shopify.Value(shop, shopifytest.OnShop); row.want != nil && value != row.held {
				t.Error("it was written over")
			}
		})
	}
}

func TestAdoptInTheAppsData(t *testing.T) {
	w := newWorld(t)
	w.set(w.clock().Add(time.Hour))
	a := broker.Admin{Holder: broker.HeldByApp, Token: secret.New(w.shopify.Token(shop)), Granted: w.clock()}
	if _, err := w.server(nil).Adopt(t.Context(), "acme", shop, a); err != nil {
		t.Fatal(err)
	}
	if value, _ := w.shopify.Value(shop, shopifytest.OnApp); value != text("first").Reveal() {
		t.Error("the app's data does not hold the secret")
	}
}

// The app's data takes the place of the shop's metafield, by the access there
// is, and what comes later goes there.
func TestMove(t *testing.T) {
	w := newWorld(t)
	expired(w)
	w.set(w.clock().Add(time.Minute))
	written, err := w.server(nil).Move(t.Context(), "acme", shop, broker.HeldByApp)
	if err != nil || !written {
		t.Fatalf("written %v, %v", written, err)
	}
	if a, err := w.tenant.Admin(t.Context(), shop); err != nil || a.Holder != broker.HeldByApp || !a.Granted.Equal(storetest.Noon) || a.Refresh.Empty() {
		t.Errorf("%+v, %v", a, err)
	}
	w.begin()
	w.set(w.clock().Add(time.Minute))
	w.server(nil).Round(t.Context())
	if value, _ := w.shopify.Value(shop, shopifytest.OnApp); value != text("second").Reveal() {
		t.Error("the app's data does not hold the second secret")
	}
	if value, _ := w.shopify.Value(shop, shopifytest.OnShop); value != text("first").Reveal() {
		t.Error("the shop's metafield was changed")
	}
}

// An access that somebody refreshes meanwhile is not put back by a move.
func TestMoveKeepsARefresh(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.set(w.clock().Add(time.Minute))
	theirs := broker.Admin{Token: secret.New(w.shopify.Token(shop)), Generation: 1}
	w.shopify.OnDone(func(_, operation string) {
		if operation != "metafieldsSet" {
			return
		}
		if err := w.tenant.RefreshAdmin(context.Background(), shop, theirs); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.server(nil).Move(t.Context(), "acme", shop, broker.HeldByApp); err != nil {
		t.Fatal(err)
	}
	if a, err := w.tenant.Admin(t.Context(), shop); err != nil || a.Holder != broker.HeldByApp || !a.Token.Equal(theirs.Token) {
		t.Errorf("held by the %s, the other one's access is there: %v, %v", a.Holder, a.Token.Equal(theirs.Token), err)
	}
}

// A metafield that holds somebody else's value is not moved to.
func TestMoveIsRefused(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.set(w.clock().Add(time.Minute))
	w.shopify.Set(shop, shopifytest.OnApp, "somebody-elses-0123456789")
	if _, err := w.server(nil).Move(t.Context(), "acme", shop, broker.HeldByApp); !errors.Is(err, shopify.ErrForeign) {
		t.Errorf("got %v", err)
	}
	if a, err := w.tenant.Admin(t.Context(), shop); err != nil || a.Holder != broker.HeldByShop {
		t.Errorf("%+v, %v", a, err)
	}
}

// Access that cannot be refreshed says what is missing, and nothing of itself.
func TestRefreshNeedsTheApp(t *testing.T) {
	w := newWorld(t)
	a := broker.Admin{Holder: broker.HeldByShop, Token: secret.New("canary-token"), Refresh: secret.New("canary-refresh"), Expires: w.clock(), Granted: w.clock()}
	w.do(w.tenant.SetAdmin(t.Context(), shop, a))
	_, err := w.server(nil).Write(t.Context(), "acme", shop)
	if err == nil || !strings.Contains(err.Error(), "shop app") || strings.Contains(fmt.Sprintf("%+v", err), "canary") {
		t.Errorf("got %v", err)
	}
}

// Access is refreshed shortly before its end, and not by being refused.
func TestRefreshedInTime(t *testing.T) {
	for left, want := range map[time.Duration]string{4 * time.Minute: "access_token", 6 * time.Minute: "shop"} {
		w := newWorld(t)
		expired(w)
		a, err := w.tenant.Admin(t.Context(), shop)
		w.do(err)
		a.Expires = w.clock().Add(left)
		w.do(w.tenant.SetAdmin(t.Context(), shop, a))
		w.shopify.Calls(shop)
		if _, err := w.server(nil).Write(t.Context(), "acme", shop); err != nil {
			t.Error(err)
		}
		if calls := w.shopify.Calls(shop); calls[0] != want {
			t.Errorf("%s before the end: %v", left, calls)
		}
	}
}

// A store that fails does not make a value somebody else's.
func TestStoreFailsInBetween(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	k := w.server(nil)
	k.Store = forgetful{k.Store}
	if _, err := k.Write(t.Context(), "acme", shop); !errors.Is(err, errForgotten) {
		t.Errorf("got %v", err)
	}
}

var errForgotten = errors.New("the store is away")

type forgetful struct{ rotation.Store }

func (f forgetful) In(tenant string) rotation.Tenant { return forgetfulTenant{f.Store.In(tenant)} }

type forgetfulTenant struct{ rotation.Tenant }

func (forgetfulTenant) KnowsSecret(context.Context, string, secret.Text) (bool, error) {
	return false, errForgotten
}

// Who is slower to refresh uses what the faster one got.
func TestRefreshedBySomebodyElse(t *testing.T) {
	w := newWorld(t)
	expired(w)
	k := w.server(nil)
	theirs := broker.Admin{Token: secret.New(w.shopify.Token(shop)), Generation: 1}
	k.Store = slower{k.Store, theirs}
	if _, err := k.Write(t.Context(), "acme", shop); err != nil {
		t.Error(err)
	}
	if a, err := w.tenant.Admin(t.Context(), shop); err != nil || !a.Token.Equal(theirs.Token) {
		t.Errorf("the other one's access is gone: %v", err)
	}
}

// slower finds that somebody else was faster.
type slower struct {
	rotation.Store
	theirs broker.Admin
}

func (s slower) In(tenant string) rotation.Tenant {
	return slowerTenant{s.Store.In(tenant), s.theirs}
}

type slowerTenant struct {
	rotation.Tenant
	theirs broker.Admin
}

func (s slowerTenant) RefreshAdmin(ctx context.Context, shop string, a broker.Admin) error {
	if err := s.Tenant.RefreshAdmin(ctx, shop, s.theirs); err != nil {
		return err
	}
	return s.Tenant.RefreshAdmin(ctx, shop, a)
}

// What ended because the time was up is told all the same.
func TestTimeIsUp(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.begin()
	w.set(w.clock().Add(time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	w.shopify.OnArrival(func(string, string) { cancel() })
	if err := w.server(nil).Step(ctx, w.rotation()); err == nil {
		t.Error("no error")
	}
	if r := w.rotation(); r.Problem == "" || !r.Due.Before(w.clock().Add(time.Minute)) {
		t.Errorf("%+v", r)
	}
}

// A token that Shopify no longer takes, though it should be good, is refreshed.
func TestRevokedEarly(t *testing.T) {
	w := newWorld(t)
	expired(w)
	a, err := w.tenant.Admin(t.Context(), shop)
	w.do(err)
	a.Token, a.Expires = secret.New("shpat_of-yesterday"), w.clock().Add(time.Hour)
	w.do(w.tenant.SetAdmin(t.Context(), shop, a))
	if _, err := w.server(nil).Write(t.Context(), "acme", shop); err != nil {
		t.Error(err)
	}
}

func TestCarry(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.set(w.clock().Add(-time.Hour)) // the clock stands; so the rotation began long ago
	w.begin()
	w.set(w.clock().Add(time.Hour))
	r, err := w.server(nil).Carry(t.Context(), "acme", shop)
	if err != nil || r.Written.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCarryTellsWhatIsInTheWay(t *testing.T) {
	w := newWorld(t)
	w.grant()
	w.set(w.clock().Add(-time.Hour))
	w.begin()
	w.set(w.clock().Add(time.Hour))
	w.shopify.Set(shop, shopifytest.OnShop, "somebody-elses-0123456789")
	if _, err := w.server(nil).Carry(t.Context(), "acme", shop); !errors.Is(err, shopify.ErrForeign) {
		t.Errorf("got %v", err)
	}
}

func TestCarryTellsWhatOthersFound(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.do(w.tenant.Postpone(t.Context(), w.rotation(), w.clock().Add(time.Hour), "no way in"))
	if _, err := w.server(nil).Carry(t.Context(), "acme", shop); err == nil || err.Error() != "no way in" {
		t.Errorf("got %v", err)
	}
}

// A secret that not every server knows yet is not written by whoever adopts a shop.
func TestAdoptWaits(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // of the three that it has to wait
	defer cancel()
	a := broker.Admin{Holder: broker.HeldByShop, Token: secret.New(w.shopify.Token(shop)), Granted: w.clock()}
	if _, err := w.server(nil).Adopt(ctx, "acme", shop, a); !errors.Is(err, context.DeadlineExceeded) || len(w.shopify.Calls(shop)) > 0 {
		t.Errorf("it did not wait: %v", err)
	}
}
