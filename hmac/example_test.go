package hmac_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// A server prepares its key once and judges each request with it.
func Example() {
	key, err := hmac.NewKey([]byte("test-id-secret-0123456789abcdefghij"))
	if err != nil {
		panic(err)
	}

	customer, result := hmac.ParseCustomer("7210381803720", "acme-dev.myshopify.com", "1795200000",
		"c42df2857ad7c4156ded7d544f265cba7e40d0739c07cd5a61ddd53d698a8358")
	if result == hmac.Valid {
		now := time.Unix(1795200300, 0) // five minutes later; a server says time.Now()
		result = key.VerifyCustomer(&customer, now, hmac.DefaultMaxAge, hmac.DefaultSkew)
	}
	fmt.Println(customer.ID, customer.Version(), result)
	// Output: 7210381803720 v2 valid
}

// In continuous integration there is no theme, so the test signs for it.
func ExampleKey_SignCustomer() {
	key, err := hmac.NewKey([]byte("test-id-secret-0123456789abcdefghij")) // os.Getenv("ID_SECRET")
	if err != nil {
		panic(err)
	}
	signature, result := key.SignCustomer("7210381803720", "", "")
	fmt.Println(result, signature)

	_, result = key.SignCustomer("gid://shopify/Customer/7210381803720", "", "")
	fmt.Println(result)
	// Output:
	// valid 362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7
	// malformed id
}

// What to tell the caller follows from the Result.
func ExampleKey_VerifyCustomer() {
	key, err := hmac.NewKey([]byte("test-id-secret-0123456789abcdefghij"))
	if err != nil {
		panic(err)
	}
	for _, signature := range []string{
		"362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7",
		"c76c18149dfd6a8d0b3063186b4f80b46499cb8af8d5a1346df50dd37f905293",
		"362285D3",
	} {
		customer, result := hmac.ParseCustomer("7210381803720", "", "", signature)
		if result == hmac.Valid {
			result = key.VerifyCustomer(&customer, time.Now(), hmac.DefaultMaxAge, hmac.DefaultSkew)
		}
		switch {
		case result == hmac.Valid:
			fmt.Println("welcome")
		case result.Malformed():
			fmt.Println("bad request:", result.Field())
		case errors.Is(result.Err(), hmac.EmptyKey.Err()):
			fmt.Println("check that the theme can read the metafield")
		default:
			fmt.Println("refused:", result)
		}
	}
	// Output:
	// welcome
	// check that the theme can read the metafield
	// bad request: signature
}

// While a secret is being replaced, two keys are live. Parse once, ask both.
func ExampleCustomer_SignedBy() {
	next, err1 := hmac.NewKey([]byte("the secret that replaces it, 0123456789"))
	current, err2 := hmac.NewKey([]byte("test-id-secret-0123456789abcdefghij"))
	if err := errors.Join(err1, err2); err != nil {
		panic(err)
	}
	customer, result := hmac.ParseCustomer("7210381803720", "", "",
		"362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7")
	if result != hmac.Valid {
		panic(result.Err())
	}
	for name, key := range map[string]*hmac.Key{"next": next, "current": current} {
		if customer.SignedBy(key) {
			fmt.Println(name, customer.Age(time.Now(), hmac.DefaultMaxAge, hmac.DefaultSkew))
		}
	}
	// Output: current valid
}
