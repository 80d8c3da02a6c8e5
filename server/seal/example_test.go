package seal_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/seal"
)

func Example() {
	dir, err := os.MkdirTemp("", "seal")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	keyring, err := seal.Create(filepath.Join(dir, "shapestoken.key"))
	if err != nil {
		log.Fatal(err)
	}
	place := broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: "1"}
	sealed, err := keyring.Seal(place, []byte("what only the shop knows"))
	if err != nil {
		log.Fatal(err)
	}

	opened, err := keyring.Unseal(place, sealed)
	fmt.Println(string(opened), err)

	place.Tenant = "bravo"
	_, err = keyring.Unseal(place, sealed)
	fmt.Println(errors.Is(err, seal.ErrWrongKey))
	// Output:
	// what only the shop knows <nil>
	// true
}

// A rotation seals every value again. Each step may be repeated after it was
// cut short.
func ExampleKeyring_Rotate() {
	dir, err := os.MkdirTemp("", "seal")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	keyring, err := seal.Create(filepath.Join(dir, "shapestoken.key"))
	if err != nil {
		log.Fatal(err)
	}
	place := broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: "1"}
	row, err := keyring.Seal(place, []byte("what only the shop knows"))
	if err != nil {
		log.Fatal(err)
	}

	primary, err := keyring.Rotate()
	if err != nil {
		log.Fatal(err)
	}
	if seal.KeyID(row) != primary {
		opened, err := keyring.Unseal(place, row)
		if err != nil {
			log.Fatal(err)
		}
		if row, err = keyring.Seal(place, opened); err != nil {
			log.Fatal(err)
		}
	}
	if err := keyring.Retire(primary); err != nil {
		log.Fatal(err)
	}

	opened, err := keyring.Unseal(place, row)
	fmt.Println(string(opened), err)
	// Output: what only the shop knows <nil>
}
