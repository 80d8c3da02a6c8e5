package main

import (
	"context"
	"encoding/json"
	"net"
	"path/filepath"
	"testing"

	"github.com/shapestoken/shapestoken/server/ops"
	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

// A dead database must not log a storefront out: exchanges of tenants in memory
// go on, what is not in memory is 503 and never a "no", and /readyz says so.
func TestOutage(t *testing.T) {
	for name, start := range map[string]func(*testing.T) (p *program, cut, mend func()){
		"SQLite, every call fails": onFailingSQLite,
		"Postgres, stopped":        onStoppedPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			p, cut, mend := start(t)
			warm, good := v1(t, secretA, custom), v1(t, secretB, custom)
			if a := p.exchange("warm", "", warm); a.StatusCode != 200 {
				t.Fatalf("before: %d %s", a.StatusCode, a.body)
			}
			cut()
			eventually(t, "readyz tells", func() bool { return readiness(t, p) == "200 degraded" })
			for range 50 {
				if a := p.exchange("warm", "", warm); a.StatusCode != 200 {
					t.Fatalf("a tenant in memory: %d %s", a.StatusCode, a.body)
				}
				mustRefuse(t, p.exchange("warm", "", good), 401, "invalid_signature", "")
			}
			for _, tenant := range []string{"cold", "nobody"} {
				a := p.exchange(tenant, "", good)
				mustRefuse(t, a, 503, "server_error", "")
				if a.Header.Get("Retry-After") == "" {
					t.Errorf("%s: no Retry-After", tenant)
				}
			}
			if a := p.do("GET", p.public+"/t/warm/.well-known/jwks.json", ""); a.StatusCode != 200 {
				t.Errorf("JWKS: %d", a.StatusCode)
			}
			mend()
			eventually(t, "readyz recovers", func() bool { return readiness(t, p) == "200 ok" })
			eventually(t, "the other tenant is served", func() bool { return p.exchange("cold", "", good).StatusCode == 200 })
			eventually(t, "nobody is nobody", func() bool { return p.exchange("nobody", "", good).StatusCode == 404 })
		})
	}
}

func readiness(t *testing.T, p *program) string {
	a := p.do("GET", p.ops+"/readyz", "")
	var r struct{ Status string }
	if err := json.Unmarshal([]byte(a.body), &r); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return a.Status[:3] + " " + r.Status
}

func furnishOutage(p *program) {
	p.must("", "tenant", "create", "warm")
	p.must(secretA, "shop", "add", "warm", shopA, "--secret-stdin")
	p.must("", "tenant", "create", "cold")
	p.must(secretB, "shop", "add", "cold", shopA, "--secret-stdin")
}

func onStoppedPostgres(t *testing.T) (*program, func(), func()) {
	cluster := storetest.StartPostgres(t)
	p := onDatabase(t, cluster.Database(t), t.TempDir()+"/test.key")
	furnishOutage(p)
	p.serve("--ip-rate", "0")
	return p, func() { cluster.Stop(t) }, func() { cluster.Start(t) }
}

// onFailingSQLite runs the service on a store whose driver can be cut off.
func onFailingSQLite(t *testing.T) (*program, func(), func()) {
	dir := t.TempDir()
	url, key := "sqlite:"+filepath.Join(dir, "test.db"), filepath.Join(dir, "test.key")
	p := onDatabase(t, url, key)
	furnishOutage(p)
	var outage storetest.Outage
	p.serveWith(serviceConfig{Store: openWith(t, url, key, &outage)})
	return p, outage.Cut, outage.Mend
}

func openWith(t *testing.T, url, key string, outage *storetest.Outage) *store.Store {
	t.Helper()
	source, err := store.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	outage.Watch(source)
	s, err := store.OpenDB(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := seal.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Unlock(t.Context(), keyring); err != nil {
		t.Fatal(err)
	}
	return s
}

// serveWith is serve with what no flag could say; the listener and the log are as ever.
func (p *program) serveWith(c serviceConfig) {
	p.t.Helper()
	public, private := listen(p.t), listen(p.t)
	log, flush := ops.NewLogger(p.log, -4)
	c.Public, c.Log = public, log
	service, err := newService(context.Background(), c)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.run(ctx, private, 0) }()
	p.public, p.ops = "http://"+public.Addr().String(), "http://"+private.Addr().String()
	p.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			p.t.Error(err)
		}
		flush()
		c.Store.Close()
	})
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
