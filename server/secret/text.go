// Package secret holds passwords, keys and tokens so that they are written out
// only where the code says so.
//
// A [Text] gives its plaintext to nobody but a caller of [Text.Reveal]. The
// ways in which secrets usually escape (a debug line, a logged struct, an
// encoded configuration, a test's diff) show "[secret]" or fail with
// [ErrWritten].
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
)

// Text is a secret string. It is a value: copy it freely and use it from any
// number of goroutines; only UnmarshalText changes one. The zero Text is empty.
//
// Two Texts cannot be compared with == (it does not compile), nor be the key of
// a map; Equal is for that.
type Text struct {
	// A closure is opaque to reflection. A string field is not, unexported or
	// not. Nil stands for the empty secret.
	plain func() string
}

// New returns plain as a secret.
func New(plain string) Text {
	if plain == "" {
		return Text{}
	}
	return Text{plain: func() string { return plain }}
}

// Reveal returns the plaintext. Call it where the secret is used (a hash, a
// signature, a request to the service it belongs to) and keep the result in no
// variable that outlives that use.
func (t Text) Reveal() string {
	if t.plain == nil {
		return ""
	}
	return t.plain()
}

// Equal reports whether both secrets are the same. What differs between them,
// their lengths included, does not show in the time it takes.
func (t Text) Equal(other Text) bool {
	a := sha256.Sum256([]byte(t.Reveal()))
	b := sha256.Sum256([]byte(other.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// Len returns the length of the secret in bytes.
func (t Text) Len() int { return len(t.Reveal()) }

// Empty reports whether there is no secret.
func (t Text) Empty() bool { return t.plain == nil }
