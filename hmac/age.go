package hmac

import "time"

// Bounds on the age of a signature where nobody has set others.
const (
	DefaultMaxAge = 20 * time.Minute // v2, of a page
	DefaultSkew   = time.Minute      // v2, for clocks that differ
	Window        = 90 * time.Second // app proxy and OAuth, both ways
)

// age judges a signature made at this Unix second; skew is granted on both sides.
func age(at int64, now time.Time, maxAge, skew time.Duration) Result {
	age := now.Sub(time.Unix(at, 0))
	switch {
	case age < -skew:
		return NotYet
	case age-skew > maxAge: // age > maxAge+skew would overflow for a "forever"
		return Expired
	}
	return Valid
}
