package hmac

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// Customer is a claim to be a certain customer, parsed and ready to be
// checked; it proves nothing by itself. Printing it leaves the signature out.
//
// ID and Shop are the very strings given to [ParseCustomer]. They and Timestamp
// are for reading: what is checked is the message fixed while parsing, and
// changing a field does not change it.
type Customer struct {
	ID        string
	Shop      string // empty if the request named none, which only v1 may
	Timestamp int64  // Unix seconds; 0 for v1

	version Version
	size    uint8
	message [maxMessage]byte
	mac     [sha256.Size]byte
}

const maxMessage = len("v2:") + maxLabel + len(domain) + len(":") + len(maxID) + len(":") + unixChars

// ParseCustomer holds a request against the grammar and returns [Valid], which
// here means well-formed, or a Result whose Field names the first of id, shop,
// timestamp and signature that is not; the Customer is zero then.
//
// An empty timestamp means v1, where shop may be empty and is not part of the
// message. With a timestamp it is v2, and shop is required. See [ValidID] and
// [ValidShop]; a timestamp is Unix seconds in ten digits, a signature 64
// lower-case hex characters.
//
// It allocates nothing and keeps id and shop: a server whose strings are only
// lent, such as fasthttp, clones them first.
func ParseCustomer(id, shop, timestamp, signature string) (Customer, Result) {
	c, r := compose(id, shop, timestamp)
	if r == Valid && !decode(&c.mac, signature) {
		r = MalformedSignature
	}
	if r != Valid {
		return Customer{}, r
	}
	return c, Valid
}

// compose checks all but the signature, and writes the message.
func compose(id, shop, timestamp string) (c Customer, r Result) {
	if !ValidID(id) {
		return c, MalformedID
	}
	if (shop != "" || timestamp != "") && !ValidShop(shop) {
		return c, MalformedShop
	}
	c.ID, c.Shop, c.version = id, shop, V1
	if timestamp != "" {
		var ok bool
		if c.Timestamp, ok = unix(timestamp); !ok {
			return c, MalformedTimestamp
		}
		c.version = V2
	}
	c.write(timestamp)
	return c, Valid
}

// write fills in the message. The grammar bounds each part, so it always fits.
func (c *Customer) write(timestamp string) {
	b := c.message[:0]
	if c.version == V2 {
		b = append(b, "v2:"...)
		b = append(b, c.Shop...)
		b = append(b, ':')
	}
	b = append(b, c.ID...)
	if c.version == V2 {
		b = append(b, ':')
		b = append(b, timestamp...)
	}
	c.size = uint8(len(b))
}

// Version tells which message was signed. It follows from the request having a
// timestamp, not from Timestamp, which is 0 for ten zeros as well.
func (c *Customer) Version() Version { return c.version }

// Message returns the signed text. It is part of c: read it, don't change it.
func (c *Customer) Message() []byte { return c.message[:c.size] }

// MAC returns the decoded signature. It is part of c: read it, don't change
// it, and don't log it, for a v1 signature is as good as a password.
func (c *Customer) MAC() *[sha256.Size]byte { return &c.mac }

// SignedBy reports whether k signed c. It does not look at the age.
func (c *Customer) SignedBy(k *Key) bool { return k.Match(c.Message(), c.MAC()) }

// SignedByEmptyKey reports whether the empty key signed c. That speaks for
// nobody, since anyone can compute it; it is what a theme sends whose metafield
// is missing, blank or out of its reach.
func (c *Customer) SignedByEmptyKey() bool { return empty.match(c.Message(), c.MAC()) }

// Format prints the fields, without the signature, for every verb.
func (c Customer) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "hmac.Customer(%s id=%q shop=%q timestamp=%d)", c.version, c.ID, c.Shop, c.Timestamp)
}

// Age returns [Valid] if c was signed at most maxAge before now, with skew
// added on both sides for clocks that differ and both bounds included; else
// [Expired] or [NotYet]. A v1 signature carries no time and is always Valid.
//
// Only a signature that has been checked has an age worth knowing:
// [Key.VerifyCustomer] does both in order.
func (c *Customer) Age(now time.Time, maxAge, skew time.Duration) Result {
	if c.version == V1 {
		return Valid
	}
	return age(c.Timestamp, now, maxAge, skew)
}
