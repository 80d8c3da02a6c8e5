package limit

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// ledger counts as the store does, and does not forget.
type ledger struct {
	mu     sync.Mutex
	failed map[broker.Digest]int
	until  map[broker.Digest]time.Time
	away   string // a method that fails
	asked  int
	wrote  int
}

func (l *ledger) fails(method string) error {
	if l.away == method {
		return errors.New("canary: disk on fire")
	}
	return nil
}

func newLedger() *ledger {
	return &ledger{failed: map[broker.Digest]int{}, until: map[broker.Digest]time.Time{}}
}

func (l *ledger) Attempt(_ context.Context, _ string, now time.Time, keys ...broker.Digest) (wait time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	for _, k := range keys {
		wait = max(wait, l.until[k].Sub(now))
	}
	return wait, l.fails("attempt")
}

func (l *ledger) Failed(_ context.Context, _ string, key broker.Digest, now time.Time, b broker.Backoff) (time.Time, error) {
	l.wrote++
	l.failed[key]++
	if over := l.failed[key] - b.Free; over >= 0 {
		l.until[key] = now.Add(min(b.Max, b.Base<<over))
	}
	return l.until[key], l.fails("failed")
}

func (l *ledger) Succeeded(_ context.Context, _ string, key broker.Digest, now time.Time) (time.Duration, error) {
	if wait := l.until[key].Sub(now); wait > 0 {
		return wait, l.fails("succeeded")
	}
	delete(l.failed, key)
	return 0, l.fails("succeeded")
}

// guesser asks as one address.
type guesser struct {
	t      *testing.T
	clock  *clock
	ledger *ledger
	limit  broker.Limiter
	tenant *broker.Tenant
	addr   string
}

func newGuesser(t *testing.T) *guesser {
	key, err := hmac.NewKey([]byte("a key for pseudonyms, of this test only"))
	if err != nil {
		t.Fatal(err)
	}
	g := &guesser{t: t, clock: newClock(), ledger: newLedger(), tenant: &broker.Tenant{Name: "acme", Pseudonyms: key}, addr: "203.0.113.7"}
	g.another()
	return g
}

// another is a second process with the same ledger.
func (g *guesser) another() { g.limit = New(Config{Ledger: g.ledger, Now: g.clock.Now, Held: 1}) }

// ask passes the limit with an outcome; it returns what the caller is told.
func (g *guesser) ask(r broker.Request, outcome error) (told error, looked bool) {
	g.t.Helper()
	if g.addr != "" {
		r.Addr = netip.MustParseAddr(g.addr)
	}
	done, err := g.limit.Allow(context.Background(), g.tenant, &r)
	if err != nil {
		return err, false
	}
	return done(outcome), true
}

func (g *guesser) login(name string, outcome error) (error, bool) {
	return g.ask(broker.Request{Grant: broker.Basic, Login: broker.Login{Name: name, Password: secret.New("p"), Sent: true}}, outcome)
}

func (g *guesser) client(id string, outcome error) (error, bool) {
	return g.ask(broker.Request{Grant: broker.ClientCredentials, Client: broker.Credentials{ID: id, Secret: secret.New("s")}}, outcome)
}

func limited(err error) bool {
	return err != nil && broker.AsError(err).Code == broker.RateLimited && broker.AsError(err).RetryAfter > 0
}

// A login is one account on every path and however it is written; during a wait
// not even the right password is looked at, and after it all is well.
func TestGuessesAtAnAccount(t *testing.T) {
	g := newGuesser(t)
	for n := range ofAccount.Free {
		name := []string{"bob", " BOB "}[n%2]
		if told, _ := g.login(name, broker.ErrLogin); told != error(broker.ErrLogin) {
			t.Fatalf("guess %d: %v", n, told)
		}
		g.another()
	}
	grant := broker.Request{Grant: broker.Password, Client: broker.Credentials{ID: "c"}, Login: broker.Login{Name: "Bob", Sent: true}}
	for _, told := range []func() (error, bool){
		func() (error, bool) { return g.login("bob", nil) },
		func() (error, bool) { return g.ask(grant, nil) },
		func() (error, bool) { g.addr = "2001:db8::1"; return g.login("bob", nil) },
	} {
		if err, looked := told(); !limited(err) || looked {
			t.Errorf("during the wait: %v, looked %v", err, looked)
		}
	}
	if err, _ := g.login("eve", nil); err != nil {
		t.Errorf("another account: %v", err)
	}
	g.clock.pass(ofAccount.Base)
	if err, _ := g.login("bob", broker.ErrLogin); err != error(broker.ErrLogin) {
		t.Errorf("after the wait: %v", err)
	}
	g.clock.pass(ofAccount.Base)
	if err, _ := g.login("bob", nil); !limited(err) {
		t.Errorf("the second wait is no longer than the first: %v", err)
	}
	g.clock.pass(ofAccount.Base)
	if err, _ := g.login("bob", nil); err != nil {
		t.Errorf("in the end: %v", err)
	}
	if err, _ := g.login("bob", broker.ErrLogin); err != error(broker.ErrLogin) {
		t.Errorf("a right password has forgotten nothing: %v", err)
	}
}

