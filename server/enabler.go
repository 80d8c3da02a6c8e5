package main

import (
	"context"
	"time"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// enabler implements broker.Enabler: what it does and what the audit says of it
// are one transaction.
type enabler struct {
	store  *store.Store
	writer string // in whose chains of the audit it is said
}

// Use implements broker.Enabler.
func (e enabler) Use(ctx context.Context, t *broker.Tenant, w broker.Want) (broker.AppUse, error) {
	use, err := e.store.In(t.Name).AppUse(ctx, appUser(w))
	if err != nil {
		return broker.AppUse{}, errUnseen.Because(err)
	}
	return use, nil
}

// Enable implements broker.Enabler.
func (e enabler) Enable(ctx context.Context, t *broker.Tenant, w broker.Want, install bool) error {
	in := e.store.In(t.Name).As(store.Act{Writer: e.writer, Line: audit.Enable(w)})
	return in.EnableApp(ctx, appUser(w), w.IssuedAt, install)
}

func appUser(w broker.Want) store.AppUser {
	return store.AppUser{App: w.App.ID, Issuer: w.Identity.Issuer, UID: w.Identity.Subject.ID}
}

var errUnseen = broker.Refuse(broker.Unavailable, "the service cannot look at its database at the moment; try again").After(time.Second)
