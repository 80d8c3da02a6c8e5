package main

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/upkeep"
)

// A key that has grown old is replaced by the server itself, and by one of several only.
func TestKeysAgeAndAreReplaced(t *testing.T) {
	for name, fresh := range engines {
		t.Run(name, func(t *testing.T) {
			p := onDatabase(t, fresh(t), t.TempDir()+"/test.key")
			p.must("", "tenant", "create", "acme", "--jwks-max-age", "1s", "--key-ttl", "1h")
			p.must("", "tenant", "create", "young", "--jwks-max-age", "1s")
			one, two := p.upkeep(), p.upkeep()
			later := func() time.Time { return time.Now().Add(2 * time.Hour) }
			one.Now, two.Now = later, later
			before, young := p.activeKey("acme"), p.activeKey("young")
			time.Sleep(1100 * time.Millisecond) // the JWKS max-age
			upkeep.Round(t.Context(), one)
			upkeep.Round(t.Context(), two)
			if after := p.activeKey("acme"); after == before {
				t.Error("the old key still signs")
			}
			if p.activeKey("young") != young {
				t.Error("a young key was replaced")
			}
		})
	}
}

// upkeep is what a server on this database does by itself.
func (p *program) upkeep() upkeep.Config {
	p.t.Helper()
	a := &app{ctx: p.t.Context(), cli: &cli{Database: p.args[1], MasterKeyFile: p.args[3]}}
	s, _, err := a.openStore(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.Close() })
	service, err := newService(p.t.Context(), serviceConfig{Store: s, Log: discard, Public: listen(p.t)})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { service.watcher.Close(); service.config.Public.Close() })
	return service.upkeep()
}

func (p *program) activeKey(tenant string) string {
	p.t.Helper()
	for _, key := range p.list("key", "list", tenant) {
		if key["state"] == "active" {
			return key["kid"].(string)
		}
	}
	p.t.Fatalf("%s has no active key", tenant)
	return ""
}
