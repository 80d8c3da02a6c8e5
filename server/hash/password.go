package hash

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"runtime"

	"github.com/shapestoken/shapestoken/server/secret"
)

// MaxPassword is the most bytes that a password may have. All of them count.
const MaxPassword = 1024

// ErrLength is what Hash returns for a password that nobody may have.
var ErrLength = errors.New("hash: a password has 1 to 1,024 bytes; choose another one")

// ErrBroken is returned when the process that evaluates cannot be started, or
// ends at work. Nothing is known of the password; try again.
var ErrBroken = errors.New("hash: the process that checks passwords has failed")

// Config says how much may be done at once. The zero value is for production.
type Config struct {
	// AtOnce is how many evaluations may run at the same time. 0: half of the
	// processors that Go uses, but at least one.
	AtOnce int
	// Waiting is how many more may wait for their turn; others get ErrBusy.
	// 0: 32 for each that may run, which is a wait of about a second.
	Waiting int
	// Watch is called for each evaluation, when it has got its turn and before
	// its work. Several goroutines may call it at once. Nil: nobody watches.
	Watch func(Cost)
	// Child evaluates. Nil: this process does, which a command may that has nothing else to do.
	Child *Child
	// WeakForTests makes hashes in microseconds that protect nothing.
	WeakForTests bool
}

// Passwords hashes and verifies what users log in with. It is safe for
// concurrent use.
//
// One evaluation costs 30 ms of a processor and 19 MiB, by intention, and
// anybody can ask for one. So Hash and Verify pass a gate. It protects those who
// never come to it: where there are two processors or more, at least half of
// them stay with the storefront exchange whatever is going on here, and a
// [Child] leaves it the others, too, whenever it wants them.
//
// Among those at the gate the order is that of arrival. A flood can fill it;
// logins are then refused with ErrBusy at once, and not kept waiting for an
// answer that their client has stopped listening for. Keeping one sender from
// filling it is for the limits by address and account, which come first.
type Passwords struct {
	cost  Cost
	dummy record // of no password at all
	gate  *gate
	watch func(Cost)
	key   func(Work) ([]byte, error)
}

// NewPasswords makes Passwords with a gate of their own: a process should have
// one of them.
func NewPasswords(c Config) *Passwords {
	if c.AtOnce <= 0 {
		c.AtOnce = share()
	}
	if c.Waiting <= 0 {
		c.Waiting = 32 * c.AtOnce
	}
	if c.Watch == nil {
		c.Watch = func(Cost) {}
	}
	p := &Passwords{cost: today, gate: newGate(c.AtOnce, c.Waiting), watch: c.Watch, key: here}
	if c.Child != nil {
		p.key = c.Child.key
	}
	if c.WeakForTests {
		p.cost = weak
	}
	p.dummy = record{cost: p.cost, salt: random(saltSize), tag: random(tagSize)}
	return p
}

// share is how many of the processors are for passwords.
func share() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// Hash returns what to store of a password: argon2id with a salt of its own, in
// the PHC string format
// (https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md),
// 97 ASCII characters at today's cost. Any bytes may be in a password; they are
// neither cut nor normalized. Besides ErrLength it returns ErrBusy, ErrBroken,
// or an error that wraps ctx's if that ends first.
func (p *Passwords) Hash(ctx context.Context, password secret.Text) (string, error) {
	plain := password.Reveal()
	if !allowed(plain) {
		return "", ErrLength
	}
	r := record{cost: p.cost, salt: random(saltSize), tag: make([]byte, tagSize)}
	tag, err := p.evaluate(ctx, plain, r)
	if err != nil {
		return "", err
	}
	r.tag = tag
	return r.String(), nil
}

// Verify reports whether password is the one that phc was made of. For a user
// who does not exist, or has no password, give it an empty phc: that matches
// nothing. Again, which only comes with ok, says that phc is of another cost
// than today's: hash the password anew and store that, best after the answer.
//
// Each call that got its turn has done exactly one evaluation, whatever phc and
// password are: of phc's cost if that can be read, and otherwise of today's. (So
// an account whose hash has another cost can be told by the time it takes, until
// its next login.) A password that Hash would refuse matches nothing.
//
// ErrStored comes with ok false: phc is neither empty nor what Hash writes, or
// asks for more work than is done here. Answer it like a wrong password, and log
// it. ErrBusy, ErrBroken, and an error that wraps ctx's, say nothing of the password.
func (p *Passwords) Verify(ctx context.Context, phc string, password secret.Text) (ok, again bool, err error) {
	stored, unreadable := p.stored(phc)
	plain, fit := password.Reveal(), true
	if !allowed(plain) {
		plain, fit = "", false
	}
	tag, err := p.evaluate(ctx, plain, stored)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(tag, stored.tag) == 1 && fit
	return ok, ok && !stored.current(p.cost), unreadable
}

// stored is what to compare with, whatever phc is.
func (p *Passwords) stored(phc string) (record, error) {
	if phc == "" {
		return p.dummy, nil
	}
	r, err := parse(phc)
	if err != nil {
		return p.dummy, err
	}
	return r, nil
}

// evaluate makes the key of a password by a record's salt and cost.
func (p *Passwords) evaluate(ctx context.Context, plain string, r record) ([]byte, error) {
	if err := p.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer p.gate.leave()
	p.watch(r.cost)
	key, err := p.key(Work{[]byte(plain), r.salt, r.cost, len(r.tag)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return key, nil
}

func here(w Work) ([]byte, error) { return w.key(), nil }

func allowed(plain string) bool { return plain != "" && len(plain) <= MaxPassword }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the process would end
	return b
}
