package main

import (
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type appPaid struct {
	Tenant string `arg:""`
	ID     string `arg:"" help:"The app's id."`
	UID    string `arg:"" help:"Who has paid: their uid at Firebase."`
	For    life   `env:"-" default:"720h" help:"How long that counts. Default: 30d." placeholder:"30d"`
}

var (
	errNoApp     = errors.New("the tenant has no app of that id; app list shows those it has")
	errNoProject = errors.New("the tenant trusts no Firebase project yet, by which people have a uid: issuer add TENANT --firebase-project P")
)

// Run notes the payment.
func (c *appPaid) Run(a *app) error {
	if !validUID(c.UID) {
		return errUID
	}
	until := time.Now().Add(time.Duration(c.For))
	if c.For == life(broker.Forever) {
		until = time.Now().Add(mostLife)
	}
	return a.withStore(func(s *store.Store) error {
		who, err := c.who(a, s)
		if err != nil {
			return err
		}
		value := facts{"app_id": c.ID, "uid": c.UID, "until": rfc3339(until)}
		err = saying(s, c.Tenant, "app paid", value).MarkPaid(a.ctx, who, until)
		if errors.Is(err, store.ErrNotFound) {
			return errNoApp
		}
		if err != nil {
			return err
		}
		return a.print(value, c.UID+" has paid for "+c.ID+" until "+rfc3339(until)+".")
	})
}

// who names the person by the project that people have their uid of.
func (c *appPaid) who(a *app, s *store.Store) (store.AppUser, error) {
	issuers, err := s.In(c.Tenant).Issuers(a.ctx)
	for _, issuer := range issuers {
		if issuer.Project != "" {
			return store.AppUser{App: c.ID, Issuer: issuer.URL, UID: c.UID}, nil
		}
	}
	return store.AppUser{}, errors.Join(err, errNoProject)
}
