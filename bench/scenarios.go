package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
)

const (
	page = "https://shop.example.com"
	shop = "acme-dev.myshopify.com"
)

// againstBare is the service with everything on, against the bare handler.
func (s settings) againstBare(algorithm string) error {
	ours, err := s.service("one-"+algorithm, 1, broker.Algorithm(algorithm))
	if err != nil {
		return err
	}
	defer ours.process.stop()
	ours.name = "shapestoken"
	bare, err := start(s.dir, filepath.Join(s.dir, "bare"), "-alg", algorithm, "-secret", secretOf(0))
	if err != nil {
		return err
	}
	defer bare.stop()
	return s.paired("The whole exchange, "+algorithm, ours, &side{name: "bare Fiber handler", process: bare, requests: ours.requests})
}

// manyTenants is what a tenant costs the others: with traffic as it falls on
// shops (a few have most of it), and in the worst case, where each exchange is
// for the tenant that has waited longest and finds nothing of it in the
// processor's caches.
func (s settings) manyTenants() error {
	many, err := s.service("many", s.tenants, broker.ES256)
	if err != nil {
		return err
	}
	defer many.process.stop()
	one, err := s.service("one", 1, broker.ES256)
	if err != nil {
		return err
	}
	defer one.process.stop()
	if err := s.paired("Tenants, each in turn", many, one); err != nil {
		return err
	}
	return s.paired("Tenants, a few have most of the traffic (Zipf, s = 1.1)", many.unevenly(), one.unevenly())
}

// unevenly is the same side with requests drawn from a Zipf distribution, the
// same ones each time.
func (one *side) unevenly() *side {
	draw := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, uint64(len(one.requests)-1))
	uneven := &side{name: one.name, process: one.process, requests: make([][]byte, 200_000)}
	for i := range uneven.requests {
		uneven.requests[i] = one.requests[draw.Uint64()]
	}
	return uneven
}

// idle is a start with an existing database, and what the process holds then.
func (s settings) idle() error {
	if err := s.furnish("one", 1, broker.ES256); err != nil {
		return err
	}
	fmt.Println("\nStart with an existing SQLite file, and memory before any request")
	for range s.rounds {
		began := time.Now()
		p, err := start(s.dir, filepath.Join(s.dir, "shapestoken"), s.flags("one")...)
		if err != nil {
			return err
		}
		took := time.Since(began)
		time.Sleep(2 * time.Second)
		resident, err := p.resident()
		p.stop()
		if err != nil {
			return err
		}
		fmt.Printf("  ready after %4d ms, resident %s\n", took.Milliseconds(), resident)
	}
	return nil
}

// service starts the program on a database with that many tenants, with
// requests that go round all of them. Every tenant has been loaded once.
func (s settings) service(name string, tenants int, algorithm broker.Algorithm) (*side, error) {
	if err := s.furnish(name, tenants, algorithm); err != nil {
		return nil, err
	}
	p, err := start(s.dir, filepath.Join(s.dir, "shapestoken"), s.flags(name)...)
	if err != nil {
		return nil, err
	}
	one := &side{name: fmt.Sprintf("%d tenants", tenants), process: p}
	for i := range tenants {
		r, err := request(p.addr, i)
		if err != nil {
			return nil, err
		}
		one.requests = append(one.requests, r)
	}
	return one, nil
}

// flags are the service as it runs in production, but for the limit by
// address: all of this load comes from one.
func (s settings) flags(name string) []string {
	return []string{"serve", "--json", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0", "--ip-rate", "0",
		"--database", "sqlite:" + s.dir + "/" + name + ".db", "--master-key-file", s.dir + "/" + name + ".key"}
}

func (s settings) furnish(name string, tenants int, algorithm broker.Algorithm) error {
	if _, err := os.Stat(s.dir + "/" + name + ".db"); err == nil {
		return nil
	}
	ctx := context.Background()
	keyring, err := seal.Create(s.dir + "/" + name + ".key")
	if err != nil {
		return err
	}
	db, err := store.Create(ctx, "sqlite:"+s.dir+"/"+name+".db")
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Unlock(ctx, keyring); err != nil {
		return err
	}
	for i := range tenants {
		if err := addTenant(ctx, db, i, algorithm); err != nil {
			return err
		}
	}
	return nil
}

func addTenant(ctx context.Context, db *store.Store, i int, algorithm broker.Algorithm) error {
	keys, err := token.First(algorithm, time.Now())
	if err != nil {
		return err
	}
	name := tenantName(i)
	err = db.CreateTenant(ctx, store.NewTenant{Keys: keys, Settings: broker.Settings{
		Name: name, Status: broker.Active, Algorithm: algorithm, TokenTTL: broker.DefaultTokenTTL,
		KeyTTL: broker.DefaultKeyTTL, JWKSMaxAge: broker.DefaultJWKSMaxAge, Created: time.Now(),
	}})
	if err != nil {
		return err
	}
	record := broker.ShopRecord{Name: shop, Policy: broker.V1AndV2, MaxAge: hmac.DefaultMaxAge, Created: time.Now()}
	if err := db.In(name).AddShop(ctx, record, secret.New(secretOf(i))); err != nil {
		return err
	}
	return db.In(name).AddOrigin(ctx, broker.Origin{Origin: page})
}

func tenantName(i int) string { return "t" + strconv.Itoa(i) }

func secretOf(i int) string { return fmt.Sprintf("the-secret-of-tenant-%012d", i) }

// request is what a storefront's browser sends.
func request(addr string, tenant int) ([]byte, error) {
	key, err := hmac.NewKey([]byte(secretOf(tenant)))
	if err != nil {
		return nil, err
	}
	signature, result := key.SignCustomer("7210381803720", "", "")
	if result != hmac.Valid {
		return nil, result.Err()
	}
	body := fmt.Sprintf(`{"id":"7210381803720","signature":%q}`, signature)
	return fmt.Appendf(nil, "POST /t/%s/shopify/api/v1/auth/token HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		tenantName(tenant), addr, page, len(body), body), nil
}
