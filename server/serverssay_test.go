package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

type serverDeed struct {
	do   func(ctx context.Context, s *store.Store) error
	acts []string // what the audit says of it
}

// What a running server does by itself is said in the audit, too, or not done.
func TestServersSay(t *testing.T) {
	w := newScene(t)
	notice := broker.Notice{Tenant: "acme", ID: "hook", Shop: shopA, Customer: custom, Kept: "7001", Happened: time.Now()}
	deeds := map[string]serverDeed{
		"a key that is due": {func(ctx context.Context, s *store.Store) error {
			return rotateDue(ctx, s, "acme")
		}, []string{"key rotate"}},
		"the end of a rotation": {func(ctx context.Context, s *store.Store) error {
			if err := s.In("acme").BeginRotation(ctx, shopA, newSecret(), broker.Plan{Quiet: time.Hour}); err != nil {
				return err
			}
			k := newKeeper(s, itself, nil, discard)
			r, err := k.Store.In("acme").Rotation(ctx, shopA)
			if err != nil {
				return err
			}
			return k.Store.In("acme").EndRotation(ctx, r)
		}, []string{"shop retire"}},
		"an access that is kept": {func(ctx context.Context, s *store.Store) error {
			a := broker.Admin{Holder: broker.HeldByShop, Token: secret.New("shpat_canary"), Granted: time.Now()}
			return newKeeper(s, itself, nil, discard).Store.In("acme").SetAdmin(ctx, shopA, a)
		}, []string{"shop admin"}},
	}
	for topic, acts := range map[broker.Topic][]string{
		broker.AppUninstalled: {"webhook"}, broker.CustomersMerge: {"webhook"}, broker.CustomersRedact: {"webhook"},
		broker.CustomersDataRequest: nil, broker.ShopRedact: {"webhook", "webhook"},
	} {
		deeds[string(topic)] = serverDeed{func(ctx context.Context, s *store.Store) error { return errands(s)[topic](ctx, notice) }, acts}
	}
	for name, d := range deeds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.copy(t)
			s, before := p.database(), len(p.audit("acme"))
			if err := d.do(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			var acts []string
			for _, l := range p.audit("acme")[before:] {
				acts = append(acts, l.Act)
				if l.By != itself {
					t.Errorf("by %q", l.By)
				}
			}
			if diff := cmp.Diff(d.acts, acts); diff != "" {
				t.Error(diff)
			}
			if text := strings.Join(p.dump()["audit"], "\n"); strings.Contains(text, custom) || strings.Contains(text, "canary") {
				t.Errorf("the audit says too much:\n%s", text)
			}
			p = w.copy(t)
			p.tamper(tampers["head changed"]...)
			if err := d.do(t.Context(), p.database()); d.acts != nil && !errors.Is(err, store.ErrAudit) {
				t.Errorf("it was done although it could not be said: %v", err)
			}
		})
	}
	if got := slices.Sorted(maps.Keys(errands(nil))); len(got) != 5 {
		t.Errorf("errands %v: is each of them here?", got)
	}
}

func TestInstallIsSaid(t *testing.T) {
	m := newMerchant(t)
	back := m.consents()
	before := len(m.audit("acme"))
	if a := m.returns(back); a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	want := []auditLine{{Act: "install", By: itself, About: facts{"shop": shopA, "client_id": appID, "holder": "shop"}}}
	if diff := cmp.Diff(want, m.audit("acme")[before:]); diff != "" {
		t.Error(diff)
	}
	back = m.consents()
	m.tamper(tampers["head changed"]...)
	was := m.dump()["shop_admin"]
	mustShow(t, "unsaid", m.returns(back), 503, "could not be kept")
	if diff := cmp.Diff(was, m.dump()["shop_admin"]); diff != "" {
		t.Error(diff)
	}
}
