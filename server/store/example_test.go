package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/store/storetest"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := run(context.Background(), "sqlite:"+filepath.Join(dir, "shapestoken.db")); err != nil {
		log.Fatal(err)
	}
	// Output:
	// revision 2: acme has 1 shop and 2 keys
	// again: it exists already
}

func run(ctx context.Context, url string) error {
	s, err := store.Create(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := s.Unlock(ctx, storetest.Keyring{1}); err != nil { // the service's own is in server/seal
		return err
	}
	tenant := store.NewTenant{
		Settings: storetest.Settings("acme"),
		Keys:     []broker.SigningKey{storetest.Key("k1", broker.Current), storetest.Key("k2", broker.Next)},
	}
	if err := s.CreateTenant(ctx, tenant); err != nil {
		return err
	}
	acme := s.In("acme")
	shop := broker.ShopRecord{Name: "acme.myshopify.com", Policy: broker.V1AndV2, MaxAge: tenant.Settings.TokenTTL}
	if err := acme.AddShop(ctx, shop, secret.New("an id_secret that is long enough")); err != nil {
		return err
	}
	r, err := acme.Load(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("revision %d: %s has %d shop and %d keys\n", r.Revision, r.Settings.Name, len(r.Shops), len(r.Keys))
	fmt.Println("again:", s.CreateTenant(ctx, tenant))
	return nil
}
