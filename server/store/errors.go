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
	ErrExists      = errors.New("it exists already")
	ErrNotFound    = broker.ErrNotFound
	ErrConflict    = broker.ErrConflict
	ErrKeys        = errors.New("a tenant starts with one active and one next key")
	ErrWeakSecret  = errors.New("an id_secret must have at least 16 characters and not be blank")
	ErrSecretUsed  = errors.New("this id_secret has been used in this tenant before")
	ErrTwoLive     = errors.New("two secrets are live; retire the older one first")
	ErrOneLive     = errors.New("only one secret is live; rotate first")
	ErrBlocked     = errors.New("this customer is blocked")
	ErrFull        = errors.New("too many webhooks of this tenant wait to be worked on")
	ErrUnsaid      = errors.New("the person has not agreed to that, or not any more")
	ErrPublic      = errors.New("a public client can keep no secret")
	ErrNoHash      = errors.New("of a password only its argon2id hash is stored")
	ErrTooMany     = errors.New("too many JWTs of this tenant are revoked one by one; revoke all of the client or of the user")
	ErrTwoProjects = errors.New("the tenant trusts another Firebase project already; remove that first: apps know people by their uid alone")
	ErrAuditLine   = errors.New("a line of the audit is one JSON value in UTF-8")
)

// ErrEmptySecret says that a stored id_secret is empty or blank, with which
// anyone could sign. It can only have come there around this package.
var ErrEmptySecret = errors.New("a stored id_secret is empty")

// ErrAudit says that an audit chain does not end as it was left, so that
// nothing may follow: it would cover up whoever has changed it. What is to be
// said in another writer's chain goes on.
var ErrAudit = errors.New("the audit was changed from outside, so nothing is added to it; shapestoken audit verify says where")
