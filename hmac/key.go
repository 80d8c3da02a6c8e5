package hmac

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// ErrEmptyKey says that a secret comes to the empty key, with which anyone can sign.
var ErrEmptyKey = errors.New("hmac: the secret is empty")

// empty is the key of a theme that cannot read its metafield.
var empty = prepare(nil)

// A Key is a secret prepared for signing, so that a signature costs no key
// set-up and no allocation. Make it with [NewKey]; the methods of the zero Key
// panic. It is safe for concurrent use, cannot be compared with == and shows
// nothing of the secret when printed.
type Key struct {
	// A closure is out of reach for fmt, reflection and ==, wherever a Key is embedded.
	states func() *states
}

// NewKey prepares a secret of any length but zero; its bytes are the key,
// white space and line ends included, and are not kept.
//
// It returns [ErrEmptyKey] for no bytes, and for up to 64 NUL bytes, because
// HMAC fills a short key with NULs (RFC 2104 section 2) and so takes them for
// the empty key.
func NewKey(secret []byte) (*Key, error) {
	s := prepare(secret)
	if s.inner == empty.inner {
		return nil, ErrEmptyKey
	}
	return &Key{states: func() *states { return s }}, nil
}

// Sum returns the HMAC-SHA256 of message (RFC 2104, FIPS 198-1). It does not keep message.
func (k *Key) Sum(message []byte) [sha256.Size]byte { return k.states().sum(message) }

// Match reports whether mac is the HMAC-SHA256 of message. It compares in
// constant time, so that how long it takes tells nothing about the right mac.
func (k *Key) Match(message []byte, mac *[sha256.Size]byte) bool {
	return k.states().match(message, mac)
}

// Format prints a fixed text for every verb.
func (k Key) Format(s fmt.State, _ rune) { io.WriteString(s, "hmac.Key(hidden)") }
