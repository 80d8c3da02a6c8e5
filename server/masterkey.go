package main

import (
	"fmt"

	"github.com/shapestoken/shapestoken/server/seal"
)

type masterKeyCommand struct {
	Rotate masterKeyRotate `cmd:"" help:"Make a new master key, seal everything with it again, and drop the former one. Interrupted, it is simply run again."`
}

type masterKeyRotate struct{}

// Run re-seals. Until the end both keys are in the file, so that whatever
// happens in between, every value can be opened.
func (masterKeyRotate) Run(a *app) error {
	s, keyring, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	newest, err := keyring.Rotate()
	if err != nil {
		return err
	}
	resealed, err := s.Reseal(a.ctx, func(sealed []byte) bool { return seal.KeyID(sealed) == newest })
	if err != nil {
		return fmt.Errorf("%w (both keys are still in the file; run the command again)", err)
	}
	if err := keyring.Retire(newest); err != nil {
		return err
	}
	return a.print(map[string]any{"resealed": resealed, "key": newest},
		fmt.Sprintf("%d values are sealed with the new master key %s. Back the key file up: backups of the database made before need the former one.", resealed, newest))
}
