// Package keyset has other issuers' public keys: those by which a client's own
// signature, or a person's ID token from elsewhere, is verified. They are read
// from the address at which the issuer publishes its JWK Set (RFC 7517).
//
// Read keyset.go first: [Sets] answers from memory. entry.go says when an
// issuer is asked again, fetch.go how, and for how long the answer is good;
// jwk.go which keys are taken.
//
// An issuer that cannot be asked is our trouble and not that of whoever brings
// a token: [ErrAway] is never to be answered like [ErrUnknownKey].
package keyset
