package store

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// A chain of audit lines: each has the hash of itself and the one before, so
// that all before it are in it. The head has the last one's hash, and an HMAC
// that nobody makes without the tenant's key. Texts are preceded by their
// lengths and numbers are of fixed length, so that no two lines give the same bytes.

// head is where a chain ends.
type head struct {
	n    int64
	hash broker.Digest
}

// begin is the head of an empty chain. It is of one tenant and one writer, and
// so is every hash that follows.
func (t Tenant) begin(writer string) head {
	return head{hash: sha256.Sum256(frame(frame(frame(nil, "audit1"), t.name), writer))}
}

// next is the head when one more line has been written.
func (h head) next(at int64, line string) head {
	text := binary.BigEndian.AppendUint64(h.hash[:], uint64(h.n+1))
	text = binary.BigEndian.AppendUint64(text, uint64(at))
	return head{n: h.n + 1, hash: sha256.Sum256(frame(text, line))}
}

// signed is what a head's HMAC is over.
func (t Tenant) signed(writer string, h head) []byte {
	text := frame(frame(append([]byte("audit1"), 0), t.name), writer)
	text = binary.BigEndian.AppendUint64(text, uint64(h.n))
	return append(text, h.hash[:]...)
}

func frame(text []byte, part string) []byte {
	return append(binary.BigEndian.AppendUint64(text, uint64(len(part))), part...)
}

// storedHead is a head as it stands in the database, where anybody may have put it.
type storedHead struct {
	head
	mac broker.Digest
}

func (h storedHead) genuine(key *hmac.Key, signed []byte) bool {
	mac := [32]byte(h.mac)
	return key.Match(signed, &mac)
}

// readHead takes bytes that are no hash for one of zeros, which no HMAC is over.
func readHead(scan scan) (h storedHead, err error) {
	var hash, mac []byte
	err = scan(&h.n, &hash, &mac)
	h.hash, _ = readDigest(hash)
	h.mac, _ = readDigest(mac)
	return h, err
}
