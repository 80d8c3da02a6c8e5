package hmac

import (
	"encoding/hex"
	"time"
)

// VerifyCustomer returns [Valid] if k signed c and c is young enough. The
// signature comes first: [Expired] and [NotYet] are said of right signatures
// only. A signature that is not k's is [Wrong], or [EmptyKey] if the empty key
// made it. See [Customer.Age] for now, maxAge and skew.
func (k *Key) VerifyCustomer(c *Customer, now time.Time, maxAge, skew time.Duration) Result {
	switch {
	case c.SignedBy(k):
		return c.Age(now, maxAge, skew)
	case c.SignedByEmptyKey():
		return EmptyKey
	}
	return Wrong
}

// SignCustomer returns the signature a theme with this key would print, 64
// lower-case hex characters, and [Valid]; or no signature and a Result whose
// Field names what is malformed. The arguments are those of [ParseCustomer]:
// an empty timestamp asks for v1.
func (k *Key) SignCustomer(id, shop, timestamp string) (signature string, r Result) {
	c, r := compose(id, shop, timestamp)
	if r != Valid {
		return "", r
	}
	sum := k.Sum(c.Message())
	return hex.EncodeToString(sum[:]), Valid
}
