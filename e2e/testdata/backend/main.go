// For each line, {token, needs}: who it is of, and whether it covers that; or
// that it is refused.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"

	"example.com/yours/access"
)

func main() {
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: os.Getenv("AUDIENCE")})
	var question struct{ Token, Needs string }
	for in := json.NewDecoder(os.Stdin); in.Decode(&question) == nil; {
		answer := map[string]any{"refused": true}
		if t, err := access.Verify(context.Background(), verifier, question.Token); err == nil {
			answer = map[string]any{"client": t.Client, "covers": t.Covers(question.Needs)}
		}
		_ = json.NewEncoder(os.Stdout).Encode(answer)
	}
}
