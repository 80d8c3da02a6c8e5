package broker

import "encoding/hex"

// CustomerRef names a customer of one shop.
type CustomerRef struct{ Shop, ID string }

// Digest is a keyed hash under which a blocked customer is kept.
type Digest [32]byte

// PID is the customer's profile id: the linked one if there is a link, else one
// derived with the tenant's own key, so that nobody outside can compute it from
// a guessed id. It is a UUID with version 4 and variant bits, because common
// validators refuse other versions.
func (t *Tenant) PID(shop, id string) string {
	if pid, linked := t.Links[CustomerRef{shop, id}]; linked {
		return pid
	}
	return DerivePID(t.Pseudonyms, shop, id)
}

// DerivePID is the first 16 bytes of HMAC-SHA256(key, "pid1" 0 shop 0 id) as a UUID.
func DerivePID(key Key, shop, id string) string {
	sum := key.Sum(pseudonym("pid1", shop, id))
	u := [16]byte(sum[:16])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return formatUUID(u)
}

// BlockDigest is the keyed hash of a customer, under which nobody without the
// tenant's key can find out who is blocked.
func BlockDigest(key Key, shop, id string) Digest {
	return key.Sum(pseudonym("block1", shop, id))
}

func (t *Tenant) blocks(shop, id string) bool {
	return len(t.Blocked) > 0 && t.Blocked[BlockDigest(t.Pseudonyms, shop, id)]
}

func pseudonym(purpose, shop, id string) []byte {
	m := make([]byte, 0, 128)
	m = append(append(m, purpose...), 0)
	m = append(append(m, shop...), 0)
	return append(m, id...)
}

func formatUUID(u [16]byte) string {
	s := make([]byte, 0, 36)
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			s = append(s, '-')
		}
		s = hex.AppendEncode(s, part)
	}
	return string(s)
}