// Many guesses at once may all have been let in: the right one among them is
// refused if the wrong ones were too many.
func TestGuessesAtOnce(t *testing.T) {
	g := newGuesser(t)
	r := broker.Request{Grant: broker.Basic, Login: broker.Login{Name: "bob", Sent: true}}
	right, err := g.limit.Allow(t.Context(), g.tenant, &r)
	if err != nil {
		t.Fatal(err)
	}
	for range ofAccount.Free {
		_, _ = g.login("bob", broker.ErrLogin)
	}
	if err := right(nil); !limited(err) {
		t.Errorf("got %v", err)
	}
}

// A client's wait is for wrong secrets alone: nobody keeps a client out by its name.
func TestGuessesAtAClient(t *testing.T) {
	g := newGuesser(t)
	for n := range ofClient.Free {
		if told, _ := g.client("c", broker.ErrClient); told != error(broker.ErrClient) {
			t.Fatalf("guess %d: %v", n, told)
		}
	}
	wrote, asked := g.ledger.wrote, g.ledger.asked
	if told, _ := g.client("c", broker.ErrClient); !limited(told) || g.ledger.wrote != wrote || g.ledger.asked != asked {
		t.Errorf("%v, and %d counted", told, g.ledger.wrote-wrote)
	}
	if told, _ := g.client("c", nil); told != nil {
		t.Errorf("the right secret: %v", told)
	}
	g.another()
	if told, _ := g.client("c", broker.ErrClient); !limited(told) || g.ledger.wrote != wrote {
		t.Errorf("another process: %v", told)
	}
	if told, _ := g.client("d", broker.ErrClient); told != error(broker.ErrClient) {
		t.Errorf("another client: %v", told)
	}
	g.clock.pass(ofClient.Base)
	if told, _ := g.client("c", broker.ErrClient); told != error(broker.ErrClient) {
		t.Errorf("after the wait: %v", told)
	}
}

// Whoever guesses at many things is known by the address, an IPv6 one by its /64:
// their guesses are refused, and what cannot be guessed is not.
func TestGuessesOfAnAddress(t *testing.T) {
	g := newGuesser(t)
	g.addr = "2001:db8::1"
	for n := range ofAddress.Free {
		_, _ = g.client(string(rune('a'+n%26))+string(rune('a'+n/26)), broker.ErrClient)
	}
	g.addr = "2001:db8::2"
	asked, wrote := g.ledger.asked, g.ledger.wrote
	if err, looked := g.login("bob", nil); !limited(err) || looked {
		t.Errorf("a login: %v, looked %v", err, looked)
	}
	if err, _ := g.client("c", broker.ErrClient); !limited(err) {
		t.Errorf("a wrong secret: %v", err)
	}
	if g.ledger.asked != asked || g.ledger.wrote != wrote {
		t.Errorf("the ledger was asked %d times and written to %d times", g.ledger.asked-asked, g.ledger.wrote-wrote)
	}
	if err, _ := g.client("c", nil); err != nil {
		t.Errorf("a right secret: %v", err)
	}
	if err, _ := g.ask(broker.Request{Grant: broker.Bearer}, nil); err != nil {
		t.Errorf("a token: %v", err)
	}
	g.another()
	if err, looked := g.login("bob", nil); !limited(err) || looked {
		t.Errorf("a login at another process: %v", err)
	}
	if err, _ := g.client("c", broker.ErrClient); !limited(err) {
		t.Errorf("a wrong secret at another process: %v", err)
	}
	g.addr = "2001:db8:0:1::1"
	if err, _ := g.login("bob", nil); err != nil {
		t.Errorf("another address: %v", err)
	}
	g.addr = "" // behind a proxy that somebody forgot to configure
	if err, _ := g.client("c", broker.ErrClient); err != error(broker.ErrClient) {
		t.Errorf("no address: %v", err)
	}
}

// What is no guess counts for nothing, and neither does what nobody can be known by.
func TestNoGuess(t *testing.T) {
	g := newGuesser(t)
	outcomes := []error{nil, broker.ErrToken, broker.Refuse(broker.Unavailable, "x"), broker.Refuse(broker.InvalidScope, "x"), errors.New("x")}
	for range 200 {
		for _, outcome := range outcomes {
			if told, _ := g.client("c", outcome); told != outcome {
				t.Fatalf("%v became %v", outcome, told)
			}
			if told, _ := g.login("bob", outcome); told != outcome {
				t.Fatalf("%v became %v", outcome, told)
			}
		}
		if told, _ := g.ask(broker.Request{Grant: broker.Bearer}, broker.ErrLogin); told != error(broker.ErrLogin) {
			t.Fatal(told)
		}
	}
	g.addr = ""
	for range 200 {
		if told, _ := g.client("", broker.ErrClient); told != error(broker.ErrClient) {
			t.Fatal(told)
		}
	}
	if g.ledger.wrote != 0 {
		t.Errorf("%d were counted", g.ledger.wrote)
	}
}

