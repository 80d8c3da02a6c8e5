package limit

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A Ledger keeps wrong guesses for all processes, by keyed hashes of who guesses
// and at what. The store is one: see there for what its methods promise.
type Ledger interface {
	Attempt(ctx context.Context, tenant string, now time.Time, keys ...broker.Digest) (wait time.Duration, err error)
	Failed(ctx context.Context, tenant string, key broker.Digest, now time.Time, b broker.Backoff) (until time.Time, err error)
	Succeeded(ctx context.Context, tenant string, key broker.Digest, now time.Time) (wait time.Duration, err error)
}

// How long whoever has guessed wrongly waits. Nobody is locked out for good, and
// nobody for long by somebody else's guesses.
var (
	ofAccount = broker.Backoff{Free: 10, Base: 10 * time.Second, Max: 15 * time.Minute, Window: 15 * time.Minute}
	ofAddress = broker.Backoff{Free: 100, Base: 10 * time.Second, Max: 5 * time.Minute, Window: 5 * time.Minute}
	ofClient  = broker.Backoff{Free: 20, Base: time.Second, Max: time.Minute, Window: 15 * time.Minute}
)

// guesses limits by account, address and client. A login is looked up in the
// ledger before its password is: during a wait the right one is refused as well,
// or it could be told from the wrong ones. A client's secret has 256 bits and
// cannot be guessed, only be asked for too often: so a wait, of the client or of
// the address, is for wrong secrets alone, and nobody can keep a client out who
// knows its name or sits beside it. What brings a token is no guess at all.
type guesses struct {
	now    func() time.Time
	ledger Ledger
	known  *waits
	cell   *cell
}

func newGuesses(c Config) broker.Limiter {
	if c.Ledger == nil {
		return open{}
	}
	return &guesses{now: c.Now, ledger: c.Ledger, known: newWaits(c.Size), cell: newCell(c.Held)}
}

// Allow implements broker.Limiter.
func (g *guesses) Allow(ctx context.Context, t *broker.Tenant, r *broker.Request) (func(error) error, error) {
	if r.Login.Sent {
		now, k := g.now(), keysOf(t, r)
		if wait := g.known.wait(k.address, now); wait > 0 {
			return nil, g.tooMany(ctx, wait)
		}
		if err := g.ask(ctx, t, now, k.account, k.address); err != nil {
			return nil, err
		}
	}
	return func(outcome error) error { return g.done(ctx, t, r, outcome) }, nil
}

func (g *guesses) done(ctx context.Context, t *broker.Tenant, r *broker.Request, outcome error) error {
	if outcome == nil && r.Login.Sent {
		return g.right(ctx, t, keysOf(t, r).account)
	}
	if outcome == nil {
		return nil
	}
	switch code := broker.AsError(outcome).Code; {
	case code == broker.InvalidClient:
		k := keysOf(t, r)
		return g.wrong(ctx, t, outcome, guess{k.address, ofAddress}, guess{k.client, ofClient})
	case code == broker.InvalidGrant && r.Login.Sent:
		k := keysOf(t, r)
		return g.wrong(ctx, t, outcome, guess{k.address, ofAddress}, guess{k.account, ofAccount})
	}
	return outcome
}

// right forgets an account's wrong guesses, unless there were too many meanwhile.
func (g *guesses) right(ctx context.Context, t *broker.Tenant, account broker.Digest) error {
	wait, err := g.ledger.Succeeded(ctx, t.Name, account, g.now())
	if err != nil {
		return errLedger.Because(err)
	}
	if wait > 0 {
		return g.tooMany(ctx, wait)
	}
	return nil
}

// guess is what a wrong one is counted under.
type guess struct {
	key broker.Digest
	of  broker.Backoff
}

// wrong counts a guess, unless it came too early: then that is the answer.
func (g *guesses) wrong(ctx context.Context, t *broker.Tenant, outcome error, counted ...guess) error {
	now, keys := g.now(), []broker.Digest{}
	for _, c := range counted {
		if wait := g.known.wait(c.key, now); wait > 0 {
			return g.tooMany(ctx, wait)
		}
		keys = append(keys, c.key)
	}
	if err := g.ask(ctx, t, now, keys...); err != nil {
		return err
	}
	for _, c := range counted {
		if err := g.count(ctx, t, now, c); err != nil {
			return err
		}
	}
	return outcome
}

// ask refuses who has to wait by what all processes know.
func (g *guesses) ask(ctx context.Context, t *broker.Tenant, now time.Time, keys ...broker.Digest) error {
	wait, err := g.ledger.Attempt(ctx, t.Name, now, keys...)
	if err != nil {
		return errLedger.Because(err)
	}
	if wait > 0 {
		return g.tooMany(ctx, wait)
	}
	return nil
}

func (g *guesses) count(ctx context.Context, t *broker.Tenant, now time.Time, c guess) error {
	if c.key == none {
		return nil
	}
	until, err := g.ledger.Failed(ctx, t.Name, c.key, now, c.of)
	if err != nil {
		return errLedger.Because(err)
	}
	if until.After(now) {
		g.known.note(c.key, until)
	}
	return nil
}

// tooMany is the refusal, after a moment in the cell.
func (g *guesses) tooMany(ctx context.Context, wait time.Duration) error {
	g.cell.hold(ctx)
	return errGuesses.After(wait)
}

// keys are what one request is counted under; none: it is not.
type keys struct{ account, address, client broker.Digest }

var none broker.Digest

// keysOf gives whatever checks the same secret the same key: an account's is the
// canonical login, on whichever path it comes. Who signs in with Firebase has
// another password than a user of the tenant's of the same login, and may be
// somebody else, whose right one must not forgive wrong ones here.
func keysOf(t *broker.Tenant, r *broker.Request) (k keys) {
	if r.Login.Sent {
		kind := "account"
		if r.Grant == broker.AppConsent {
			kind = "external"
		}
		k.account = digest(t, kind, broker.CanonicalLogin(r.Login.Name))
	}
	if r.Client.ID != "" {
		k.client = digest(t, "client", r.Client.ID)
	}
	if r.Addr.IsValid() {
		a := client(r.Addr)
		k.address = digest(t, "address", string(a[:]))
	}
	return k
}

func digest(t *broker.Tenant, what, of string) broker.Digest {
	return t.Pseudonyms.Sum([]byte("guess1\x00" + what + "\x00" + of))
}

var (
	errGuesses = broker.Refuse(broker.RateLimited,
		"too many wrong credentials; check them, and try again after the seconds in Retry-After")
	errLedger = broker.Refuse(broker.Unavailable, "the service cannot look at its database at the moment; try again").After(time.Second)
)
