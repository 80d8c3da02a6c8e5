package seal

import (
	"encoding/binary"
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
)

var errPlace = errors.New("seal: a place needs a tenant, a table, a column and a row")

func complete(p broker.Place) error {
	if p.Tenant == "" || p.Table == "" || p.Column == "" || p.Row == "" {
		return errPlace
	}
	return nil
}

// encode writes p so that no two places have the same encoding, whatever their
// fields contain: each field follows its own length.
func encode(p broker.Place) []byte {
	out := make([]byte, 0, len(p.Tenant)+len(p.Table)+len(p.Column)+len(p.Row)+4*binary.MaxVarintLen16)
	for _, field := range [...]string{p.Tenant, p.Table, p.Column, p.Row} {
		out = binary.AppendUvarint(out, uint64(len(field)))
		out = append(out, field...)
	}
	return out
}
