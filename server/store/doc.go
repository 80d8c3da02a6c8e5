// Package store keeps everything the service knows in one SQL database: SQLite
// for one machine, Postgres for several. Both have the same schema
// (migrations/) and are sent the same queries; what differs is in sqlite.go and
// postgres.go.
//
// Read open.go first, then tx.go: a change of configuration is one transaction
// that counts the revision up and says in the change feed whose configuration
// it is. Whatever belongs to one tenant is reached through [Store.In] alone.
//
// What must not stand in clear is encrypted by a [Sealer], together with the
// place it stands in, before the database sees it.
//
// All methods are safe for concurrent use. Errors of this package are compared
// with errors.Is; any other error means that the database could not be asked,
// and says nothing about the answer.
package store
