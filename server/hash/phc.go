package hash

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Cost is what one evaluation of argon2id costs (RFC 9106, section 3.1).
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

var (
	today = Cost{Memory: 19 << 10, Passes: 2, Lanes: 1} // OWASP's first choice: 19 MiB
	weak  = Cost{Memory: 8, Passes: 1, Lanes: 1}        // the least there is: for tests
)

// What a stored hash may ask for: at most 64 MiB and nine times today's work, so
// that a row which somebody has tampered with cannot take the machine down. What
// OWASP, RFC 9106 (its second choice) and libsodium (interactive) name is within.
// Each lane takes a processor of its own, past the gate's count: hence so few.
const (
	mostMemory = 64 << 10 // KiB
	mostPasses = 5
	mostLanes  = 4

	saltSize, leastSalt, mostSalt = 16, 8, 64 // bytes
	tagSize, leastTag, mostTag    = 32, 16, 64
)

func (c Cost) bounded() bool {
	return c.Lanes >= 1 && c.Lanes <= mostLanes && c.Passes >= 1 && c.Passes <= mostPasses &&
		c.Memory >= 8*uint32(c.Lanes) && c.Memory <= mostMemory
}

// ErrStored is what Verify returns for a stored hash that no password can match.
var ErrStored = errors.New("hash: the stored password hash cannot be read; set this user's password anew")

// record is a password's hash, in parts.
type record struct {
	cost      Cost
	salt, tag []byte
}

var encoding = base64.RawStdEncoding

// String is the record in the PHC string format.
func (r record) String() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s",
		r.cost.Memory, r.cost.Passes, r.cost.Lanes, encoding.EncodeToString(r.salt), encoding.EncodeToString(r.tag))
}

// current reports whether r is as it would be made today.
func (r record) current(cost Cost) bool {
	return r.cost == cost && len(r.salt) == saltSize && len(r.tag) == tagSize
}

// parse reads exactly what String writes, within bounds. What was read is
// written again and compared: so no reader's error needs a look, and none of
// what readers let pass (zeros in front, line breaks, stray bits) is let pass.
func parse(text string) (record, error) {
	part := strings.Split(text, "$")
	if len(part) < 6 {
		return record{}, ErrStored
	}
	var r record
	_, _ = fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &r.cost.Memory, &r.cost.Passes, &r.cost.Lanes)
	r.salt, _ = encoding.DecodeString(part[4])
	r.tag, _ = encoding.DecodeString(part[5])
	if !r.bounded() || r.String() != text {
		return record{}, ErrStored
	}
	return r, nil
}

func (r record) bounded() bool {
	return r.cost.bounded() && len(r.salt) >= leastSalt && len(r.salt) <= mostSalt &&
		len(r.tag) >= leastTag && len(r.tag) <= mostTag
}
