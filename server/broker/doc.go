// Package broker is the domain: a proof goes in, the broker decides, a token
// comes out. Whoever has read this package knows the product.
//
// Read broker.go first: it has the one interface (Proof) and the one pipeline
// (Identify, Exchange). tenant.go and shop.go say what a tenant is while it is
// served, record.go what the store knows of it, error.go how a refusal looks.
//
// The package imports the standard library and secret only. Everything that
// speaks HTTP or SQL, or knows a wire format or a cipher, is an adapter around it.
package broker
