package hmac

// A Version is one of the two messages a theme may sign. The zero Version is
// that of a [Customer] that was never parsed.
type Version uint8

const (
	V1 Version = iota + 1 // the id alone; never expires
	V2                    // shop, id and time
)

// String returns "v1" or "v2", and "none" for anything else.
func (v Version) String() string {
	switch v {
	case V1:
		return "v1"
	case V2:
		return "v2"
	}
	return "none"
}
