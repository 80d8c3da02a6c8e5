package broker

import (
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Holder says whose metafield holds a shop's id_secret.
type Holder string

// The holders. The shop's metafield can be read by every app that is installed
// there; an app's data by that app alone, in Liquid by its own blocks only.
const (
	HeldByShop Holder = "shop"
	HeldByApp  Holder = "app"
)

// Admin is what opens a shop's Admin API.
type Admin struct {
	Holder         Holder
	Token          secret.Text
	Expires        time.Time   // zero: never
	Refresh        secret.Text // empty: it cannot be refreshed
	RefreshExpires time.Time   // zero: never, or there is none
	Granted        time.Time   // by the merchant
	Generation     int64       // counts up with each refresh
}

// Rotation is a change of a shop's id_secret that is under way and ends by
// itself.
type Rotation struct {
	Tenant, Shop string
	Number       int64 // of the newer secret
	Plan         Plan
	Began        time.Time
	Written      time.Time // when the metafield was seen to hold the newer secret; zero: not yet
	Due          time.Time // when somebody looks at it again
	Problem      string    // what went wrong the last time; empty: nothing
	NewerUsed    time.Time // when either secret was last seen to have signed; zero: never
	OlderUsed    time.Time
}

// Plan says when the older of two secrets is retired: when it has not been used
// for Quiet, and after Longest in any case.
type Plan struct{ Quiet, Longest time.Duration }
