package seal

import (
	"fmt"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Rotate adds a new primary key to the master key file, keeps the others, and
// returns the new key's id. It is the first of three steps; the second is to
// seal again every row whose [KeyID] is another, the third is Retire. Any of
// them may be cut short and done again: until Retire every value opens, and to
// begin anew with Rotate only adds one key more.
//
// Servers on this machine follow by themselves. Where others have a copy of the
// file, give them the new one before the second step.
//
// A key is good for 2^32 values (NIST SP 800-38D section 8.3, random nonces).
func (k *Keyring) Rotate() (primary string, err error) {
	err = k.change(func(m *keyset.Manager, _ *keys) error {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return fmt.Errorf("seal: making a master key: %w", err)
		}
		primary = name(id)
		return m.SetPrimary(id)
	})
	if err != nil {
		return "", err
	}
	return primary, nil
}

// Retire drops every key but primary from the master key file. It refuses if
// primary is not the file's primary key: someone rotated since, and what they
// sealed needs theirs.
//
// What is still sealed with a dropped key is lost, so call it only after a
// count, taken while no writer holds an open transaction, found no row on
// another key. Seal looks at the file each time, so what is sealed after Rotate
// returned is on the new key; only a writer that sealed before it and commits
// late can be missed. A backup of the database from before the rotation opens
// with a copy of the key file from before Retire.
func (k *Keyring) Retire(primary string) error {
	return k.change(func(m *keyset.Manager, old *keys) error {
		if name(old.primary) != primary {
			return fmt.Errorf("seal: the primary key of %s is %s, not %s: seal everything with it before retiring others",
				k.path, name(old.primary), primary)
		}
		for id := range old.ids {
			if id == old.primary {
				continue
			}
			if err := m.Delete(id); err != nil {
				return fmt.Errorf("seal: retiring key %s: %w", name(id), err)
			}
		}
		return nil
	})
}

// change replaces the file with what edit makes of it, alone among all
// processes, and goes on with the new keys.
func (k *Keyring) change(edit func(*keyset.Manager, *keys) error) error {
	path, err := filepath.EvalSymlinks(k.path) // the file is replaced, not the link
	if err != nil {
		return fmt.Errorf("seal: master key file: %w", err)
	}
	unlock, err := lock(path)
	if err != nil {
		return fmt.Errorf("seal: locking the master key file: %w", err)
	}
	defer unlock()
	old, err := load(path)
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(old.handle)
	if err := edit(manager, old); err != nil {
		return err
	}
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("seal: changing the master keys: %w", err)
	}
	if err := replace(path, handle); err != nil {
		return err
	}
	_, err = k.fresh()
	return err
}
