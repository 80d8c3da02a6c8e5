package hash_test

import (
	"context"
	"fmt"

	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
)

func ExamplePasswords() {
	ctx, passwords := context.Background(), hash.NewPasswords(hash.Config{})
	stored, _ := passwords.Hash(ctx, secret.New("correct horse"))

	ok, again, err := passwords.Verify(ctx, stored, secret.New("correct horse"))
	fmt.Println("known:", ok, again, err)
	ok, again, err = passwords.Verify(ctx, "", secret.New("correct horse"))
	fmt.Println("unknown:", ok, again, err)
	// Output:
	// known: true false <nil>
	// unknown: false false <nil>
}

func ExampleNewSecret() {
	token := hash.NewSecret(hash.APIToken) // shown once
	stored := hash.Sum(token)              // kept

	cut := secret.New(token.Reveal()[:20])
	fmt.Println(hash.Plausible(hash.APIToken, token), hash.Plausible(hash.APIToken, cut))
	fmt.Println(hash.Sum(token) == stored, hash.Sum(cut) == stored)
	// Output:
	// true false
	// true false
}
