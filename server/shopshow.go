package main

import (
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type shopShow struct {
	Tenant string `arg:""`
	Shop   string `arg:""`
}

// outOfUse is how long v1 must not have been used before nobody is expected to
// come with it: longer than a page is left open, and than a customer is away.
const outOfUse = 14 * 24 * time.Hour

// Run shows all that is known of a shop but its secrets.
func (c *shopShow) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		v, err := c.look(a, s.In(c.Tenant))
		if err != nil {
			return err
		}
		return a.print(v, v.text(c.Tenant, time.Now()))
	})
}

// shopView is a shop as operators see it. Times are RFC 3339, in UTC; one that
// is left out has not been.
type shopView struct {
	Shop      string        `json:"shop"`
	Policy    string        `json:"policy"`
	MaxAge    string        `json:"max_age"`
	Secrets   []secretView  `json:"secrets"`
	Signed    []signedView  `json:"signed"`
	Enforce   enforceView   `json:"v2_only"`
	Rotation  *rotationView `json:"rotation,omitempty"`
	Admin     *adminView    `json:"admin,omitempty"`
	AppClient string        `json:"client_id,omitempty"`
	maxAge    time.Duration
}

type secretView struct {
	Number int64      `json:"number"`
	Made   time.Time  `json:"made"`
	Used   *time.Time `json:"last_used,omitempty"`
}

type signedView struct {
	Signature string    `json:"signature"`
	Uses      int64     `json:"exchanges"`
	Last      time.Time `json:"last"`
}

type enforceView struct {
	Safe bool   `json:"safe"`
	Why  string `json:"why"`
}

type rotationView struct {
	Began   time.Time  `json:"began"`
	Written *time.Time `json:"written,omitempty"`
	Quiet   string     `json:"quiet"`
	Limit   string     `json:"limit"`
	Problem string     `json:"problem,omitempty"`
	plan    broker.Plan
}

type adminView struct {
	Holder  broker.Holder `json:"holder"`
	Granted time.Time     `json:"granted"`
	Expires *time.Time    `json:"expires,omitempty"`
}

func (c *shopShow) look(a *app, t store.Tenant) (v shopView, err error) {
	rec, err := t.Load(a.ctx)
	if err != nil {
		return v, err
	}
	shop, err := named(rec.Shops, c.Shop)
	if err != nil {
		return v, err
	}
	signed, err := t.Signed(a.ctx, c.Shop)
	if err != nil {
		return v, err
	}
	v = shopView{Shop: shop.Name, Policy: shop.Policy.String(), MaxAge: shop.MaxAge.String(), AppClient: shop.App.ClientID, maxAge: shop.MaxAge,
		Secrets: []secretView{}, Signed: []signedView{}, Enforce: enforce(shop, signed, time.Now())}
	for _, s := range shop.Secrets {
		v.Secrets = append(v.Secrets, secretView{s.Number, s.Made, optional(s.Used)})
	}
	for _, s := range signed {
		v.Signed = append(v.Signed, signedView(s))
	}
	return v, c.lookAtRotation(a, t, &v)
}

func (c *shopShow) lookAtRotation(a *app, t store.Tenant, v *shopView) error {
	r, err := t.Rotation(a.ctx, c.Shop)
	switch {
	case err == nil:
		v.Rotation = &rotationView{r.Began, optional(r.Written), r.Plan.Quiet.String(), r.Plan.Longest.String(), r.Problem, r.Plan}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	access, err := t.Admin(a.ctx, c.Shop)
	switch {
	case err == nil:
		v.Admin = &adminView{access.Holder, access.Granted, optional(access.Expires)}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
