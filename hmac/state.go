package hmac

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding"
	"hash"
	"sync"
)

// states are SHA-256 after the inner and after the outer padded key, in the
// standard library's marshalled form (RFC 2104 section 4 and FIPS 198-1
// section 6 allow keeping them, and ask that they be guarded like the key).
//
// They are arrays, so that a key is one piece of memory: a server that holds a
// hundred thousand keys finds each of them cold.
type states struct{ inner, outer [marshalled]byte }

// marshalled is the size of SHA-256's state: a four-byte mark, the chaining
// values, one block, and the length so far.
const marshalled = 4 + sha256.Size + sha256.BlockSize + 8

func prepare(secret []byte) *states {
	if len(secret) > sha256.BlockSize {
		sum := sha256.Sum256(secret)
		secret = sum[:]
	}
	return &states{inner: keyed(secret, 0x36), outer: keyed(secret, 0x5c)}
}

// keyed returns the state of SHA-256 after the key, zero-filled to a block and
// XORed with pad.
func keyed(key []byte, pad byte) [marshalled]byte {
	var block [sha256.BlockSize]byte
	copy(block[:], key)
	for i := range block {
		block[i] ^= pad
	}
	h := sha256.New()
	h.Write(block[:])
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic("hmac: SHA-256 cannot save its state: " + err.Error())
	}
	return [marshalled]byte(state)
}

// digest is what the standard library's SHA-256 is, beyond a hash.Hash.
type digest interface {
	hash.Hash
	encoding.BinaryUnmarshaler
}

// mill is the working memory of one signature. What is handed to an interface
// escapes to the heap, so message and sum pass through fields that are already
// there; thus the caller's message can stay on its stack.
type mill struct {
	sha256 digest
	chunk  [16 * sha256.BlockSize]byte
	sum    [sha256.Size]byte
}

var mills = sync.Pool{New: func() any { return &mill{sha256: sha256.New().(digest)} }}

// sum returns the HMAC-SHA256 of message under the prepared key.
func (s *states) sum(message []byte) [sha256.Size]byte {
	m := mills.Get().(*mill)
	m.run(s, message)
	mac := m.sum
	mills.Put(m)
	return mac
}

// match compares in constant time.
func (s *states) match(message []byte, mac *[sha256.Size]byte) bool {
	m := mills.Get().(*mill)
	m.run(s, message)
	same := subtle.ConstantTimeCompare(m.sum[:], mac[:]) == 1
	mills.Put(m)
	return same
}

// run leaves the HMAC-SHA256 of message in m.sum.
func (m *mill) run(s *states, message []byte) {
	h := m.sha256
	resume(h, s.inner[:])
	for len(message) > 0 {
		n := copy(m.chunk[:], message)
		h.Write(m.chunk[:n])
		message = message[n:]
	}
	h.Sum(m.sum[:0])
	resume(h, s.outer[:])
	h.Write(m.sum[:])
	h.Sum(m.sum[:0])
}

func resume(h digest, state []byte) {
	if err := h.UnmarshalBinary(state); err != nil {
		panic("hmac: SHA-256 cannot resume its state: " + err.Error())
	}
}
