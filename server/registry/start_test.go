package registry_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/registry"
)

func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("acme", "bolt")
		h := open(t, db)
		if n := db.loads(); n != 0 {
			t.Errorf("%d tenants loaded before anyone asked", n)
		}
		if s := h.State(); s.Away || s.Tenants != 2 || s.Loaded != 0 || !s.LastSync.Equal(time.Now()) {
			t.Errorf("after Start: %+v", s)
		}
		h.shows("bolt", 2)
		if s := h.State(); s.Loaded != 1 {
			t.Errorf("%d tenants loaded, want 1", s.Loaded)
		}
	})
}

// Neither is a special value.
func TestStartWithoutEpochOrRevision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("acme")
		db.restore("", 0)
		open(t, db).shows("acme", 2)
	})
}

// However many names there are, Start has time to read them.
func TestStartIsPatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("acme")
		db.on(func(ctx context.Context, call string) error {
			if call == "names" {
				time.Sleep(9 * timeout)
			}
			return ctx.Err()
		}, nil)
		open(t, db).shows("acme", 1)
	})
}

func TestStartFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, broken := range map[string]func(context.Context, string) error{
			"revision": failing("revision"), "names": failing("names"), "hanging": hang,
			"panic": func(context.Context, string) error { panic("secret") },
		} {
			db := newDatabase("acme")
			r := registry.New(registry.Config{Source: db, Assemble: assemble})
			h := &house{Registry: r, t: t, db: db}

			db.on(broken, nil)
			if err := r.Start(t.Context()); err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: Start: %v", name, err)
			}
			if !r.State().Away {
				t.Errorf("%s: not away though Start failed", name)
			}
			h.refuses("acme", broker.Unavailable)
			h.refuses("nobody", broker.Unavailable)
			if err := r.Run(t.Context()); err == nil {
				t.Errorf("%s: Run goes on without Start", name)
			}

			db.up()
			if err := r.Start(t.Context()); err != nil {
				t.Errorf("%s: second Start: %v", name, err)
			}
			h.shows("acme", 1)
		}
	})
}
