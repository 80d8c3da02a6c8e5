package main

import (
	"fmt"

	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/store"
)

type masterKeyCommand struct {
	Rotate masterKeyRotate `cmd:"" help:"Make a new master key, seal everything with it again, and drop the former one. Interrupted, it is simply run again."`
}

type masterKeyRotate struct {
	AddOnly bool `env:"-" xor:"step" help:"Only add the new key to the file. Where several machines share the database: copy the file to all of them, then go on with --resume."`
	Resume  bool `env:"-" xor:"step" help:"Go on with the newest key in the file: seal everything with it and drop the others."`
}

// Run re-seals. Until the end both keys are in the file, so that whatever
// happens in between, every value can be opened.
func (c *masterKeyRotate) Run(a *app) error {
	s, keyring, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	newest := keyring.Primary()
	if !c.Resume {
		if newest, err = keyring.Rotate(); err != nil {
			return err
		}
	}
	if c.AddOnly {
		return a.print(map[string]any{"key": newest}, "The new master key "+newest+" is in the file. Copy the file to every machine, then: shapestoken master-key rotate --resume")
	}
	resealed, err := resealAll(a, s, newest)
	if err != nil {
		return fmt.Errorf("%w (all keys are still in the file; go on with: shapestoken master-key rotate --resume)", err)
	}
	if err := keyring.Retire(newest); err != nil {
		return err
	}
	return a.print(map[string]any{"resealed": resealed, "key": newest},
		fmt.Sprintf("%d values are sealed with the new master key %s. Back the key file up (and copy it to the other machines): backups of the database made before need the former one.", resealed, newest))
}

// resealAll goes on until a pass finds nothing left: a server may have sealed
// something with the former key while the one before was under way.
func resealAll(a *app, s *store.Store, newest string) (total int, err error) {
	for {
		n, err := s.Reseal(a.ctx, func(sealed []byte) bool { return seal.KeyID(sealed) == newest })
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
