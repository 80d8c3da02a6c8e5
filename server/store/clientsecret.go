package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// RotateClient makes a second secret live beside the client's present one, or
// the first of one that has none yet. It returns [ErrNotFound] if there is no
// such client, [ErrTwoLive] if two are live already, and [ErrPublic].
func (t Tenant) RotateClient(ctx context.Context, id string, sum broker.Digest) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		public, err := t.public(ctx, tx, id)
		if err != nil {
			return err
		}
		if public {
			return ErrPublic
		}
		return must(ctx, tx, ErrTwoLive,
			`INSERT INTO client_secret (tenant, client, number, sum, made)
			SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4 FROM client_secret WHERE tenant = $1 AND client = $2
			HAVING COUNT(*) < 2`,
			t.name, id, sum[:], t.store.Now().UnixMicro())
	})
}

// RetireClientSecret ends the older of two live secrets. It returns
// [ErrNotFound] if there is no such client and [ErrOneLive] if there is no older one.
func (t Tenant) RetireClientSecret(ctx context.Context, id string) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		if _, err := t.public(ctx, tx, id); err != nil {
			return err
		}
		return must(ctx, tx, ErrOneLive,
			`DELETE FROM client_secret WHERE tenant = $1 AND client = $2 AND number <
				(SELECT MAX(number) FROM client_secret WHERE tenant = $1 AND client = $2)`,
			t.name, id)
	})
}

// public tells whether a client is public, or returns ErrNotFound.
func (t Tenant) public(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return find(ctx, tx, ErrNotFound, lone[bool], `SELECT public FROM client WHERE tenant = $1 AND id = $2`, t.name, id)
}

// sums are those of the live secrets, by client, newest first.
func (t Tenant) sums(ctx context.Context, tx *sql.Tx) (map[string][]broker.Digest, error) {
	sums := map[string][]broker.Digest{}
	_, err := all(ctx, tx, func(scan scan) (struct{}, error) {
		var client string
		var stored []byte
		if err := scan(&client, &stored); err != nil {
			return struct{}{}, err
		}
		sum, err := readDigest(stored)
		sums[client] = append(sums[client], sum)
		return struct{}{}, err
	}, `SELECT client, sum FROM client_secret WHERE tenant = $1 ORDER BY client, number DESC`, t.name)
	return sums, err
}
