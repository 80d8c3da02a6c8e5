package main

import (
	"fmt"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
)

// passwordFlags are from where a new password is read.
type passwordFlags struct {
	PasswordStdin bool   `env:"-" help:"Read the password from stdin. One final line end does not belong to it."`
	PasswordEnv   string `env:"-" help:"Read the password from this environment variable." placeholder:"NAME"`
}

// The least characters of a password. Wrong guesses are slowed down, so that
// eight are enough for a person (OWASP ASVS 5.0, 6.2.1); a machine has no trouble
// with more, and Omneo asks for 32.
const (
	leastForPerson  = 8
	leastForMachine = 32
)

// password reads one that somebody may have. It says nothing of what was read.
func (f passwordFlags) password(a *app, machine bool) (secret.Text, error) {
	text, err := a.secretFrom("password", f.PasswordStdin, f.PasswordEnv)
	if err != nil {
		return secret.Text{}, err
	}
	least, whose := leastForPerson, "a person's"
	if machine {
		least, whose = leastForMachine, "a machine's"
	}
	switch plain := text.Reveal(); {
	case utf8.RuneCountInString(plain) < least:
		return secret.Text{}, fmt.Errorf("%s password has at least %d characters; choose a longer one", whose, least)
	case len(plain) > hash.MaxPassword:
		return secret.Text{}, fmt.Errorf("a password has at most %d bytes; choose a shorter one", hash.MaxPassword)
	}
	return text, nil
}

// hashed is what is stored of a password.
func hashed(a *app, text secret.Text) (string, error) {
	return hash.NewPasswords(hash.Config{}).Hash(a.ctx, text)
}
