package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
)

// resealed is how many values are sealed anew in one transaction.
const resealed = 100

// column is one that holds sealed values.
type column struct {
	table, name string
	// page selects tenant, key, row and sealed text of what comes after tenant
	// $1, key $2, at most $3 of them.
	page string
	// replace writes $1 for tenant $2, key $3 if $4 is still there.
	replace string
}

// columns are all that hold sealed values. The places they give are those of seal.go.
var columns = []column{
	{
		table: "revision", name: "sealed",
		page: `SELECT '*', id, id, sealed FROM revision
			WHERE ('*', id) > ($1, $2) AND sealed IS NOT NULL LIMIT $3`,
		replace: `UPDATE revision SET sealed = $1 WHERE '*' = $2 AND id = $3 AND sealed = $4`,
	},
	{
		table: "tenant", name: "pseudonyms",
		page: `SELECT name, name, name, pseudonyms FROM tenant
			WHERE (name, name) > ($1, $2) ORDER BY name LIMIT $3`,
		replace: `UPDATE tenant SET pseudonyms = $1 WHERE name = $2 AND name = $3 AND pseudonyms = $4`,
	},
	{
		table: "shop_secret", name: "sealed",
		page: `SELECT tenant, fingerprint, shop || '/' || fingerprint, sealed FROM shop_secret
			WHERE (tenant, fingerprint) > ($1, $2) AND sealed IS NOT NULL ORDER BY tenant, fingerprint LIMIT $3`,
		replace: `UPDATE shop_secret SET sealed = $1 WHERE tenant = $2 AND fingerprint = $3 AND sealed = $4`,
	},
	{
		table: "app_secret", name: "sealed",
		page: `SELECT tenant, shop || '/' || number, shop || '/' || number, sealed FROM app_secret
			WHERE (tenant, shop || '/' || number) > ($1, $2) ORDER BY tenant, shop || '/' || number LIMIT $3`,
		replace: `UPDATE app_secret SET sealed = $1 WHERE tenant = $2 AND shop || '/' || number = $3 AND sealed = $4`,
	},
	{
		table: "shop_admin", name: "access",
		page: `SELECT tenant, shop, shop, access FROM shop_admin
			WHERE (tenant, shop) > ($1, $2) ORDER BY tenant, shop LIMIT $3`,
		replace: `UPDATE shop_admin SET access = $1 WHERE tenant = $2 AND shop = $3 AND access = $4`,
	},
	{
		table: "shop_admin", name: "refresh",
		page: `SELECT tenant, shop, shop, refresh FROM shop_admin
			WHERE (tenant, shop) > ($1, $2) AND refresh IS NOT NULL ORDER BY tenant, shop LIMIT $3`,
		replace: `UPDATE shop_admin SET refresh = $1 WHERE tenant = $2 AND shop = $3 AND refresh = $4`,
	},
	{
		table: "issuer", name: "api_key",
		page: `SELECT tenant, url, url, api_key FROM issuer
			WHERE (tenant, url) > ($1, $2) AND api_key IS NOT NULL ORDER BY tenant, url LIMIT $3`,
		replace: `UPDATE issuer SET api_key = $1 WHERE tenant = $2 AND url = $3 AND api_key = $4`,
	},
	{
		table: "signing_key", name: "private",
		page: `SELECT tenant, kid, kid, private FROM signing_key
			WHERE (tenant, kid) > ($1, $2) ORDER BY tenant, kid LIMIT $3`,
		replace: `UPDATE signing_key SET private = $1 WHERE tenant = $2 AND kid = $3 AND private = $4`,
	},
}

// value is one sealed value, and what it becomes.
type value struct {
	tenant, key, row string
	sealed, again    []byte
}

// Reseal seals anew every value that is not current, which is to say under the
// newest key, and returns how many those were. It works in small steps, beside
// anything else; after an error or a crash, call it again. Configuration has
// not changed, so no revision is counted.
func (s *Store) Reseal(ctx context.Context, current func(sealed []byte) bool) (n int, err error) {
	for _, c := range columns {
		var last value
		for {
			page, err := s.page(ctx, c, last)
			if err != nil {
				return n, err
			}
			if len(page) == 0 {
				break
			}
			done, err := s.reseal(ctx, c, page, current)
			n += done
			if err != nil {
				return n, err
			}
			last = page[len(page)-1]
		}
	}
	return n, s.scrub(ctx)
}

func (s *Store) page(ctx context.Context, c column, after value) ([]value, error) {
	return all(ctx, s.reads, func(scan scan) (v value, err error) {
		err = scan(&v.tenant, &v.key, &v.row, &v.sealed)
		return v, err
	}, c.page, after.tenant, after.key, resealed)
}

// reseal does one page: first what needs keys, then one short transaction.
func (s *Store) reseal(ctx context.Context, c column, page []value, current func([]byte) bool) (int, error) {
	var old []value
	for _, v := range page {
		if current(v.sealed) {
			continue
		}
		place := broker.Place{Tenant: v.tenant, Table: c.table, Column: c.name, Row: v.row}
		plain, err := s.unseal(place, v.sealed)
		if err != nil {
			return 0, err
		}
		if v.again, err = s.seal(place, plain); err != nil {
			return 0, err
		}
		old = append(old, v)
	}
	return s.replace(ctx, c, old)
}

// replace writes what has not been changed by somebody else meanwhile.
func (s *Store) replace(ctx context.Context, c column, old []value) (n int, err error) {
	if len(old) == 0 {
		return 0, nil
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		for _, v := range old {
			changed, err := exec(ctx, tx, c.replace, v.again, v.tenant, v.key, v.sealed)
			if err != nil {
				return err
			}
			n += int(changed)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
