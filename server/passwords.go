package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// passwords implements proof.Passwords.
type passwords struct {
	hash  *hash.Passwords
	store *store.Store
	log   *slog.Logger
}

// Verify implements proof.Passwords. A hash of another cost than today's is
// replaced once the password is known to be right.
func (p passwords) Verify(ctx context.Context, t *broker.Tenant, u *broker.User, password secret.Text) (bool, error) {
	right, again, err := p.hash.Verify(ctx, u.Password, password)
	switch {
	case errors.Is(err, hash.ErrStored):
		p.log.Error("a user's password hash cannot be read: nobody can log in with it", "tenant", t.Name, "user", u.ID, "cause", err)
		return false, nil
	case errors.Is(err, hash.ErrBroken):
		p.log.Error("passwords cannot be checked", "cause", err)
		return false, errBroken.Because(err)
	case err != nil:
		return false, errCrowded.Because(err)
	case again:
		go p.renew(context.WithoutCancel(ctx), t, u, password) // nobody waits for it
	}
	return right, nil
}

// renew leaves everything as it is if it does not work: the next login tries again.
func (p passwords) renew(ctx context.Context, t *broker.Tenant, u *broker.User, password secret.Text) {
	ctx, cancel := context.WithTimeout(ctx, renewing)
	defer cancel()
	fresh, err := p.hash.Hash(ctx, password)
	if err == nil {
		err = p.store.In(t.Name).RehashPassword(ctx, u.ID, u.Password, fresh)
	}
	if err != nil {
		p.log.Warn("a password hash could not be renewed", "tenant", t.Name, "user", u.ID, "cause", err)
	}
}

const renewing = 10 * time.Second

var (
	errCrowded = broker.Refuse(broker.Unavailable, "too many passwords are being checked at the moment; try again").After(time.Second)
	errBroken  = broker.Refuse(broker.Unavailable, "passwords cannot be checked at the moment; try again").After(time.Second)
)
