// Package seal encrypts what the store keeps of other people's secrets and of
// private keys, so that the database, its journals and its backups are of no
// use without the master key file.
//
// A value is sealed with AES-256-GCM and bound to its [broker.Place]; the key's id
// stands in front of it, so keys can be rotated one row at a time. The master
// key file is a Tink keyset in JSON, in clear: it is worth as much as all it
// seals, which is what its mode 0600 is for. Whoever would rather have it
// wrapped by a key management service will find Tink ready for that; this
// package does not do it yet.
package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/shapestoken/shapestoken/server/broker"
)

// ErrWrongKey is wrapped by Unseal's error when a value does not open: it was
// sealed with a key that the master key file does not hold, it was changed, or
// it was moved from another place. Cryptography cannot tell these apart.
var ErrWrongKey = errors.New("seal: wrong master key, or the value was changed or moved")

// Keyring seals and opens values with the keys of one master key file. It is
// safe for concurrent use, and follows the file: keys that another process
// added are there when they are needed.
type Keyring struct {
	path   string // absolute, for errors that say where we looked
	reload sync.Mutex
	held   atomic.Pointer[keys]
}

// Create makes a master key file with one new key at path and opens it. An
// error wraps [fs.ErrExist] if there is a file already.
func Create(path string) (*Keyring, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	handle, err := generate()
	if err != nil {
		return nil, err
	}
	if err := create(path, handle); err != nil {
		return nil, err
	}
	return Open(path)
}

// Open reads the master key file at path. Errors name its absolute path; one
// wraps [fs.ErrNotExist] if there is no file. A file that other accounts can
// use is refused, and so is anything but a keyset as Create makes it.
func Open(path string) (*Keyring, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	held, err := load(path)
	if err != nil {
		return nil, err
	}
	k := &Keyring{path: path}
	k.held.Store(held)
	return k, nil
}

// Seal encrypts plaintext for p with the primary key of the file as it is now,
// which costs one stat. It fails when the file has gone, or another was put in
// its place that Open refuses: what it would seal then might never open again.
//
// Call it inside the transaction that writes the row: see [Keyring.Retire].
func (k *Keyring) Seal(p broker.Place, plaintext []byte) ([]byte, error) {
	if err := complete(p); err != nil {
		return nil, err
	}
	keys, err := k.fresh()
	if err != nil {
		return nil, err
	}
	sealed, err := keys.aead.Encrypt(plaintext, encode(p))
	if err != nil {
		return nil, fmt.Errorf("seal: sealing %v: %w", p, err)
	}
	return sealed, nil
}

// Unseal returns what was sealed for p. A value that does not open gives an
// error that wraps [ErrWrongKey] and names the place and the key, never the
// content. The file is looked at only for a key that is not known yet.
func (k *Keyring) Unseal(p broker.Place, sealed []byte) ([]byte, error) {
	if err := complete(p); err != nil {
		return nil, err
	}
	keys, err := k.knowing(sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %v: %w", ErrWrongKey, p, err)
	}
	plaintext, err := keys.aead.Decrypt(sealed, encode(p))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrWrongKey, p)
	}
	return plaintext, nil
}

// Primary returns the id of the newest key this process has seen. A value is
// sealed with it if [KeyID] says the same.
func (k *Keyring) Primary() string { return name(k.held.Load().primary) }

// knowing returns keys among which is the one that sealed names.
func (k *Keyring) knowing(sealed []byte) (*keys, error) {
	id, ok := keyID(sealed)
	if !ok {
		return nil, errors.New("not a sealed value")
	}
	held := k.held.Load()
	if held.ids[id] {
		return held, nil
	}
	held, err := k.fresh()
	if err != nil {
		return nil, err
	}
	if !held.ids[id] {
		return nil, fmt.Errorf("key %s is not in %s", name(id), k.path)
	}
	return held, nil
}

// fresh returns the keys that the file holds now.
func (k *Keyring) fresh() (*keys, error) {
	info, err := os.Stat(k.path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	if held := k.held.Load(); held.readFrom(info) {
		return held, nil
	}
	return k.renew(info)
}

// renew reads the file again, unless someone did so while we waited.
func (k *Keyring) renew(info fs.FileInfo) (*keys, error) {
	k.reload.Lock()
	defer k.reload.Unlock()
	if held := k.held.Load(); held.readFrom(info) {
		return held, nil
	}
	next, err := load(k.path)
	if err != nil {
		return nil, err
	}
	k.held.Store(next)
	return next, nil
}
