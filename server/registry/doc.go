// Package registry holds the tenants in memory: each loaded when it is first
// asked for, kept current by the store's change feed, and served stale while
// the database is away.
//
// Every tenant's name is held, so that a name nobody has registered never
// becomes a query. What a tenant consists of is held for as many as Config.Bound.
//
// # How a change arrives
//
// Run polls the store's revision. When it has moved, the tenants that changed
// are told which revision they must show; whoever next asks for one of them
// waits for a load that shows it. broker.Record.Revision says what a load has
// shown, so that one which began before a change never passes for the change.
// Revisions count within one epoch of the database only: another epoch, a
// smaller revision or a feed with a gap begins a new era, in which every tenant
// has to be loaded again.
//
// # When the database is away
//
// The first poll that fails marks it away. From then on nothing but the poll
// asks it: a tenant that has been loaded is served as it was last seen, until
// Config.StaleFor after the last successful poll; any other name is answered
// with broker.Unavailable. Between the moment it dies and that poll, a tenant
// whose load fails is served as it was last seen, and isn't tried again for a
// second. A successful poll ends all this by itself.
//
// Should the loads of one tenant go on failing while the polls go well, it is
// served as it was for Config.StaleFor after the first of them, and no longer.
//
// # A record that can't be used
//
// A record from which no tenant can be assembled is logged once and answered as
// broker.ServerError until the tenant changes again. What was there before is
// not served in its place: it may lack the very suspension or rotation that was
// written with it.
package registry
