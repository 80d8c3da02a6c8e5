package store

import (
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What can be wrong with the database as a whole.
var (
	ErrURL            = errors.New("a database is sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
	ErrNoDatabase     = errors.New("there is no shapestoken database")
	ErrOldSchema      = errors.New("the database has an older schema; run shapestoken migrate")
	ErrNewerSchema    = errors.New("the database was made by a newer shapestoken; use that one or a later one")
	ErrLocked         = errors.New("the store has no master key yet")
	ErrWrongMasterKey = errors.New("this is not the database's master key")
)

// What a write can be refused for, besides broker.ErrNoTenant.
var (
	ErrExists     = errors.New("it exists already")
	ErrNotFound   = broker.ErrNotFound
	ErrConflict   = broker.ErrConflict
	ErrKeys       = errors.New("a tenant starts with one active and one next key")
	ErrWeakSecret = errors.New("an id_secret must have at least 16 characters and not be blank")
	ErrSecretUsed = errors.New("this id_secret has been used in this tenant before")
	ErrTwoLive    = errors.New("two id_secrets are live; retire the older one first")
	ErrOneLive    = errors.New("only one id_secret is live; rotate first")
	ErrBlocked    = errors.New("this customer is blocked")
	ErrFull       = errors.New("too many webhooks of this tenant wait to be worked on")
)

// ErrEmptySecret says that a stored id_secret is empty or blank, with which
// anyone could sign. It can only have come there around this package.
var ErrEmptySecret = errors.New("a stored id_secret is empty")
