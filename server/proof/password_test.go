package proof_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// counted are real passwords, and what was evaluated for each answer.
type counted struct {
	*hash.Passwords
	costs []hash.Cost
}

func newCounted() *counted {
	c := &counted{}
	c.Passwords = hash.NewPasswords(hash.Config{WeakForTests: true, Watch: func(cost hash.Cost) { c.costs = append(c.costs, cost) }})
	return c
}

func (c *counted) Verify(ctx context.Context, _ *broker.Tenant, u *broker.User, password secret.Text) (bool, error) {
	ok, _, err := c.Passwords.Verify(ctx, u.Password, password)
	return ok, err
}

// Whoever does not get in is told the same, after the same work: one evaluation
// of argon2id, at one cost.
func TestPassword(t *testing.T) {
	const right = "canary-password"
	long := strings.Repeat("p", hash.MaxPassword)
	passwords := newCounted()
	user := func(id, login, password string) *broker.User {
		phc, err := passwords.Hash(t.Context(), secret.New(password))
		if err != nil {
			t.Fatal(err)
		}
		return &broker.User{ID: id, Login: login, Password: phc, Scopes: broker.Scopes{"x"}}
	}
	bob, off, lengthy := user("bob", "bob@example.com", right), user("off", "off", right), user("long", "long", long)
	off.Disabled = true
	tenant := &broker.Tenant{Logins: map[string]*broker.User{"bob@example.com": bob, "off": off, "none": {ID: "none"}, "long": lengthy}}
	basic, plain := proof.Basic{Password: proof.Password{Passwords: passwords}}, proof.Password{Passwords: passwords}
	for _, row := range []struct{ name, login, password, id string }{
		{"right", "bob@example.com", right, "bob"},
		{"right, with the login written otherwise", " BOB@Example.COM ", right, "bob"},
		{"right, of 1,024 bytes", "long", long, "long"},
		{"wrong", "bob@example.com", right + "x", ""},
		{"cut", "bob@example.com", right[:len(right)-1], ""},
		{"empty", "bob@example.com", "", ""},
		{"1,024 bytes", "bob@example.com", long, ""},
		{"1,025 bytes", "long", long + "p", ""},
		{"64 KiB", "bob@example.com", strings.Repeat("p", 64<<10), ""},
		{"unknown", "eve", right, ""},
		{"unknown and empty", "eve", "", ""},
		{"no login", "", right, ""},
		{"disabled", "off", right, ""},
		{"without a password", "none", right, ""},
		{"without a password, and empty", "none", "", ""},
	} {
		for way, p := range map[string]broker.Proof{"password": plain, "basic": basic} {
			passwords.costs = nil
			got, err := p.Prove(t.Context(), tenant, &broker.Request{Login: broker.Login{Name: row.login, Password: secret.New(row.password), Sent: true}})
			if len(passwords.costs) != 1 || passwords.costs[0] != costOf(t, passwords) {
				t.Errorf("%s, %s: evaluated %v", way, row.name, passwords.costs)
			}
			if row.id == "" {
				if err != error(broker.ErrLogin) || got.Subject.Kind != broker.Nobody {
					t.Errorf("%s, %s: %+v, %v", way, row.name, got, err)
				}
				continue
			}
			want := broker.Identity{Subject: broker.Subject{Kind: broker.Person, ID: row.id}, Method: broker.PWD, Scopes: broker.Scopes{"x"}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s, %s: %v %s", way, row.name, err, diff)
			}
		}
	}
	if _, err := basic.Prove(t.Context(), tenant, &broker.Request{}); broker.AsError(err).Code != broker.InvalidGrant || !strings.Contains(err.Error(), "Authorization") {
		t.Errorf("basic without a header: %v", err)
	}
}

// costOf is what an evaluation costs today.
func costOf(t *testing.T, c *counted) hash.Cost {
	t.Helper()
	before := len(c.costs)
	if _, err := c.Hash(t.Context(), secret.New("x")); err != nil {
		t.Fatal(err)
	}
	cost := c.costs[before]
	c.costs = c.costs[:before]
	return cost
}

// crowded has no room.
type crowded struct{ err error }

func (c crowded) Verify(context.Context, *broker.Tenant, *broker.User, secret.Text) (bool, error) {
	return true, c.err
}

func TestPasswordWithoutRoom(t *testing.T) {
	busy := broker.Refuse(broker.Unavailable, "busy")
	got, err := proof.Password{Passwords: crowded{busy}}.Prove(t.Context(), &broker.Tenant{}, &broker.Request{})
	if err != error(busy) || got.Subject.Kind != broker.Nobody {
		t.Errorf("%+v, %v", got, err)
	}
}
