package broker

import (
	"sync"
	"sync/atomic"
	"time"
)

// Usage counts how a shop's customers sign. It outlives the tenant's
// snapshots, so that an operator sees when it is safe to enforce or to retire.
type Usage struct {
	V1, V2       atomic.Int64
	Newer, Older atomic.Int64

	secrets sync.Map // number of an id_secret -> *atomic.Int64
}

// Secret is the counter of one id_secret, by its number.
func (u *Usage) Secret(number int64) *atomic.Int64 {
	n, known := u.secrets.Load(number)
	if !known {
		n, _ = u.secrets.LoadOrStore(number, new(atomic.Int64))
	}
	return n.(*atomic.Int64)
}

// Secrets calls yield with how often each secret has signed.
func (u *Usage) Secrets(yield func(number, uses int64) bool) {
	u.secrets.Range(func(number, n any) bool { return yield(number.(int64), n.(*atomic.Int64).Load()) })
}

// Count adds one successful exchange of what a theme has signed; others are no
// signatures with the shop's id_secret.
func (u *Usage) Count(m Method, older bool) {
	version, secret := &u.V2, &u.Newer
	switch m {
	case HMAC:
		version = &u.V1
	case HMAC2:
	default:
		return
	}
	if older {
		secret = &u.Older
	}
	version.Add(1)
	secret.Add(1)
}

// Used counts a successful exchange for the shop, and for the secret that has signed.
func (id Identity) Used() {
	if id.Shop != nil && id.Shop.Usage != nil {
		id.Shop.Usage.Count(id.Method, id.Older)
	}
	if id.Uses != nil {
		id.Uses.Add(1)
	}
}

// Uses are how often a shop's themes have signed since they were last asked.
type Uses struct {
	Tenant, Shop string
	V1, V2       int64
	Secrets      []int64 // numbers of those that have signed
	At           time.Time
}

// Signed is how a shop's themes have signed in one way, over its whole life.
type Signed struct {
	Signature string // v1 or v2
	Uses      int64
	Last      time.Time
}
