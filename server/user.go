package main

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type userCommands struct {
	Create  userCreate  `cmd:"" help:"Register somebody, or a machine, who logs in with a password."`
	Passwd  userPasswd  `cmd:"" help:"Give a user another password. Their tokens stay."`
	Set     userSet     `cmd:"" help:"Change what a user may do."`
	List    userList    `cmd:"" help:"List a tenant's users."`
	Disable userDisable `cmd:"" help:"Keep a user out; their tokens do not count meanwhile."`
	Enable  userEnable  `cmd:"" help:"Let a user in again."`
	Delete  userDelete  `cmd:"" help:"Delete a user with all their tokens. There is no way back."`
}

type userCreate struct {
	Tenant  string   `arg:""`
	Login   string   `arg:"" help:"What they log in with, such as an e-mail address. Capitals and small letters are the same."`
	Machine bool     `env:"-" help:"It is a machine: the password has 32 characters or more."`
	Scope   []string `env:"-" help:"What their tokens may be used for at most: a name such as profiles.read, all of a family (profiles.*), or *. May be repeated; without it: nothing." placeholder:"SCOPE"`
	passwordFlags
}

// Run registers the user.
func (c *userCreate) Run(a *app) error {
	user := broker.User{ID: newID("user_"), Login: c.Login, Machine: c.Machine, Created: time.Now()}
	err := checkLogin(c.Login)
	if err == nil {
		user.Scopes, err = readScopes(c.Scope)
	}
	if err != nil {
		return err
	}
	text, err := c.password(a, c.Machine)
	if err != nil {
		return err
	}
	return a.withStore(func(s *store.Store) error {
		if user.Password, err = hashed(a, text); err != nil {
			return err
		}
		about := facts{"user_id": user.ID, "login": user.Login, "machine": user.Machine, "scopes": notNil(user.Scopes)}
		if err := saying(s, c.Tenant, "user create", about).AddUser(a.ctx, user); err != nil {
			return err
		}
		return a.print(facts{"user_id": user.ID, "login": user.Login}, "User "+c.Login+" of "+c.Tenant+" is there.")
	})
}

const longestLogin = 254 // bytes

// checkLogin is for what can be sent by Basic, which ends a login at a colon
// (RFC 7617 section 2), and read by people.
func checkLogin(login string) error {
	if login == "" || len(login) > longestLogin || !utf8.ValidString(login) || strings.ContainsRune(login, ':') ||
		strings.ContainsFunc(login, unseen) || strings.TrimSpace(login) != login {
		return usageError("a login has up to 254 bytes: letters, digits, signs other than a colon, and blanks in between")
	}
	return nil
}

type userPasswd struct {
	userArgs
	passwordFlags
}

// Run replaces the password.
func (c *userPasswd) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		user, err := findUser(a, s.In(c.Tenant), c.Login)
		if err != nil {
			return err
		}
		text, err := c.password(a, user.Machine)
		if err != nil {
			return err
		}
		phc, err := hashed(a, text)
		if err != nil {
			return err
		}
		if err := saying(s, c.Tenant, "user passwd", aboutUser(user)).SetPassword(a.ctx, user.ID, phc); err != nil {
			return err
		}
		a.say("Tokens that they have stay good. To end those: shapestoken token revoke %s --user %s", c.Tenant, user.Login)
		return a.print(aboutUser(user), "User "+user.Login+" has another password.")
	})
}

// userArgs name one user.
type userArgs struct {
	Tenant string `arg:""`
	Login  string `arg:"" help:"However it is written."`
}

var errNoUser = errors.New("the tenant has no user of that login; user list shows those it has")

func findUser(a *app, t store.Tenant, login string) (broker.User, error) {
	user, err := t.UserByLogin(a.ctx, login)
	if errors.Is(err, store.ErrNotFound) {
		return broker.User{}, errNoUser
	}
	return user, err
}

func aboutUser(u broker.User) facts { return facts{"user_id": u.ID, "login": u.Login} }

// change does one thing to the user, and says so.
func (c userArgs) change(a *app, act string, value facts, outcome string, do func(t store.Tenant, id string) error) error {
	return a.withStore(func(s *store.Store) error {
		user, err := findUser(a, s.In(c.Tenant), c.Login)
		if err != nil {
			return err
		}
		value["user_id"], value["login"] = user.ID, user.Login
		if err := do(saying(s, c.Tenant, act, value), user.ID); err != nil {
			return err
		}
		return a.print(value, "User "+user.Login+" "+outcome+".")
	})
}
