// Package token makes and checks a tenant's tokens and publishes the keys that
// prove them. It is the only user of golang-jwt.
//
// Read mint.go first: a [Mint] is made from a tenant's signing keys, signs with
// the active one, verifies with any of them, and holds the JWKS and the
// discovery document. sign.go is the hot path, verify.go the list of what is
// refused, rotate.go the life of a key: next, active, retired.
//
// A token's payload is put together by hand, because most of it is the same for
// every customer of a shop. That golang-jwt reads it as it reads its own is what
// the tests hold against it, for any issuer, audience, shop and customer.
package token
