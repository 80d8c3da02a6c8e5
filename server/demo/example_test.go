package demo_test

import (
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/demo"
	"github.com/shapestoken/shapestoken/server/secret"
)

// A snippet is rendered as a theme would have it rendered by Shopify.
func ExampleEngine() {
	noon := func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }
	engine, err := demo.Engine(noon, map[string]string{
		"who": "{{ greeting }}, {{ customer.id }} of {{ shop.permanent_domain }}, at {{ 'now' | date: '%H:%M' }}",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := demo.Globals{
		Shop:      "my-store.myshopify.com",
		Customer:  7210381803720,
		Metafield: demo.Typed(secret.New("an-example-of-an-id-secret-0123456789")),
	}
	text, err := engine.ParseAndRenderString("{% render 'who', greeting: 'Hello' %}", page.Bindings())
	fmt.Println(text, err)
	// Output: Hello, 7210381803720 of my-store.myshopify.com, at 12:00 <nil>
}
