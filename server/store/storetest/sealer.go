package storetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Keyring is a real [store.Sealer] over AES-256-GCM with keys named by a byte:
// it seals with the first and unseals with all.
type Keyring []byte

// Seal returns the key's name, a nonce, and the sealed text.
func (k Keyring) Seal(place broker.Place, plain []byte) ([]byte, error) {
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	head := append([]byte{k[0]}, nonce...)
	return gcm(k[0]).Seal(head, nonce, plain, bind(place)), nil
}

// Unseal opens what any of the keys has sealed for this place.
func (k Keyring) Unseal(place broker.Place, sealed []byte) ([]byte, error) {
	if len(sealed) < 13 || !slices.Contains(k, sealed[0]) {
		return nil, fmt.Errorf("%v was not sealed with a key of this ring", place)
	}
	plain, err := gcm(sealed[0]).Open(nil, sealed[1:13], sealed[13:], bind(place))
	if err != nil {
		return nil, fmt.Errorf("%v: %w", place, err)
	}
	return plain, nil
}

// Current tells whether the first key has sealed it.
func (k Keyring) Current(sealed []byte) bool { return len(sealed) > 0 && sealed[0] == k[0] }

func gcm(name byte) cipher.AEAD {
	key := sha256.Sum256([]byte{name})
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has a right length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // the block has a right size
	}
	return aead
}

// bind writes a place so that no two give the same bytes.
func bind(place broker.Place) (b []byte) {
	for _, part := range []string{place.Tenant, place.Table, place.Column, place.Row} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b
}
