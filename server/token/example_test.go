package token_test

import (
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/token"
)

func Example() {
	now := time.Now().Truncate(time.Second)
	keys, err := token.First(broker.ES256, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	mint, err := token.New(token.Config{Issuer: "https://api.acme.example", Keys: keys})
	if err != nil {
		fmt.Println(err)
		return
	}
	customer := broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: "6940095564132"},
		Method:  broker.HMAC2,
		Shop:    &broker.Shop{Name: "acme.myshopify.com"},
		PID:     "7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11",
	}
	text, err := mint.Sign(broker.Want{Identity: customer, IssuedAt: now, ExpiresAt: now.Add(15 * time.Minute)})
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := mint.Verify(text)
	fmt.Println(claims.PID, claims.Shop, claims.CustomerID, claims.Methods, err)

	_, err = mint.Verify(text[:len(text)-1])
	fmt.Println(err)
	// Output:
	// 7f0c1a52-93b5-4d6e-8a1f-2f6f0f5b1c11 acme.myshopify.com 6940095564132 [hmac2] <nil>
	// the token is not valid: malformed
}
