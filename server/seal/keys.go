package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// prefixLen is the length of what Tink puts in front of a ciphertext: the byte
// 1 and the key's id, big endian.
const prefixLen = 5

var errKeyset = errors.New("not a master key file (a Tink keyset of AES-256-GCM keys in JSON)")

// KeyID returns the id of the key that sealed was sealed with, as Primary
// writes it, or "" where sealed does not begin as a sealed value does. It opens
// nothing: an id can be forged, a value cannot.
func KeyID(sealed []byte) string {
	id, ok := keyID(sealed)
	if !ok {
		return ""
	}
	return name(id)
}

func keyID(sealed []byte) (id uint32, ok bool) {
	if len(sealed) < prefixLen || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:]), true
}

// name writes a key's id as operators see it.
func name(id uint32) string { return fmt.Sprintf("%08x", id) }

// keys is what one version of a master key file holds, ready for use. It does
// not change.
type keys struct {
	handle  *keyset.Handle
	aead    tink.AEAD
	primary uint32
	ids     map[uint32]bool
	info    fs.FileInfo
}

// newKeys refuses every keyset but those this package writes: another
// algorithm, or a key without Tink's prefix, would seal what KeyID cannot read.
func newKeys(handle *keyset.Handle) (*keys, error) {
	k := &keys{handle: handle, ids: make(map[uint32]bool, handle.Len())}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil || !ours(entry) {
			return nil, errKeyset
		}
		k.ids[entry.KeyID()] = true
		if entry.IsPrimary() {
			k.primary = entry.KeyID()
		}
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, errKeyset
	}
	k.aead = primitive
	return k, nil
}

func ours(entry *keyset.Entry) bool {
	p, ok := entry.Key().Parameters().(*aesgcm.Parameters)
	return ok && p.KeySizeInBytes() == 32 && p.Variant() == aesgcm.VariantTink && entry.KeyStatus() == keyset.Enabled
}

// readFrom reports whether k was read from the very file that info is of. The
// file is replaced, never written over; an edit by hand changes its time.
func (k *keys) readFrom(info fs.FileInfo) bool {
	return os.SameFile(k.info, info) && k.info.ModTime().Equal(info.ModTime())
}

// generate makes a keyset of one new key.
func generate() (*keyset.Handle, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("seal: making a master key: %w", err)
	}
	return handle, nil
}
