// Package storetest is for tests of and with package store.
//
// [Run] is the contract: what whoever uses a store may rely on, one promise a
// subtest, on either database. [SQLite] and [Postgres] give a test an empty
// database, [Open] a store on it, [Outage] takes it away.
package storetest