// A guess that cannot be looked up, counted or forgotten is not answered.
func TestLedgerAway(t *testing.T) {
	for _, row := range []struct {
		what, away string
		ask        func(*guesser) (error, bool)
		refused    bool
	}{
		{"a login", "attempt", func(g *guesser) (error, bool) { return g.login("bob", nil) }, true},
		{"a right login", "succeeded", func(g *guesser) (error, bool) { return g.login("bob", nil) }, true},
		{"a wrong login", "failed", func(g *guesser) (error, bool) { return g.login("bob", broker.ErrLogin) }, true},
		{"a wrong secret", "attempt", func(g *guesser) (error, bool) { return g.client("c", broker.ErrClient) }, true},
		{"a wrong secret", "failed", func(g *guesser) (error, bool) { return g.client("c", broker.ErrClient) }, true},
		{"a right secret", "attempt", func(g *guesser) (error, bool) { return g.client("c", nil) }, false},
	} {
		g := newGuesser(t)
		g.ledger.away = row.away
		err, _ := row.ask(g)
		if e := broker.AsError(err); row.refused != (err != nil) || row.refused && (e.Code != broker.Unavailable || e.RetryAfter == 0) {
			t.Errorf("%s, %s away: %v", row.what, row.away, err)
		}
	}
}

// Where nothing can be guessed at, nothing is counted.
func TestNoLedger(t *testing.T) {
	g := newGuesser(t)
	g.limit = New(Config{})
	if err, looked := g.login("bob", broker.ErrLogin); err != error(broker.ErrLogin) || !looked {
		t.Error(err)
	}
}

// Whoever is refused waits a moment, unless they go or too many wait already; who
// is let in does not.
func TestCell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuesser(t)
		g.limit = New(Config{Ledger: g.ledger, Now: g.clock.Now})
		g.tenant.Pseudonyms = plain{}
		g.ledger.until[digest(g.tenant, "account", "bob")] = g.clock.now.Add(time.Hour)
		took := func(ctx context.Context, login string) time.Duration {
			began := time.Now()
			_, _ = g.limit.Allow(ctx, g.tenant, &broker.Request{Grant: broker.Basic, Login: broker.Login{Name: login, Sent: true}})
			return time.Since(began)
		}
		if d := took(t.Context(), "eve"); d != 0 {
			t.Errorf("who is let in waits %s", d)
		}
		if d := took(t.Context(), "bob"); d != usualHeld {
			t.Errorf("who is refused waits %s", d)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if d := took(gone, "bob"); d != 0 {
			t.Errorf("who has gone waits %s", d)
		}
		for range mostHeld {
			go took(t.Context(), "bob")
		}
		synctest.Wait()
		if d := took(t.Context(), "bob"); d != 0 {
			t.Errorf("where there is no place one waits %s", d)
		}
		time.Sleep(usualHeld)
		synctest.Wait()
		if d := took(t.Context(), "bob"); d != usualHeld {
			t.Errorf("where places are free again one waits %s", d)
		}
	})
}

// plain is a key that costs nothing, for what is not about keys.
type plain struct{}

func (plain) Sum(m []byte) [32]byte              { var d [32]byte; copy(d[:], m); return d }
func (plain) Match(m []byte, mac *[32]byte) bool { return plain{}.Sum(m) == *mac }

// Who signs in with Firebase is counted by address as everybody is, and for an
// account of its own: neither do their wrong ones keep a user of the same login
// out, nor do their right ones forgive wrong ones here.
func TestFirebaseLoginsAreOthers(t *testing.T) {
	wrong := broker.Refuse(broker.InvalidGrant, "wrong")
	g := newGuesser(t)
	g.addr = "" // one who comes from anywhere
	firebase := func(outcome error) error {
		told, _ := g.ask(broker.Request{Grant: broker.AppConsent, Login: broker.Login{Name: "Bob@example.com", Password: secret.New("p"), Sent: true}}, outcome)
		return told
	}
	for range ofAccount.Free - 1 {
		_, _ = g.login("bob@example.com", wrong)
	}
	if err := firebase(nil); err != nil {
		t.Errorf("the right one there: %v", err)
	}
	_, _ = g.login("bob@example.com", wrong)
	if err, _ := g.login("bob@example.com", wrong); !limited(err) {
		t.Errorf("after so many wrong ones here: %v", err)
	}
	for range ofAccount.Free {
		_ = firebase(wrong)
	}
	if err := firebase(wrong); !limited(err) {
		t.Errorf("after so many wrong ones there: %v", err)
	}

	g = newGuesser(t)
	for n := range ofAddress.Free {
		_, _ = g.ask(broker.Request{Grant: broker.AppConsent, Login: broker.Login{Name: string(rune('a' + n)), Sent: true}}, wrong)
	}
	if err, _ := g.login("bob@example.com", nil); !limited(err) {
		t.Errorf("the address, after so many: %v", err)
	}
	if err, looked := g.ask(broker.Request{Grant: broker.AppConsent, Bearer: secret.New("a token")}, nil); err != nil || !looked {
		t.Errorf("a token is no guess: %v", err)
	}
}
