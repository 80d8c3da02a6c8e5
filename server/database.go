package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/store"
)

// withStore runs an operator's command on the existing database. Only demo,
// serve and migrate make one: any other command that finds none says where it looked.
func (a *app) withStore(do func(*store.Store) error) error {
	s, _, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}

// openStore opens database and key together. Nothing is written unless both fit.
func (a *app) openStore(ctx context.Context) (*store.Store, *seal.Keyring, error) {
	s, err := store.Open(ctx, a.cli.Database)
	if err != nil {
		return nil, nil, err
	}
	keyring, err := a.unlock(ctx, s)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, keyring, nil
}

// createStore is openStore for the commands that may start from nothing, or
// from the schema of an older release.
func (a *app) createStore(ctx context.Context) (*store.Store, error) {
	s, _, err := a.openStore(ctx)
	switch {
	case errors.Is(err, store.ErrNoDatabase):
		return a.firstStore(ctx)
	case errors.Is(err, store.ErrOldSchema):
		keyring, err := a.masterKey()
		if err != nil {
			return nil, err
		}
		return store.Upgrade(ctx, a.cli.Database, keyring)
	}
	return s, err
}

// firstStore makes what is missing: the key before the database, so that no
// database is ever without one.
func (a *app) firstStore(ctx context.Context) (*store.Store, error) {
	keyring, err := seal.Open(a.cli.MasterKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		keyring, err = seal.Create(a.cli.MasterKeyFile)
	}
	if err != nil {
		return nil, err
	}
	s, err := store.Create(ctx, a.cli.Database)
	if err != nil {
		return nil, err
	}
	if err := s.Unlock(ctx, keyring); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	path, _ := filepath.Abs(a.cli.MasterKeyFile)
	a.say("Made a new database, sealed with the key in %s.", path)
	return s, nil
}

func (a *app) unlock(ctx context.Context, s *store.Store) (*seal.Keyring, error) {
	keyring, err := a.masterKey()
	if err != nil {
		return nil, err
	}
	return keyring, s.Unlock(ctx, keyring)
}

// masterKey opens the key of a database that is there.
func (a *app) masterKey() (*seal.Keyring, error) {
	keyring, err := seal.Open(a.cli.MasterKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		path, _ := filepath.Abs(a.cli.MasterKeyFile)
		return nil, fmt.Errorf("the database's secrets are sealed, and there is no master key at %s: name it with --master-key-file, or restore it from a backup; nothing was written", path)
	}
	return keyring, err
}
